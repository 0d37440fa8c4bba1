//! What each class of changes means for programs: a small description, changed in one way at a time.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use xtask::{
    diff::{Ext, Level, Report, Side, compare},
    generate::Tables,
};

/// A change, and what is to be said of it; see the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    /// Classes and levels.
    ours: BTreeMap<String, String>,
    #[serde(default)]
    semver_checks: Vec<String>,
    because: Option<String>,
}

impl Case {
    fn apply(&self, document: &mut Value) {
        for pointer in &self.remove {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let gone = match document.pointer_mut(parent).unwrap() {
                Value::Array(list) => Some(list.remove(name.parse().unwrap())),
                parent => parent.as_object_mut().unwrap().remove(&unescaped(name)),
            };
            assert!(gone.is_some(), "{}: no {pointer}", self.name);
        }
        for (pointer, value) in &self.set {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = document.pointer_mut(parent);
            match parent.unwrap_or_else(|| panic!("{}: no {pointer}", self.name)) {
                Value::Array(list) if name == "-" => list.push(value.clone()),
                Value::Array(list) => list[name.parse::<usize>().unwrap()] = value.clone(),
                parent => parent[unescaped(name)] = value.clone(),
            }
        }
    }
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/updates/classes");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    serde_norway::from_str(&text).unwrap()
}

/// Tables for the small description: one module, and nothing decided.
fn tables() -> Tables {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("classes");
    fs::create_dir_all(folder.join("fixes")).unwrap();
    let modules =
        "[[module]]\nname = \"pipes\"\ntitle = \"Pipes\"\nrules = [{ prefix = \"/orgs\" }]\n";
    fs::write(folder.join("modules.toml"), modules).unwrap();
    fs::write(folder.join("names.toml"), "").unwrap();
    fs::write(folder.join("behaviour.toml"), "").unwrap();
    Tables::load(&folder).unwrap()
}

/// Returns the classes of a report with the highest level of each.
fn classes(report: &Report) -> BTreeMap<String, String> {
    let mut levels = BTreeMap::new();
    let changes = [&report.modules, &report.operations, &report.schemas];
    for detail in changes
        .into_iter()
        .flatten()
        .flat_map(|change| &change.details)
    {
        let class = serde_json::to_value(detail.class).unwrap();
        let level = levels.entry(class.as_str().unwrap().to_owned());
        let level: &mut Level = level.or_default();
        *level = detail.level.max(*level);
    }
    let named = levels.into_iter();
    named
        .map(|(class, level)| (class, level.name().to_owned()))
        .collect()
}

#[test]
fn each_class_has_its_level() {
    let base: Value = read("base.yaml");
    let cases: Vec<Case> = read("cases.yaml");
    let tables = tables();
    let before = Side::of("before", base.clone(), &tables, None, &mut |_| {});
    let mut wrong = Vec::new();
    for case in &cases {
        let mut document = base.clone();
        case.apply(&mut document);
        let after = Side::of("after", document, &tables, Some(&before), &mut |_| {});
        let report = compare(&before, &after, &Ext::default());
        let found = classes(&report);
        if found != case.ours || !report.problems.is_empty() {
            wrong.push(format!("{}: {found:?} {:?}", case.name, report.problems));
        }
        let highest = found.values().map(String::as_str);
        let is_breaking = highest.clone().any(|level| level == "breaking");
        assert_eq!(
            report.level == Level::Breaking,
            is_breaking,
            "{}",
            case.name
        );
        let differs = is_breaking == case.semver_checks.is_empty();
        if differs != case.because.is_some() {
            wrong.push(format!(
                "{}: cargo-semver-checks says {:?}, because {:?}",
                case.name, case.semver_checks, case.because
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
