//! One call with hand-written reqwest + serde.

use harness_api_benches::{Failure, hand::Hand, program};

fn main() -> Result<(), Failure> {
    program(Hand::new, Hand::project)
}
