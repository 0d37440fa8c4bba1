//! The table that says which module an operation belongs to.
//!
//! For the vendored description the table is `openapi/modules.toml`; for any other document it is derived from the
//! paths or the tags, see [`ModuleMap::by_first_segment_or_tag`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use heck::ToSnakeCase;
use serde::Deserialize;

use crate::{
    generate::{openapi::Operation, reserved::is_module},
    markdown::code,
};

/// Characters of a module's name that are kept of what it is derived from.
const LONGEST: usize = 60;

/// Modules and the way to find the one of an operation.
#[derive(Clone, Debug)]
pub struct ModuleMap {
    modules: Vec<Module>,
    source: Source,
}

#[derive(Clone, Debug)]
struct Module {
    name: String,
    title: String,
}

#[derive(Clone, Debug)]
enum Source {
    Rules(Vec<Rule>),
    Segment,
    Tag,
}

#[derive(Clone, Debug)]
struct Rule {
    module: usize,
    prefix: String,
    segments: Vec<String>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    module: Vec<TableModule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableModule {
    name: String,
    title: String,
    rules: Vec<TableRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRule {
    prefix: String,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl ModuleMap {
    /// Reads the table from a TOML file.
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads the table from TOML text and checks that it is well formed.
    pub fn parse(text: &str) -> Result<Self> {
        let table: Table = toml::from_str(text)?;
        let mut modules: Vec<Module> = Vec::new();
        let mut rules: Vec<Rule> = Vec::new();
        for entry in table.module {
            let TableModule {
                name,
                title,
                rules: own,
            } = entry;
            ensure!(
                name == module_name(&name),
                "module `{name}`: not a usable module name (`{}` would be)",
                module_name(&name)
            );
            ensure!(
                modules.iter().all(|m| m.name != name),
                "module `{name}`: listed twice"
            );
            ensure!(
                !title.trim().is_empty(),
                "module `{name}`: the title is empty"
            );
            ensure!(!own.is_empty(), "module `{name}`: no rules");
            for rule in own {
                let rule =
                    Rule::new(modules.len(), rule).with_context(|| format!("module `{name}`"))?;
                let twin = rules
                    .iter()
                    .find(|r| r.same_prefix(&rule) && r.overlaps(&rule));
                if let Some(twin) = twin {
                    let other = modules.get(twin.module).map_or(name.as_str(), |m| &m.name);
                    bail!("module `{name}`: {rule} repeats {twin} of module `{other}`");
                }
                rules.push(rule);
            }
            modules.push(Module { name, title });
        }
        ensure!(!modules.is_empty(), "no modules");
        Ok(Self {
            modules,
            source: Source::Rules(rules),
        })
    }

    /// Returns the map for a document that has no table.
    ///
    /// A module is the first literal path segment that is not merely a version or a word such as `api`. Where all
    /// operations share one such segment it would say nothing, and the first tag decides instead.
    pub fn by_first_segment_or_tag(ops: &[Operation<'_>]) -> Self {
        let segments: BTreeSet<_> = ops.iter().filter_map(|op| first_segment(op.path)).collect();
        let source = if segments.len() > 1 {
            Source::Segment
        } else {
            Source::Tag
        };
        let mut modules = BTreeMap::new();
        for op in ops {
            let title = match (&source, first_segment(op.path), op.tags.first()) {
                (Source::Segment, Some(segment), _) => {
                    format!("Operations under {}", code(segment))
                }
                (_, _, Some(tag)) => format!("Operations tagged {}", code(tag)),
                _ => "Operations without a tag".to_owned(),
            };
            modules.entry(derived(&source, op)).or_insert(title);
        }
        let modules = modules
            .into_iter()
            .map(|(name, title)| Module { name, title })
            .collect();
        Self { modules, source }
    }

    /// Returns name and title of every module, in table order.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.modules
            .iter()
            .map(|m| (m.name.as_str(), m.title.as_str()))
    }

    /// Returns the module of an operation; fails unless there is one.
    pub fn place(&self, op: &Operation<'_>) -> Result<&str> {
        let module = self.find(op)?;
        module.with_context(|| format!("no rule of the module table places {}", display(op)))
    }

    /// Returns the module of an operation, if there is one; fails where there are two.
    pub fn find(&self, op: &Operation<'_>) -> Result<Option<&str>> {
        let module = match &self.source {
            Source::Rules(rules) => winner(rules, op, &self.modules)?
                .and_then(|i| rules.get(i))
                .and_then(|rule| self.modules.get(rule.module)),
            source => {
                let name = derived(source, op);
                self.modules.iter().find(|m| m.name == name)
            }
        };
        Ok(module.map(|module| module.name.as_str()))
    }

    /// Fails if a rule decides the place of none of these operations.
    pub fn check_all_used(&self, ops: &[Operation<'_>]) -> Result<()> {
        let Source::Rules(rules) = &self.source else {
            return Ok(());
        };
        let mut used = BTreeSet::new();
        for op in ops {
            used.extend(winner(rules, op, &self.modules)?);
        }
        let dead: Vec<_> = rules
            .iter()
            .enumerate()
            .filter(|(i, _)| !used.contains(i))
            .map(|(_, rule)| {
                let module = self.modules.get(rule.module).map_or("", |m| &m.name);
                format!("module `{module}`: {rule} places no operation")
            })
            .collect();
        ensure!(
            dead.is_empty(),
            "dead rules in the module table:\n  {}",
            dead.join("\n  ")
        );
        Ok(())
    }
}

impl Rule {
    fn new(module: usize, rule: TableRule) -> Result<Self> {
        let TableRule { prefix, tags } = rule;
        let inner = prefix.strip_prefix('/').unwrap_or_default();
        ensure!(
            !inner.is_empty() && inner.split('/').all(|s| !s.is_empty()),
            "prefix `{prefix}` is not `/` and whole segments"
        );
        ensure!(
            tags.as_ref().is_none_or(|tags| !tags.is_empty()),
            "prefix `{prefix}`: an empty list of tags matches nothing"
        );
        let segments = inner.split('/').map(str::to_owned).collect();
        Ok(Self {
            module,
            prefix,
            segments,
            tags: tags.unwrap_or_default(),
        })
    }

    /// Returns whether it places an operation, whose path has these segments.
    fn matches(&self, op: &Operation<'_>, path: &[&str]) -> bool {
        let prefix = self.segments.len() <= path.len()
            && self
                .segments
                .iter()
                .zip(path)
                .all(|(want, have)| want == have || (is_parameter(want) && is_parameter(have)));
        prefix
            && (self.tags.is_empty()
                || op
                    .tags
                    .iter()
                    .any(|tag| self.tags.iter().any(|own| own == tag)))
    }

    /// Returns how specific the rule is: larger is more specific.
    fn weight(&self) -> (bool, usize) {
        (!self.tags.is_empty(), self.segments.len())
    }

    fn same_prefix(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self
                .segments
                .iter()
                .zip(&other.segments)
                .all(|(a, b)| a == b || (is_parameter(a) && is_parameter(b)))
    }

    fn overlaps(&self, other: &Self) -> bool {
        (self.tags.is_empty() && other.tags.is_empty())
            || self.tags.iter().any(|tag| other.tags.contains(tag))
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the rule `{}`", self.prefix)?;
        if !self.tags.is_empty() {
            write!(f, " for {:?}", self.tags)?;
        }
        Ok(())
    }
}

/// Returns the index of the most specific rule that matches, if any does.
fn winner(rules: &[Rule], op: &Operation<'_>, modules: &[Module]) -> Result<Option<usize>> {
    let mut best: Option<(usize, &Rule)> = None;
    let mut rival: Option<&Rule> = None;
    let path: Vec<&str> = op.path.split('/').filter(|s| !s.is_empty()).collect();
    for (i, rule) in rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.matches(op, &path))
    {
        match best {
            Some((_, other)) if other.weight() > rule.weight() => {}
            Some((_, other)) if other.weight() == rule.weight() => {
                if other.module != rule.module {
                    rival = Some(rule);
                }
            }
            _ => {
                best = Some((i, rule));
                rival = None;
            }
        }
    }
    if let (Some((_, rule)), Some(rival)) = (best, rival) {
        let name = |rule: &Rule| modules.get(rule.module).map_or("", |m| m.name.as_str());
        bail!(
            "{} is placed twice: {rule} of module `{}`, {rival} of module `{}`",
            display(op),
            name(rule),
            name(rival)
        );
    }
    Ok(best.map(|(i, _)| i))
}

/// Returns what identifies an operation, for messages.
pub(super) fn display(op: &Operation<'_>) -> String {
    let method = op.method.to_uppercase();
    format!("{method} {} (tags {:?}, id `{}`)", op.path, op.tags, op.id)
}

pub(super) fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

/// Returns the first segment that tells parts of an API apart.
pub(super) fn first_segment(path: &str) -> Option<&str> {
    path.split('/')
        .find(|s| !s.is_empty() && !s.contains('{') && !is_generic(s))
}

/// Segments that say nothing about the subject: versions and words that stand before any path.
pub(super) fn is_generic(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let is_version = lower
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_version
        || matches!(
            lower.as_str(),
            "api" | "apis" | "rest" | "gateway" | "public"
        )
}

fn derived(source: &Source, op: &Operation<'_>) -> String {
    let tag = op.tags.first().copied();
    let word = match source {
        Source::Segment => first_segment(op.path).or(tag),
        _ => tag,
    };
    module_name(word.unwrap_or_default())
}

/// Returns a Rust module name (and Cargo feature name) for any text; never empty, never reserved.
pub(super) fn module_name(text: &str) -> String {
    let ascii: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let mut name = ascii.to_snake_case();
    name.truncate(LONGEST);
    match name.as_str() {
        "" => "root".to_owned(),
        reserved if is_module(reserved) => format!("{name}_"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("n{name}"),
        _ => name,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::generate::{Workspace, openapi::operations};

    const TABLE: &str = r#"
        [[module]]
        name = "platform"
        title = "Orgs"
        rules = [{ prefix = "/v1/orgs" }]

        [[module]]
        name = "pipeline"
        title = "Pipelines"
        rules = [
          { prefix = "/pipeline/api" },
          { prefix = "/v1/orgs/{o}/projects", tags = ["Pipelines"] },
        ]

        [[module]]
        name = "cd"
        title = "Services"
        rules = [{ prefix = "/v1/orgs/{org}/services" }, { prefix = "/v1/orgs", tags = ["CD"] }]
    "#;

    fn place(map: &ModuleMap, path: &str, tags: &[&str]) -> Result<String> {
        let op = Operation::of(path, "get", tags, "someId");
        map.place(&op).map(str::to_owned)
    }

    #[test]
    fn the_most_specific_rule_wins() {
        let map = ModuleMap::parse(TABLE).unwrap();
        let place = |path: &str, tags: &[&str]| place(&map, path, tags).unwrap();
        assert_eq!(place("/pipeline/api/x", &[]), "pipeline");
        assert_eq!(place("/v1/orgs", &[]), "platform");
        // The longer prefix, whatever the parameter is called.
        assert_eq!(place("/v1/orgs/{x}/services/{y}", &[]), "cd");
        // A tag beats the longer prefix.
        assert_eq!(place("/v1/orgs/{x}/services/{y}", &["Other", "CD"]), "cd");
        assert_eq!(
            place("/v1/orgs/{org}/projects/{p}/a", &["Pipelines"]),
            "pipeline"
        );
        assert_eq!(
            place("/v1/orgs/{org}/projects/{p}/a", &["pipelines"]),
            "platform"
        );
        // The longer of two with tags.
        assert_eq!(
            place("/v1/orgs/{org}/projects", &["CD", "Pipelines"]),
            "pipeline"
        );
    }

    #[test]
    fn segments_match_whole_and_parameters_only_parameters() {
        let map = ModuleMap::parse(TABLE).unwrap();
        assert!(place(&map, "/v1/orgsmart", &[]).is_err());
        assert!(place(&map, "/pipeline", &[]).is_err());
        assert_eq!(
            place(&map, "/v1/orgs/main/services", &[]).unwrap(),
            "platform"
        );
    }

    #[test]
    fn an_unplaced_operation_is_described() {
        let map = ModuleMap::parse(TABLE).unwrap();
        let error = place(&map, "/new/{id}", &["New"]).unwrap_err().to_string();
        assert_eq!(
            error,
            r#"no rule of the module table places GET /new/{id} (tags ["New"], id `someId`)"#
        );
    }

    #[test]
    fn a_tie_between_modules_is_an_error_and_within_one_is_not() {
        let text = r#"
            [[module]]
            name = "a"
            title = "A"
            rules = [{ prefix = "/x", tags = ["T"] }, { prefix = "/x", tags = ["S"] }]
            [[module]]
            name = "b"
            title = "B"
            rules = [{ prefix = "/x", tags = ["U"] }]
        "#;
        let map = ModuleMap::parse(text).unwrap();
        assert_eq!(place(&map, "/x", &["T", "S"]).unwrap(), "a");
        let error = place(&map, "/x", &["U", "T"]).unwrap_err().to_string();
        assert!(
            error.contains("module `a`") && error.contains("module `b`"),
            "{error}"
        );
    }

    #[test]
    fn dead_rules_are_named() {
        let map = ModuleMap::parse(TABLE).unwrap();
        let op = |path| Operation::of(path, "get", &[], "");
        let ops = [
            op("/v1/orgs"),
            op("/pipeline/api"),
            op("/v1/orgs/{o}/services"),
        ];
        let error = map.check_all_used(&ops).unwrap_err().to_string();
        assert!(error.contains(r#"`/v1/orgs` for ["CD"]"#), "{error}");
        assert!(error.contains("`/v1/orgs/{o}/projects`"), "{error}");
        assert!(!error.contains("/pipeline/api"), "{error}");
    }

    #[test]
    fn faulty_tables_are_refused() {
        let one = |name: &str, title: &str, rules: &str| {
            format!("[[module]]\nname = \"{name}\"\ntitle = \"{title}\"\nrules = [{rules}]\n")
        };
        let rule = r#"{ prefix = "/x" }"#;
        assert!(ModuleMap::parse(&one("a", "A", rule)).is_ok());
        for (text, want) in [
            (one("Type", "A", rule), "`type_` would be"),
            (one("a", "", rule), "title is empty"),
            (one("a", "A", ""), "no rules"),
            (one("a", "A", r#"{ prefix = "x" }"#), "whole segments"),
            (one("a", "A", r#"{ prefix = "/x/" }"#), "whole segments"),
            (
                one("a", "A", r#"{ prefix = "/x", tags = [] }"#),
                "empty list",
            ),
            (
                one("a", "A", r#"{ prefix = "/x", tag = ["T"] }"#),
                "unknown field",
            ),
            (
                one("a", "A", rule) + &one("a", "A", r#"{ prefix = "/y" }"#),
                "listed twice",
            ),
            (one("a", "A", rule) + &one("b", "B", rule), "repeats"),
        ] {
            let error = format!("{:#}", ModuleMap::parse(&text).unwrap_err());
            assert!(error.contains(want), "{error}");
        }
    }

    #[test]
    fn a_foreign_document_is_split_by_segment() {
        let op = |path| Operation::of(path, "get", &["Pets"], "");
        let ops = [
            op("/api/v1/pets/{id}"),
            op("/api/v2.1/store-orders"),
            op("/{id}"),
            op("/v1/type"),
        ];
        let map = ModuleMap::by_first_segment_or_tag(&ops);
        let names: Vec<_> = map.modules().map(|(name, _)| name).collect();
        assert_eq!(names, ["pets", "store_orders", "type_"]);
        assert_eq!(place(&map, "/api/v1/pets", &[]).unwrap(), "pets");
        assert_eq!(place(&map, "/{id}", &["Pets"]).unwrap(), "pets");
        assert!(map.check_all_used(&ops).is_ok());
    }

    #[test]
    fn a_foreign_document_with_one_segment_is_split_by_tag() {
        let ops = [
            Operation::of("/api/a", "get", &["User Groups", "x"], ""),
            Operation::of("/api/a/b", "get", &[], ""),
        ];
        let map = ModuleMap::by_first_segment_or_tag(&ops);
        let names: Vec<_> = map.modules().map(|(name, _)| name).collect();
        assert_eq!(names, ["root", "user_groups"]);
        assert_eq!(
            place(&map, "/api/a", &["User Groups"]).unwrap(),
            "user_groups"
        );
    }

    #[test]
    fn module_names_are_identifiers() {
        for (text, want) in [
            ("", "root"),
            ("Ünï", "n"),
            ("日本", "root"),
            ("2fa", "n2fa"),
            ("self", "self_"),
            ("default", "default_"),
            ("Feature Flags", "feature_flags"),
        ] {
            assert_eq!(module_name(text), want, "{text}");
        }
    }

    #[test]
    fn the_whole_description_is_placed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let fixed = Workspace::load(root).unwrap().fixed().unwrap();
        let map = &fixed.tables.map;
        let ops: Vec<_> = operations(&fixed.pipeline.document).collect();
        let lock = crate::generate::lock::Lock::read(&root.join("openapi/harness.lock.toml"));
        assert_eq!(ops.len(), lock.unwrap().operations);
        let mut counts: BTreeMap<_, usize> = map.modules().map(|(name, _)| (name, 0)).collect();
        for op in &ops {
            *counts.get_mut(map.place(op).unwrap()).unwrap() += 1;
        }
        map.check_all_used(&ops).unwrap();
        for (module, count) in counts {
            assert!(
                (10..=250).contains(&count),
                "module `{module}` has {count} operations"
            );
        }
    }
}
