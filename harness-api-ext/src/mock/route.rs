//! Finds the operation of a request in the tables of the enabled modules.

use std::collections::HashMap;
use std::sync::LazyLock;

use harness_api::{Operation, Place};
use percent_encoding::percent_decode_str;

use super::services::logs;

/// Operation with its path parameters.
pub(super) struct Route {
    pub(super) operation: &'static Operation,
    pub(super) params: Vec<(&'static str, String)>,
}

macro_rules! modules {
    ($($name:literal $module:ident)*) => {
        /// Returns every operation that a request can call: those of the enabled modules, and those of the log service,
        /// which the description lacks.
        pub(super) fn operations() -> impl Iterator<Item = &'static Operation> {
            let tables: &[&'static [&'static Operation]] = &[
                $(#[cfg(feature = $name)] harness_api::$module::OPERATIONS,)*
                logs::OPERATIONS,
            ];
            tables.to_vec().into_iter().flatten().copied()
        }

        /// Returns the descriptions of the enabled modules, by module name.
        #[cfg(feature = "mock-described")]
        pub(super) fn documents() -> &'static [(&'static str, &'static str)] {
            &[$(
                #[cfg(feature = $name)]
                ($name, include_str!(concat!("../../described/", $name, ".json"))),
            )*]
        }

        #[cfg(test)]
        const MODULES: &[&str] = &[$($name),*];
    };
}

modules! {
    "access_control" access_control
    "audit" audit
    "authentication" authentication
    "autostopping" autostopping
    "ccm" ccm
    "cd" cd
    "chaos" chaos
    "code" code
    "commitments" commitments
    "connectors" connectors
    "dashboards" dashboards
    "dbops" dbops
    "delegates" delegates
    "ff" ff
    "gitops" gitops
    "gitx" gitx
    "har" har
    "iacm" iacm
    "idp" idp
    "notifications" notifications
    "orchestrator" orchestrator
    "pipeline" pipeline
    "platform" platform
    "policy" policy
    "rmg" rmg
    "secrets" secrets
    "sei" sei
    "srm" srm
    "ssca" ssca
    "sto" sto
    "templates" templates
    "users" users
}

/// Returns the operation of a method and a path. If several match, the one with the longest fixed text wins.
///
/// The gateway serves paths with and without the prefix `/gateway`.
pub(super) fn find(method: &str, path: &str) -> Option<Route> {
    let other = match path.strip_prefix("/gateway/") {
        Some(rest) => format!("/{rest}"),
        None => format!("/gateway{path}"),
    };
    among(method, path).or_else(|| among(method, &other))
}

/// Number of leading path segments in the index of operations.
const SEGMENTS: usize = 3;

/// Returns the operations that may match a path, by their leading fixed segments.
fn candidates(path: &str) -> impl Iterator<Item = &'static Operation> {
    static INDEX: LazyLock<HashMap<&str, Vec<&Operation>>> = LazyLock::new(|| {
        let mut index = HashMap::<&str, Vec<&Operation>>::new();
        for operation in operations() {
            let fixed = operation.path.split('{').next().unwrap_or_default();
            let fixed = match fixed.rfind('/') {
                Some(end) if fixed.len() < operation.path.len() => &fixed[..end],
                _ => fixed,
            };
            let start = starts(fixed).last().unwrap_or_default();
            index.entry(start).or_default().push(operation);
        }
        index
    });
    starts(path)
        .filter_map(|start| INDEX.get(start))
        .flatten()
        .copied()
}

/// Returns the prefixes of a path that end at a segment, the shortest first.
fn starts(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    let whole = (!path.is_empty()).then_some(path.len());
    ends.chain(whole).take(SEGMENTS + 1).map(|end| &path[..end])
}

fn among(method: &str, path: &str) -> Option<Route> {
    let fitting = candidates(path)
        .filter(|operation| operation.method == method)
        .filter_map(|operation| Some((operation, fit(operation, path)?)));
    let (operation, params) = fitting
        .max_by_key(|(operation, params)| (fixed(operation.path), usize::MAX - params.len()))?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(Route {
        operation,
        params: params
            .into_iter()
            .map(|(name, value)| (name, decode(value)))
            .collect(),
    })
}

/// Returns the methods that a path supports.
pub(super) fn methods(path: &str) -> Vec<&'static str> {
    let fitting = candidates(path).filter(|operation| fit(operation, path).is_some());
    let mut methods: Vec<&str> = fitting.map(|operation| operation.method).collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}

/// Returns the length of the fixed text of a template.
fn fixed(template: &str) -> usize {
    let mut inside = false;
    let outside = template.bytes().filter(|byte| {
        match byte {
            b'{' => inside = true,
            b'}' => {
                inside = false;
                return false;
            }
            _ => {}
        }
        !inside
    });
    outside.count()
}

/// Returns the encoded values of the placeholders if a path matches the template of an operation.
fn fit<'p>(operation: &'static Operation, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let mut values = Vec::new();
    rest_fits(operation, operation.path, path, &mut values).then_some(values)
}

fn rest_fits<'p>(
    operation: &'static Operation,
    template: &'static str,
    path: &'p str,
    values: &mut Vec<(&'static str, &'p str)>,
) -> bool {
    let Some(open) = template.find('{') else {
        return template == path;
    };
    let Some(path) = path.strip_prefix(&template[..open]) else {
        return false;
    };
    let Some((name, template)) = template[open + 1..].split_once('}') else {
        return false;
    };
    let place = operation
        .params
        .iter()
        .find(|param| param.name == name)
        .map_or(Place::Path, |param| param.place);
    ends(place, template, path).into_iter().any(|(end, skip)| {
        values.push((name, &path[..end]));
        let fits = rest_fits(operation, template, &path[end + skip..], values);
        if !fits {
            values.pop();
        }
        fits
    })
}

/// Returns where the value of a placeholder may end at the start of a path, and the length of the text after it that
/// belongs to no value.
fn ends(place: Place, template: &str, path: &str) -> Vec<(usize, usize)> {
    let segment = path.find('/').unwrap_or(path.len());
    let boundaries = |upto: usize| {
        let ends = (1..=upto).rev().filter(|end| path.is_char_boundary(*end));
        ends.map(|end| (end, 0)).collect::<Vec<_>>()
    };
    match place {
        Place::PathRef => {
            let mut ends: Vec<(usize, usize)> = path
                .match_indices("/+")
                .filter(|(at, _)| path[at + 2..].is_empty() || path[at + 2..].starts_with('/'))
                .map(|(at, _)| (at, 2))
                .collect();
            if segment > 0 {
                ends.push((segment, 0));
            }
            ends
        }
        Place::PathTail => boundaries(path.len()),
        _ if segment == 0 => Vec::new(),
        _ if template.is_empty() || template.starts_with('/') => vec![(segment, 0)],
        _ => boundaries(segment),
    }
}

#[cfg(test)]
mod tests {
    use harness_api::Param;

    use super::*;

    #[test]
    fn the_table_has_every_module() {
        let manifest = include_str!("../../Cargo.toml");
        let full = manifest.split("full = [").nth(1).expect("a list");
        let full = full.split(']').next().expect("its end");
        let named: Vec<&str> = full
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(MODULES, named);
    }

    static REPO: Operation = Operation::new("repo", "GET", "/repos/{ref}/raw/{path}")
        .params(&[Param::path_ref("ref"), Param::path_tail("path")]);
    static ARCHIVE: Operation = Operation::new("archive", "GET", "/a/{name}.{format}")
        .params(&[Param::path("name"), Param::path("format")]);

    #[test]
    fn references_and_tails_span_segments_and_others_do_not() {
        for (operation, path, values) in [
            (
                &REPO,
                "/repos/one/raw/a/b.rs",
                Some(vec![("ref", "one"), ("path", "a/b.rs")]),
            ),
            (
                &REPO,
                "/repos/a/o/p/one/+/raw/x",
                Some(vec![("ref", "a/o/p/one"), ("path", "x")]),
            ),
            (&REPO, "/repos/a/one/raw/x", None),
            (&REPO, "/repos//raw/x", None),
            (&REPO, "/repos/one/raw/", None),
            (
                &ARCHIVE,
                "/a/v1.0.zip",
                Some(vec![("name", "v1.0"), ("format", "zip")]),
            ),
            (&ARCHIVE, "/a/b/v1.zip", None),
            (&ARCHIVE, "/a/v1", None),
        ] {
            assert_eq!(fit(operation, path), values, "{path}");
        }
    }

    #[test]
    fn every_path_is_among_the_candidates_of_its_own() {
        for operation in operations() {
            let path = operation.path.replace(['{', '}'], "");
            let mut candidates = candidates(&path);
            assert!(candidates.any(|other| other == operation), "{operation}");
        }
        assert_eq!(
            starts("/a/b/c/d").collect::<Vec<_>>(),
            ["", "/a", "/a/b", "/a/b/c"]
        );
        assert_eq!(starts("/a").collect::<Vec<_>>(), ["", "/a"]);
    }

    #[test]
    fn fixed_text_wins_and_the_gateway_may_stand_in_front() {
        assert!(fixed("/a/list") > fixed("/a/{id}"));
        for path in ["/gateway/log-service/blob", "/log-service/blob"] {
            let route = find("GET", path).expect("found");
            assert_eq!(route.operation.id, "logBlob", "{path}");
        }
        assert!(find("PUT", "/log-service/blob").is_none());
        assert_eq!(methods("/gateway/log-service/blob/download"), ["POST"]);
    }
}
