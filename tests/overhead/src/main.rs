//! Makes one call with the given crate, after a warm-up. The test runs it under callgrind. To find the instructions of
//! a call:
//!
//! ```sh
//! cargo build --release -p harness-api-overhead --config 'profile.release.debug="line-tables-only"'
//! valgrind --tool=callgrind --toggle-collect='*measured_call*' --collect-atstart=no \
//!     target/release/harness-api-overhead harness-api-ext
//! callgrind_annotate --inclusive=yes callgrind.out.*
//! ```

use harness_api_overhead::{Caller, Failure};

fn main() -> Result<(), Failure> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let caller = Caller::new(&name)?;
    caller.warm_up()?;
    caller.measured_call()
}
