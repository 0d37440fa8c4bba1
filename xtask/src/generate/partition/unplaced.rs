//! Where operations may belong that no rule places.

use std::collections::{BTreeMap, BTreeSet};

use super::map::{ModuleMap, display, first_segment, is_generic, is_parameter, module_name};
use crate::generate::{
    before::Before,
    diagnostics::{Diagnostics, Proposal, quoted},
    openapi::Operation,
};

/// An operation that has a module.
type Placed<'a> = (&'a Operation<'a>, &'a str);

/// The modules of the operations beside one, with the number of these.
type Neighbours<'a> = BTreeMap<&'a str, usize>;

/// Reports the operations that no rule gives a module: those beside them by tag and by path, and the rules that would place
/// them. `before` knows the module where an operation was.
pub(in crate::generate) fn report(
    map: &ModuleMap,
    operations: &[(&Operation<'_>, Option<&str>)],
    before: &dyn Before,
    diagnostics: &mut Diagnostics,
) {
    let placed: Vec<Placed<'_>> = operations
        .iter()
        .filter_map(|(operation, module)| Some((*operation, (*module)?)))
        .collect();
    let mut rules: BTreeMap<(String, Vec<&str>), Vec<&Operation<'_>>> = BTreeMap::new();
    let open = operations.iter().filter(|(_, module)| module.is_none());
    for (operation, _) in open {
        let key = rule(operation, &placed);
        rules.entry(key).or_default().push(*operation);
    }
    for ((prefix, tags), operations) in rules {
        let mut text = "no rule of the module table places".to_owned();
        for operation in &operations {
            text += &format!("\n  {}", display(operation));
        }
        let by_tag = by_tag(&operations, &placed);
        let (shared, by_path) = by_path(&prefix, &placed);
        text += &format!("\n    beside it by tag: {}", counted(&by_tag));
        text += &match shared {
            Some(shared) => format!("; by path, below {shared}: {}", counted(&by_path)),
            None => "; by path: none".to_owned(),
        };
        let rule = match tags.as_slice() {
            [] => format!("{{ prefix = {} }}", quoted(&prefix)),
            tags => {
                let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
                format!(
                    "{{ prefix = {}, tags = [{}] }}",
                    quoted(&prefix),
                    tags.join(", ")
                )
            }
        };
        let was = operations
            .iter()
            .find_map(|operation| before.module(&operation.id));
        let was = was.filter(|was| map.modules().any(|(name, _)| name == *was));
        if let Some(was) = was {
            text += &format!("; before: in `{was}`");
        }
        let beside = || most(&by_tag).or_else(|| most(&by_path));
        let proposal = match was.or_else(beside) {
            Some(module) => Proposal::rules(module, &[rule]),
            None => {
                let (name, title) = fresh(map, &prefix, &operations);
                Proposal::module(&name, &title, &[rule])
            }
        };
        diagnostics.propose("", text, vec![proposal]);
    }
}

/// Returns the shortest prefix below which there is no operation with a place, or the path itself and the tags where there is one.
fn rule<'a>(operation: &Operation<'a>, placed: &[Placed<'_>]) -> (String, Vec<&'a str>) {
    let segments = segments(operation.path);
    // Neither a parameter nor a version says what stands there.
    let lengths = (1..=segments.len()).filter(|&length| {
        let last = segments[length - 1];
        !is_parameter(last) && !is_generic(last)
    });
    for length in lengths {
        let prefix = &segments[..length];
        if !placed
            .iter()
            .any(|(other, _)| starts_with(other.path, prefix))
        {
            return (format!("/{}", prefix.join("/")), Vec::new());
        }
    }
    let tags = operation.tags.iter().take(1).copied().collect();
    (operation.path.to_owned(), tags)
}

fn by_tag<'a>(operations: &[&Operation<'_>], placed: &[Placed<'a>]) -> Neighbours<'a> {
    let tags: BTreeSet<&&str> = operations
        .iter()
        .flat_map(|operation| &operation.tags)
        .collect();
    let beside = placed
        .iter()
        .filter(|(other, _)| other.tags.iter().any(|tag| tags.contains(tag)));
    count(beside.map(|(_, module)| *module))
}

/// Returns the modules below the longest part of a prefix that has any.
fn by_path<'a>(prefix: &str, placed: &[Placed<'a>]) -> (Option<String>, Neighbours<'a>) {
    let segments = segments(prefix);
    for length in (1..=segments.len()).rev() {
        let shared = &segments[..length];
        let beside = placed
            .iter()
            .filter(|(other, _)| starts_with(other.path, shared));
        let found = count(beside.map(|(_, module)| *module));
        if !found.is_empty() {
            return (Some(format!("/{}", shared.join("/"))), found);
        }
    }
    (None, Neighbours::new())
}

fn count<'a>(modules: impl Iterator<Item = &'a str>) -> Neighbours<'a> {
    modules.fold(Neighbours::new(), |mut counts, module| {
        *counts.entry(module).or_default() += 1;
        counts
    })
}

/// Returns the module with most of them; of two with as many, the first by name.
fn most<'a>(neighbours: &Neighbours<'a>) -> Option<&'a str> {
    let largest = neighbours.values().max()?;
    let found = neighbours.iter().find(|(_, count)| *count == largest);
    found.map(|(module, _)| *module)
}

fn counted(neighbours: &Neighbours<'_>) -> String {
    const SHOWN: usize = 4;
    if neighbours.is_empty() {
        return "none".to_owned();
    }
    let mut sorted: Vec<(&str, usize)> = neighbours
        .iter()
        .map(|(name, count)| (*name, *count))
        .collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = sorted.iter().take(SHOWN);
    let mut texts: Vec<String> = shown
        .map(|(module, count)| format!("{count} in `{module}`"))
        .collect();
    if sorted.len() > SHOWN {
        texts.push(format!("{} modules more", sorted.len() - SHOWN));
    }
    texts.join(", ")
}

/// Returns name and title of a module for operations that have nothing beside them.
fn fresh(map: &ModuleMap, prefix: &str, operations: &[&Operation<'_>]) -> (String, String) {
    let first = first_segment(prefix).unwrap_or_default();
    let tag = operations
        .first()
        .and_then(|operation| operation.tags.first());
    let words = tag.copied().unwrap_or(first);
    let mut name = module_name(first);
    while map.modules().any(|(known, _)| known == name) {
        name.push('_');
    }
    (name, words.to_owned())
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

fn starts_with(path: &str, prefix: &[&str]) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    prefix.iter().all(|want| {
        let have = segments.next();
        have.is_some_and(|have| have == *want || (is_parameter(have) && is_parameter(want)))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::generate::before::Nothing;

    const TABLE: &str = "[[module]]\nname = \"cd\"\ntitle = \"CD\"\nrules = [{ prefix = \"/ng/api/services\" }]\n\
                         [[module]]\nname = \"teams\"\ntitle = \"Teams\"\nrules = [{ prefix = \"/v1/teams\", tags = [\"Teams\"] }]\n";

    struct Moved;

    impl Before for Moved {
        fn module(&self, id: &str) -> Option<&str> {
            (id == "moved").then_some("teams")
        }

        fn has_type(&self, _: &str) -> bool {
            false
        }
    }

    fn reported(operations: &[(&Operation<'_>, Option<&str>)], before: &dyn Before) -> String {
        let map = ModuleMap::parse(TABLE).unwrap();
        let mut diagnostics = Diagnostics::default();
        report(&map, operations, before, &mut diagnostics);
        diagnostics.messages().join("\n")
    }

    fn errors(unplaced: &[(&str, &str)]) -> String {
        let operation = |path, tag| Operation::of(path, "get", &[tag], "someId");
        let services = operation("/ng/api/services/{id}", "Services");
        let teams = operation("/v1/teams/{id}", "Teams");
        let unplaced: Vec<_> = unplaced
            .iter()
            .map(|(path, tag)| operation(path, tag))
            .collect();
        let mut operations = vec![(&services, Some("cd")), (&teams, Some("teams"))];
        operations.extend(unplaced.iter().map(|operation| (operation, None)));
        reported(&operations, &Nothing)
    }

    #[test]
    fn a_module_is_proposed_by_tag_and_else_by_path() {
        let text = errors(&[
            ("/ng/api/drift/{id}", "Drift"),
            ("/ng/api/drift", "Drift"),
            ("/v2/lists/all", "Teams"),
        ]);
        let drift = "no rule of the module table places\n  \
            GET /ng/api/drift/{id} (tags [\"Drift\"], id `someId`)\n  GET /ng/api/drift (tags [\"Drift\"], id `someId`)\n    \
            beside it by tag: none; by path, below /ng/api: 1 in `cd`\n    \
            proposed for openapi/modules.toml, rules of the module \"cd\":\n      { prefix = \"/ng/api/drift\" },";
        assert!(text.contains(drift), "{text}");
        assert!(
            text.contains("by tag: 1 in `teams`; by path: none"),
            "{text}"
        );
        assert!(
            text.contains("module \"teams\":\n      { prefix = \"/v2/lists\" },"),
            "{text}"
        );
    }

    #[test]
    fn a_module_is_kept() {
        let operation = |path, id| Operation::of(path, "get", &["Services"], id);
        let placed = operation("/ng/api/services/{id}", "a");
        let moved = operation("/ng/api/moved", "moved");
        let text = reported(&[(&placed, Some("cd")), (&moved, None)], &Moved);
        assert!(
            text.contains("by tag: 1 in `cd`") && text.contains("rules of the module \"teams\""),
            "{text}"
        );
    }

    #[test]
    fn where_the_path_is_shared_the_tag_decides() {
        let text = errors(&[("/v1/teams/{team}", "Owners")]);
        assert!(
            text.contains("{ prefix = \"/v1/teams/{team}\", tags = [\"Owners\"] }"),
            "{text}"
        );
    }

    #[test]
    fn what_has_nothing_beside_it_gets_a_module() {
        let text = errors(&[("/fresh-service/a", "Fresh")]);
        assert!(text.contains("by tag: none; by path: none"), "{text}");
        assert!(
            text.contains("[[module]]\n      name = \"fresh_service\"\n      title = \"Fresh\"\n      rules = [\n      { prefix = \"/fresh-service\" },"),
            "{text}"
        );
    }
}
