//! One call with `harness-api`.

use harness_api_benches::{Failure, program, ways};

fn main() -> Result<(), Failure> {
    program(ways::raw, ways::project_by_raw)
}
