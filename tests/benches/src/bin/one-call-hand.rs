//! One call by hand, with reqwest and serde's derive.

use harness_api_benches::{Failure, hand::Hand, program};

fn main() -> Result<(), Failure> {
    program(Hand::new, Hand::project)
}
