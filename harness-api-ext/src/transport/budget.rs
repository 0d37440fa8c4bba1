//! The retry budget, which all calls of a client share: when most calls fail, repeating all of them would only add load.

use std::sync::{Mutex, PoisonError};

const FULL: u32 = 500;
const REFILL: u32 = 1;

/// A bucket of tokens. Repetitions take some out, successes put some in.
pub(super) struct Budget(Mutex<u32>);

impl Budget {
    pub(super) fn full() -> Self {
        Self(Mutex::new(FULL))
    }

    /// Takes the cost of a repetition; `false` when there is not enough.
    pub(super) fn take(&self, cost: u32) -> bool {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.checked_sub(cost) {
            Some(rest) => {
                *tokens = rest;
                true
            }
            None => false,
        }
    }

    /// After a success: puts back what its last repetition took, or a little when there was none.
    pub(super) fn refill(&self, taken: Option<u32>) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = tokens.saturating_add(taken.unwrap_or(REFILL)).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_comes_back_slowly() {
        let budget = Budget::full();
        for _ in 0..100 {
            assert!(budget.take(5));
        }
        assert!(!budget.take(5));
        for _ in 0..4 {
            budget.refill(None);
        }
        assert!(!budget.take(5));
        budget.refill(None);
        assert!(budget.take(5));
        budget.refill(Some(10));
        assert!(budget.take(10));
        assert!(!budget.take(1));
        budget.refill(Some(9999));
        assert!(budget.take(FULL));
        assert!(!budget.take(1));
    }
}
