//! One call with `harness-api-ext`.

use harness_api_benches::{Failure, program, ways};

fn main() -> Result<(), Failure> {
    program(ways::ext, ways::project_by_ext)
}
