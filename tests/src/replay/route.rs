//! Finds the operation of a recorded call.

use harness_api::{OPERATIONS, Operation, Place};

/// Returns the operation with this id.
pub(super) fn by_id(id: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.id == id)
}

/// Returns the operation whose method and path template match best: the one with the most literal segments.
pub(super) fn by_path(method: &str, path: &str) -> Option<&'static Operation> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = segments(path.trim_end_matches('*'));
    all()
        .filter(|operation| operation.method.eq_ignore_ascii_case(method))
        .filter_map(|operation| {
            let literal = fit(&template(operation), &segments)?;
            Some((literal, operation))
        })
        .max_by_key(|(literal, _)| *literal)
        .map(|(_, operation)| operation)
}

fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().flat_map(|module| module.iter()).copied()
}

/// Returns the segments of a path, without the prefix of the gateway.
fn segments(path: &str) -> Vec<&str> {
    let mut segments: Vec<_> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if segments.first() == Some(&"gateway") {
        segments.remove(0);
    }
    segments
}

/// Segment of a template.
enum Piece {
    /// Text around a value, or only a text without a value.
    Text(&'static str),
    Value {
        before: &'static str,
        after: &'static str,
        spans: bool,
    },
}

fn template(operation: &'static Operation) -> Vec<Piece> {
    segments(operation.path)
        .into_iter()
        .map(|segment| match (segment.find('{'), segment.rfind('}')) {
            (Some(open), Some(close)) if open < close => Piece::Value {
                before: &segment[..open],
                after: &segment[close + 1..],
                spans: [Place::PathRef, Place::PathTail].iter().any(|place| {
                    let name = &segment[open + 1..close];
                    operation.position(*place, name).is_some()
                }),
            },
            _ => Piece::Text(segment),
        })
        .collect()
}

/// Returns the number of literal segments if the path matches.
fn fit(template: &[Piece], path: &[&str]) -> Option<usize> {
    let Some((piece, rest)) = template.split_first() else {
        return path.is_empty().then_some(0);
    };
    let (segment, others) = path.split_first()?;
    match piece {
        Piece::Text(text) => (text == segment)
            .then(|| fit(rest, others))?
            .map(|fit| fit + 1),
        Piece::Value {
            before,
            after,
            spans,
        } => {
            let inner = segment.strip_prefix(before)?.strip_suffix(after)?;
            if inner.is_empty() {
                return None;
            }
            let last = if *spans { path.len() } else { 1 };
            (1..=last).find_map(|taken| fit(rest, &path[taken..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(path: &'static str, reference: &str) -> Vec<Piece> {
        segments(path)
            .into_iter()
            .map(|segment| match segment.strip_prefix('{') {
                Some(name) => Piece::Value {
                    before: "",
                    after: "",
                    spans: name.trim_end_matches('}') == reference,
                },
                None => Piece::Text(segment),
            })
            .collect()
    }

    #[test]
    fn paths_fit_by_segments() {
        let plain = template("/ng/api/things/{thing}", "");
        assert_eq!(fit(&plain, &segments("/gateway/ng/api/things/x")), Some(3));
        assert_eq!(fit(&plain, &segments("/ng/api/things/{thing}/")), Some(3));
        assert_eq!(fit(&plain, &segments("/ng/api/things")), None);
        assert_eq!(fit(&plain, &segments("/ng/api/things/x/y")), None);
        let spanning = template("/repos/{ref}/branches", "ref");
        assert_eq!(fit(&spanning, &segments("/repos/a/b/c/branches")), Some(2));
        assert_eq!(fit(&spanning, &segments("/repos/branches")), None);
    }
}
