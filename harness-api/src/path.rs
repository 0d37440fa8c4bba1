//! Path templates: values into placeholders, so that no value can change the route.

use crate::encode::{push_literal, push_value};
use crate::operation::Place;
use crate::scope_level::ScopeLevel;

/// Why a path could not be made. The text names the parameter and never the value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathFault(pub(crate) String);

/// Expands a template; `find` gives, for a placeholder, its value and which kind of path parameter it is.
pub(crate) fn expand<'v>(
    template: &str,
    mut find: impl FnMut(&str) -> Option<(&'v str, Place)>,
) -> Result<String, PathFault> {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            break;
        };
        push_literal(&mut out, &rest[..open]);
        let name = &rest[open + 1..open + length];
        let Some((value, place)) = find(name) else {
            return Err(PathFault(format!(
                "path parameter `{name}` is required and was not given"
            )));
        };
        match place {
            Place::PathRef => push_reference(&mut out, name, value)?,
            Place::PathTail => push_tail(&mut out, name, value)?,
            _ => {
                if let Some(level) = ScopeLevel::of_parameter(name) {
                    level.check(value).map_err(PathFault)?;
                }
                push_segment(&mut out, name, value)?;
            }
        }
        rest = &rest[open + length + 1..];
    }
    push_literal(&mut out, rest);
    Ok(out)
}

/// Appends one segment, or a part of one. URL parsers drop `.` and climb on `..` even when these are escaped, and an empty
/// segment names another route, so the three are refused; so is a blank one, which servers trim.
fn push_segment(out: &mut String, name: &str, value: &str) -> Result<(), PathFault> {
    if value.trim().is_empty() {
        return Err(empty(name));
    }
    push_named(out, name, value)
}

/// Appends a segment that may be blank, as the name of a file may.
fn push_named(out: &mut String, name: &str, value: &str) -> Result<(), PathFault> {
    match value {
        "" => Err(empty(name)),
        "." | ".." => Err(PathFault(format!(
            "path parameter `{name}` is a dot segment, which would change the route"
        ))),
        _ => {
            push_value(out, value);
            Ok(())
        }
    }
}

/// Appends a reference: its slashes stay, and `/+` tells the server where it ends. The server looks for `/+` in the decoded
/// path, so a segment that begins with `+` would end the reference early.
fn push_reference(out: &mut String, name: &str, value: &str) -> Result<(), PathFault> {
    let value = value.strip_suffix("/+").unwrap_or(value);
    for (index, segment) in value.split('/').enumerate() {
        if segment.starts_with('+') {
            return Err(PathFault(format!(
                "path parameter `{name}` has a segment that begins with `+`, which would end the reference early"
            )));
        }
        if index > 0 {
            out.push('/');
        }
        push_segment(out, name, segment)?;
    }
    if value.contains('/') {
        out.push_str("/+");
    }
    Ok(())
}

/// Appends a file path or the name of a branch: the slashes between its segments stay.
fn push_tail(out: &mut String, name: &str, value: &str) -> Result<(), PathFault> {
    if value.trim().is_empty() {
        return Err(empty(name));
    }
    for (index, segment) in value.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        push_named(out, name, segment)?;
    }
    Ok(())
}

fn empty(name: &str) -> PathFault {
    PathFault(format!("path parameter `{name}` is empty"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn one(value: &str) -> Result<String, PathFault> {
        expand("/v1/things/{thing}", |_| Some((value, Place::Path)))
    }

    fn reference(value: &str) -> Result<String, PathFault> {
        expand("/repos/{repo_ref}/branches", |_| {
            Some((value, Place::PathRef))
        })
    }

    #[test]
    fn no_value_can_change_the_route() {
        let table = [
            ("plain-1_2.3~", "plain-1_2.3~"),
            ("../", "..%2F"),
            ("../../admin", "..%2F..%2Fadmin"),
            ("a/b", "a%2Fb"),
            ("a?b=c", "a%3Fb%3Dc"),
            ("a#b", "a%23b"),
            ("%2e%2e", "%252e%252e"),
            ("..%2f", "..%252f"),
            ("...", "..."),
            ("a b+c", "a%20b%2Bc"),
            ("\\..\\", "%5C..%5C"),
            ("tab\tline\n", "tab%09line%0A"),
            ("\0", "%00"),
            ("höhe/日本", "h%C3%B6he%2F%E6%97%A5%E6%9C%AC"),
            (";v=1", "%3Bv%3D1"),
            ("{thing}", "%7Bthing%7D"),
            (
                "component:account.retail/billing",
                "component%3Aaccount.retail%2Fbilling",
            ),
        ];
        for (value, wire) in table {
            assert_eq!(one(value), Ok(format!("/v1/things/{wire}")), "{value:?}");
        }
    }

    #[test]
    fn empty_and_dot_segments_are_refused_without_showing_more_than_the_name() {
        for value in ["", " ", "\t\n", ".", ".."] {
            let fault = one(value).unwrap_err();
            assert!(fault.0.contains("`thing`"), "{fault:?}");
        }
    }

    #[test]
    fn identifiers_of_a_scope_are_empty_or_divided_by_no_means() {
        let scope = |value: &str| {
            expand("/v1/orgs/{org}/projects/{project}", |name| {
                Some((if name == "org" { "retail" } else { value }, Place::Path))
            })
        };
        assert_eq!(
            scope("check.out$1"),
            Ok("/v1/orgs/retail/projects/check.out%241".to_owned())
        );
        assert_eq!(scope(" ").unwrap_err().0, "the project identifier is empty");
        for value in ["a/b", "a\\b", "a?b", "a#b", "a\nb", ".", ".."] {
            let fault = scope(value).unwrap_err();
            assert!(fault.0.starts_with("the project identifier "), "{fault:?}");
        }
    }

    #[test]
    fn placeholders_may_be_dotted_dashed_and_share_a_segment() {
        let find = |name: &str| match name {
            "agent.identifier" => Some(("ops", Place::Path)),
            "query-name" => Some(("q 1", Place::Path)),
            "git_ref" => Some(("v1.0/x", Place::Path)),
            "format" => Some(("zip", Place::Path)),
            _ => None,
        };
        assert_eq!(
            expand("/a/{agent.identifier}/{query-name}", find),
            Ok("/a/ops/q%201".to_owned())
        );
        assert_eq!(
            expand("/archive/{git_ref}.{format}", find),
            Ok("/archive/v1.0%2Fx.zip".to_owned())
        );
        let fault = expand("/a/{other}", find).unwrap_err();
        assert_eq!(
            fault.0,
            "path parameter `other` is required and was not given"
        );
    }

    #[test]
    fn references_keep_their_slashes_and_are_ended() {
        assert_eq!(reference("repo"), Ok("/repos/repo/branches".to_owned()));
        assert_eq!(
            reference("acct/org/proj/repo"),
            Ok("/repos/acct/org/proj/repo/+/branches".to_owned())
        );
        assert_eq!(
            reference("acct/org/proj/repo/+"),
            Ok("/repos/acct/org/proj/repo/+/branches".to_owned())
        );
        assert_eq!(
            reference("a b/c?d#e"),
            Ok("/repos/a%20b/c%3Fd%23e/+/branches".to_owned())
        );
        assert_eq!(
            reference("a+b/c+"),
            Ok("/repos/a%2Bb/c%2B/+/branches".to_owned())
        );
        for value in [
            "", " ", "a//b", "/a", "a/", "a/ /b", "a/../b", "./a", "..", "+", "a/+/b", "a/+b",
            "+a", "a/+/+",
        ] {
            assert!(reference(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn file_paths_keep_their_slashes_and_nothing_is_added() {
        let tail = |value| expand("/raw/{path}", |_| Some((value, Place::PathTail)));
        let table = [
            ("README.md", "README.md"),
            ("src/main.rs", "src/main.rs"),
            ("a b/c?d#e/%2f", "a%20b/c%3Fd%23e/%252f"),
            ("main...feature/x", "main...feature/x"),
            ("a/+", "a/%2B"),
            ("a/ /b", "a/%20/b"),
            ("a\\..\\b", "a%5C..%5Cb"),
        ];
        for (value, wire) in table {
            assert_eq!(tail(value), Ok(format!("/raw/{wire}")), "{value:?}");
        }
        for value in ["", " ", "a//b", "/a", "a/", "a/../b", "./a", "a/.", ".."] {
            assert!(tail(value).is_err(), "{value:?}");
        }
        let parts = |name: &str| match name {
            "git_ref" => Some(("release/1.0", Place::PathTail)),
            _ => Some(("zip", Place::Path)),
        };
        assert_eq!(
            expand("/archive/{git_ref}.{format}", parts),
            Ok("/archive/release/1.0.zip".to_owned())
        );
    }

    #[test]
    fn a_template_without_placeholders_and_an_open_brace_do_not_panic() {
        assert_eq!(expand("/v1/orgs", |_| None), Ok("/v1/orgs".to_owned()));
        assert_eq!(expand("/v1/{orgs", |_| None), Ok("/v1/%7Borgs".to_owned()));
        assert!(expand("/v1/{}", |_| None).is_err());
    }
}
