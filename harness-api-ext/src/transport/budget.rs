//! The retry budget, shared by all calls of a client. If most calls fail, retrying all of them would only add load.

use std::sync::{Mutex, MutexGuard, PoisonError};

const FULL: u32 = 500;
const REFILL: u32 = 1;

/// Token bucket. Retries take tokens, successes return them.
pub(super) struct Budget(Mutex<u32>);

impl Budget {
    pub(super) fn full() -> Self {
        Self(Mutex::new(FULL))
    }

    /// Takes the cost of a retry; `None` if the budget is too low. A withdrawal that is not spent is returned.
    pub(super) fn take(&self, cost: u32) -> Option<Withdrawal<'_>> {
        let mut tokens = self.tokens();
        *tokens = tokens.checked_sub(cost)?;
        Some(Withdrawal { budget: self, cost })
    }

    /// Returns tokens after a success: the cost of its last retry, or a few if it had none.
    pub(super) fn refill(&self, taken: Option<u32>) {
        let mut tokens = self.tokens();
        *tokens = tokens.saturating_add(taken.unwrap_or(REFILL)).min(FULL);
    }

    fn tokens(&self) -> MutexGuard<'_, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cost of a retry that is not sent yet. A call that is dropped while it waits returns it.
#[must_use = "what is dropped is put back"]
pub(super) struct Withdrawal<'a> {
    budget: &'a Budget,
    cost: u32,
}

impl Withdrawal<'_> {
    /// Spends the withdrawal when the retry is sent, and returns its cost.
    pub(super) fn spend(mut self) -> u32 {
        std::mem::take(&mut self.cost)
    }
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.budget.refill(Some(self.cost));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spend(budget: &Budget, cost: u32) -> bool {
        budget.take(cost).map(Withdrawal::spend).is_some()
    }

    #[test]
    fn what_is_spent_comes_back_slowly() {
        let budget = Budget::full();
        for _ in 0..100 {
            assert!(spend(&budget, 5));
        }
        assert!(!spend(&budget, 5));
        for _ in 0..4 {
            budget.refill(None);
        }
        assert!(!spend(&budget, 5));
        budget.refill(None);
        assert!(spend(&budget, 5));
        budget.refill(Some(10));
        assert!(spend(&budget, 10));
        assert!(!spend(&budget, 1));
        budget.refill(Some(9999));
        assert!(spend(&budget, FULL));
        assert!(!spend(&budget, 1));
    }

    /// Event for the budget: a withdrawal is taken, the withdrawal of this number is spent or dropped, or a call
    /// succeeds.
    #[derive(Clone, Debug)]
    enum Step {
        Take(u32),
        Spend(usize),
        Drop(usize),
        Refill(Option<u32>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => prop_oneof![Just(5_u32), Just(10), 1..200_u32].prop_map(Step::Take),
            2 => any::<usize>().prop_map(Step::Spend),
            3 => any::<usize>().prop_map(Step::Drop),
            1 => proptest::option::of(1..20_u32).prop_map(Step::Refill),
        ]
    }

    proptest! {
        #[test]
        fn it_holds_what_a_sum_says(steps in proptest::collection::vec(step(), 0..200)) {
            let budget = Budget::full();
            let mut sum = FULL;
            let mut open: Vec<Withdrawal<'_>> = Vec::new();
            for step in steps {
                match step {
                    Step::Take(cost) => {
                        let taken = budget.take(cost);
                        prop_assert_eq!(taken.is_some(), sum >= cost);
                        if let Some(taken) = taken {
                            sum -= cost;
                            open.push(taken);
                        }
                    }
                    Step::Spend(at) if !open.is_empty() => {
                        let withdrawal = open.remove(at % open.len());
                        let cost = withdrawal.cost;
                        prop_assert_eq!(withdrawal.spend(), cost);
                    }
                    Step::Drop(at) if !open.is_empty() => {
                        let withdrawal = open.remove(at % open.len());
                        sum = (sum + withdrawal.cost).min(FULL);
                    }
                    Step::Refill(taken) => {
                        budget.refill(taken);
                        sum = (sum + taken.unwrap_or(REFILL)).min(FULL);
                    }
                    _ => {}
                }
                prop_assert_eq!(*budget.tokens(), sum);
            }
        }
    }
}
