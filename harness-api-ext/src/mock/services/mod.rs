//! The services of the mock, one file per resource. Handlers are found by operation id.

mod approvals;
mod code;
mod connectors;
mod delivery;
mod gitops;
mod input_sets;
pub(super) mod logs;
mod ng;
mod organizations;
mod pipelines;
mod projects;
mod registries;
pub(super) mod runs;
mod secrets;
mod yaml;

use super::envelope::Refusal;
use super::received::Received;
use super::reply::Reply;
use super::state::State;

pub(super) type Answer = Result<Reply, Refusal>;

/// Handler of an operation.
pub(super) struct Handler {
    operation: &'static str,
    /// Permission that the caller needs.
    pub(super) permission: &'static str,
    pub(super) answer: fn(&mut State, &Received) -> Answer,
}

const fn on(
    operation: &'static str,
    permission: &'static str,
    answer: fn(&mut State, &Received) -> Answer,
) -> Handler {
    Handler {
        operation,
        permission,
        answer,
    }
}

fn handlers() -> impl Iterator<Item = &'static Handler> {
    let tables = [
        organizations::HANDLERS,
        projects::HANDLERS,
        connectors::HANDLERS,
        secrets::HANDLERS,
        delivery::HANDLERS,
        pipelines::HANDLERS,
        input_sets::HANDLERS,
        runs::HANDLERS,
        approvals::HANDLERS,
        logs::HANDLERS,
        gitops::HANDLERS,
        registries::HANDLERS,
        code::HANDLERS,
    ];
    tables.into_iter().flatten()
}

/// Returns the handler of an operation, by its id.
pub(super) fn find(operation: &str) -> Option<&'static Handler> {
    handlers().find(|handler| handler.operation == operation)
}

#[cfg(all(
    test,
    feature = "cd",
    feature = "code",
    feature = "connectors",
    feature = "gitops",
    feature = "har",
    feature = "pipeline",
    feature = "platform",
    feature = "secrets"
))]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_handler_has_its_operation_and_no_operation_two() {
        let known: BTreeSet<&str> = super::super::route::operations()
            .map(|operation| operation.id)
            .collect();
        let mut seen = BTreeSet::new();
        for handler in super::handlers() {
            assert!(known.contains(handler.operation), "{}", handler.operation);
            assert!(seen.insert(handler.operation), "{}", handler.operation);
        }
    }
}
