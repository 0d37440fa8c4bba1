//! The methods of handles in the sources.

use std::collections::BTreeSet;
use std::path::Path;

use xtask::surface::hand_written;

/// Methods of these types send no request and are not in the table: they return other handles, or read a value.
const MAKES: &[&str] = &[
    // Handles, whose own methods are in the table.
    "ApiKeys",
    "Approvals",
    "Application",
    "Applications",
    "Agents",
    "Artifact",
    "Branches",
    "Clusters",
    "EntityRef",
    "Executions",
    "ExperimentRun",
    "Infrastructures",
    "InputSets",
    "Pipeline",
    "Pipelines",
    "PullRequest",
    "PullRequests",
    "Repositories",
    "RepositoryCredentials",
    "Run",
    "Segments",
    "Tags",
    "Targets",
    "Tokens",
    "Triggers",
    "Version",
    "Org",
    "Project",
    // Values.
    "Health",
    "Option",
    "Phase",
    "String",
    "SyncStatus",
    "bool",
    "i64",
];

/// Calls of values that only a response contains, with identifiers of the server.
const OF_ANSWERS: &[&str] = &[
    "gitops::StartedSync::wait",
    "gitops::StartedSync::wait_over",
    "gitops::StartedSync::watch",
    "pipeline::Run::step_log",
];

/// Returns the name of a method in the table: the module of the API, the type, the method.
pub(crate) fn key(handle: &str, method: &str) -> String {
    let kind = handle.rsplit("::").next().unwrap_or_default();
    let module = handle.split("::resources::").nth(1);
    let module = module.and_then(|path| path.split("::").next());
    format!("{}::{kind}::{method}", module.unwrap_or("scope"))
}

/// Returns the public methods of handles that make calls.
pub(crate) fn calls() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = root.parent().expect("a crate lies in its workspace");
    let parts = hand_written(root).expect("the sources");
    let mut found = BTreeSet::new();
    for (part, text) in parts {
        let module = part.strip_prefix("ext_").unwrap_or_default();
        if !text.contains(&format!("// resources/{module}/")) {
            continue;
        }
        let mut handle = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(rest) = line.strip_prefix("impl ") {
                // Implementations of traits, and of types with parameters, do not belong to handles.
                handle = rest.strip_suffix(" {").filter(|name| is_name(name));
            }
            let Some((handle, rest)) = handle.zip(line.strip_prefix("    pub fn ")) else {
                continue;
            };
            let mut signature = rest.to_owned();
            while !signature.ends_with("{}") {
                signature += " ";
                signature += lines.next().expect("the end of a signature").trim();
            }
            if let Some(name) = call(&signature) {
                found.insert(key_of(module, handle, &name));
            }
        }
    }
    assert!(found.len() > 300, "{} calls are found", found.len());
    for name in OF_ANSWERS {
        assert!(found.remove(*name), "{name} is not found");
    }
    found
}

fn key_of(module: &str, handle: &str, method: &str) -> String {
    let module = match handle {
        "Account" | "Org" | "Project" => "scope",
        _ => module,
    };
    format!("{module}::{handle}::{method}")
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Returns the name of a method that makes a call: it borrows its handle, and returns something that is neither
/// borrowed from it nor known to send no request.
fn call(signature: &str) -> Option<String> {
    let (head, rest) = signature.split_once('(')?;
    let is_method = rest.trim_start().starts_with("&self");
    let given = signature
        .rsplit_once(") -> ")
        .map_or("", |(_, given)| given);
    let given: String = given
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '&')
        .collect();
    let name = head.split('<').next()?;
    (is_method && !given.starts_with('&') && !MAKES.contains(&&*given)).then(|| name.to_owned())
}
