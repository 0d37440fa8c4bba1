//! Makes one call by the crate that is named, after warming up. The test runs it under callgrind; so does who looks for
//! where the instructions go:
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
