//! Responses that a test has set.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::received::Received;
use super::reply::Reply;
use super::route;

/// Selects requests: by operation id, or by method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Operation(&'static str),
    Path { method: String, path: String },
}

impl Target {
    /// # Panics
    ///
    /// Panics if no operation has the id: a script for a misspelt id would never be used.
    #[track_caller]
    pub(super) fn read(text: &str) -> Self {
        if let Some((method, path)) = text.split_once(' ') {
            return Self::Path {
                method: method.to_ascii_uppercase(),
                path: path.trim().to_owned(),
            };
        }
        match route::operations().find(|operation| operation.id == text) {
            Some(operation) => Self::Operation(operation.id),
            None => panic!(
                "no operation of the enabled modules has the id `{text}`; use method and path for other operations"
            ),
        }
    }

    /// Returns whether a request matches. The path may be the one that is sent, or the template of the operation.
    pub(super) fn fits(&self, request: &Received) -> bool {
        let operation = request.operation();
        match self {
            Self::Operation(id) => operation.is_some_and(|operation| operation.id == *id),
            Self::Path { method, path } => {
                method == request.method()
                    && (path == request.path()
                        || operation.is_some_and(|operation| operation.path == path))
            }
        }
    }
}

/// Creates a response for a request.
pub(super) type Answerer = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

enum Answers {
    Next(VecDeque<Reply>),
    Always(Answerer),
}

/// All scripts, in the order in which they were set.
#[derive(Default)]
pub(super) struct Scripts(Vec<(Target, Answers)>);

impl Scripts {
    pub(super) fn next(&mut self, target: Target, replies: impl IntoIterator<Item = Reply>) {
        let replies = replies.into_iter().collect();
        self.0.push((target, Answers::Next(replies)));
    }

    pub(super) fn always(&mut self, target: Target, answer: Answerer) {
        self.0.push((target, Answers::Always(answer)));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the response to a request, if a script has one: first those for the next requests, then those for all
    /// requests, the latest first.
    pub(super) fn take(&mut self, request: &Received) -> Option<Answerer> {
        for (target, answers) in &mut self.0 {
            if let Answers::Next(replies) = answers
                && target.fits(request)
                && let Some(reply) = replies.pop_front()
            {
                return Some(Arc::new(move |_: &Received| reply.clone()));
            }
        }
        self.0
            .iter()
            .rev()
            .find_map(|(target, answers)| match answers {
                Answers::Always(answer) if target.fits(request) => Some(Arc::clone(answer)),
                _ => None,
            })
    }
}

impl fmt::Debug for Scripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(target, _)| target))
            .finish()
    }
}
