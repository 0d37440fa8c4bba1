//! Proposed lines of the tables in `openapi`: to paste, or to write by `cargo xtask generate --accept`.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use anyhow::{Context, Result};

/// Lines for one section of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    section: Section,
    lines: Vec<String>,
}

/// The section that lines belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Section {
    /// Among the rules of this module in `modules.toml`.
    Rules(String),
    /// At the end of `modules.toml`.
    NewModule,
    /// In this section of `names.toml`.
    Names(&'static str),
    /// At the end of `behaviour.toml`.
    Behaviour,
}

impl Proposal {
    /// Proposes rules that place operations in a module of the table.
    pub fn rules(module: &str, rules: &[String]) -> Self {
        Self {
            section: Section::Rules(module.to_owned()),
            lines: rules.iter().map(|rule| format!("  {rule},")).collect(),
        }
    }

    /// Proposes a module that is not in the table, with its rules.
    pub fn module(name: &str, title: &str, rules: &[String]) -> Self {
        let mut lines = vec![
            String::new(),
            "[[module]]".to_owned(),
            format!("name = {}", quoted(name)),
            format!("title = {}", quoted(title)),
            "rules = [".to_owned(),
        ];
        lines.extend(rules.iter().map(|rule| format!("  {rule},")));
        lines.push("]".to_owned());
        Self {
            section: Section::NewModule,
            lines,
        }
    }

    /// Proposes names: what is named in `section`, and how.
    pub fn names(section: &'static str, names: &[(String, String)]) -> Self {
        let lines = names.iter().map(|(key, name)| {
            let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let key = match key.chars().all(bare) && !key.is_empty() {
                true => key.clone(),
                false => quoted(key),
            };
            format!("{key} = {}", quoted(name))
        });
        Self {
            section: Section::Names(section),
            lines: lines.collect(),
        }
    }

    /// Proposes an entry on paging; `keys` say how, and each has its value in TOML.
    pub fn paging(operations: &[String], reason: &str, keys: &[(&str, String)]) -> Self {
        let mut lines = vec![String::new(), "[[paging]]".to_owned()];
        match operations {
            [only] => lines.push(format!("operations = [{}]", quoted(only))),
            many => {
                lines.push("operations = [".to_owned());
                lines.extend(many.iter().map(|id| format!("    {},", quoted(id))));
                lines.push("]".to_owned());
            }
        }
        lines.push(format!("reason = {}", quoted(reason)));
        lines.extend(keys.iter().map(|(key, value)| format!("{key} = {value}")));
        Self {
            section: Section::Behaviour,
            lines,
        }
    }

    fn file(&self) -> &'static str {
        match self.section {
            Section::Rules(_) | Section::NewModule => "modules.toml",
            Section::Names(_) => "names.toml",
            Section::Behaviour => "behaviour.toml",
        }
    }

    /// Returns the text of the table with the lines in their place.
    fn insert(&self, table: &str) -> Result<String> {
        let lines: Vec<&str> = table.lines().collect();
        let at = match &self.section {
            Section::NewModule | Section::Behaviour => Some(lines.len()),
            Section::Rules(module) => {
                let name = format!("name = {}", quoted(module));
                let start = lines.iter().position(|line| line.trim() == name);
                start.and_then(|start| {
                    let end = lines[start..].iter().position(|line| line.trim() == "]")?;
                    let new = self.lines.first().map_or("", String::as_str);
                    Some(start + sorted_place(&lines[start..start + end], new))
                })
            }
            Section::Names(section) => {
                let head = format!("[{section}]");
                let start = lines.iter().position(|line| line.trim() == head);
                start.map(|start| {
                    let after = lines[start + 1..].iter();
                    let end = after
                        .clone()
                        .position(|line| line.starts_with('['))
                        .unwrap_or(after.len());
                    // Before the blank lines that part it from the next.
                    let section = &lines[start + 1..start + 1 + end];
                    let filled = section.iter().rposition(|line| !line.trim().is_empty());
                    start + 1 + filled.map_or(0, |last| last + 1)
                })
            }
        };
        let at = at.with_context(|| {
            format!(
                "openapi/{} has no place for it; paste it:\n{self}",
                self.file()
            )
        })?;
        let mut made: Vec<&str> = lines[..at].to_vec();
        made.extend(self.lines.iter().map(String::as_str));
        made.extend(&lines[at..]);
        Ok(made.join("\n") + "\n")
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("    proposed for openapi/")?;
        match &self.section {
            Section::Rules(module) => {
                write!(f, "modules.toml, rules of the module {}:", quoted(module))
            }
            Section::NewModule => f.write_str("modules.toml, a module of its own:"),
            Section::Names(section) => write!(f, "names.toml, [{section}]:"),
            Section::Behaviour => f.write_str("behaviour.toml:"),
        }?;
        for line in self.lines.iter().filter(|line| !line.is_empty()) {
            write!(f, "\n      {}", line.trim_start())?;
        }
        Ok(())
    }
}

/// Returns the line at which a rule goes among those of a module, the last of which ends `lines`: by its prefix among those without tags, and
/// else at the end.
fn sorted_place(lines: &[&str], new: &str) -> usize {
    let is_plain = |line: &str| line.starts_with("  { prefix = ") && !line.contains("tags");
    let plain = || lines.iter().enumerate().filter(|(_, line)| is_plain(line));
    if !is_plain(new) {
        return lines.len();
    }
    let after = plain().find(|(_, line)| **line > new).map(|(at, _)| at);
    let last = plain().next_back().map(|(at, _)| at + 1);
    after.or(last).unwrap_or(lines.len())
}

/// Writes the lines into the tables in the folder `openapi`, and returns what it wrote.
pub fn write(folder: &Path, proposals: &[&Proposal]) -> Result<String> {
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for proposal in proposals {
        let file = proposal.file();
        if !tables.contains_key(file) {
            let path = folder.join(file);
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            tables.insert(file, text);
        }
        if let Some(text) = tables.get_mut(file) {
            *text = proposal.insert(text)?;
        }
    }
    for (file, text) in &tables {
        let path = folder.join(file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let texts: Vec<String> = proposals.iter().map(ToString::to_string).collect();
    Ok(texts.join("\n"))
}

/// Returns a text as a TOML string.
pub fn quoted(text: &str) -> String {
    // A JSON string is a TOML string.
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const MODULES: &str = "[[module]]\nname = \"pets\"\nrules = [\n  { prefix = \"/pets\" },\n]\n\n[[module]]\nname = \"cats\"\n\
                           rules = [\n  { prefix = \"/cats\" },\n]\n";

    #[test]
    fn rules_go_to_their_module_and_a_new_one_to_the_end() {
        let rule = ["{ prefix = \"/rats\" }".to_owned()];
        let made = Proposal::rules("pets", &rule).insert(MODULES).unwrap();
        assert_eq!(
            made,
            MODULES.replacen("},\n]", "},\n  { prefix = \"/rats\" },\n]", 1)
        );
        let made = Proposal::module("rats", "Rats", &rule)
            .insert(MODULES)
            .unwrap();
        assert_eq!(
            made,
            format!(
                "{MODULES}\n[[module]]\nname = \"rats\"\ntitle = \"Rats\"\nrules = [\n  {{ prefix = \"/rats\" }},\n]\n"
            )
        );
        let error = Proposal::rules("birds", &rule)
            .insert(MODULES)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("no place") && error.contains("/rats"),
            "{error}"
        );
    }

    #[test]
    fn rules_are_sorted_and_those_with_tags_stand_behind() {
        let lines = [
            "name",
            "  { prefix = \"/b\" },",
            "  { prefix = \"/d\" },",
            "  { prefix = \"/a\", tags = [",
            "  ] },",
        ];
        let place = |prefix: &str| sorted_place(&lines, &format!("  {{ prefix = \"{prefix}\" }},"));
        assert_eq!([place("/a"), place("/c"), place("/e")], [1, 2, 3]);
        assert_eq!(
            sorted_place(&lines, "  { prefix = \"/a\", tags = [\"T\"] },"),
            5
        );
    }

    #[test]
    fn names_go_to_the_end_of_their_section() {
        let table = "[operations]\na = \"b\"\n\n[types]\nA = \"B\"\n";
        let names = |section, key: &str| {
            let proposal = Proposal::names(section, &[(key.to_owned(), "x".to_owned())]);
            proposal.insert(table).unwrap()
        };
        assert_eq!(
            names("operations", "get-x"),
            table.replacen("\"b\"\n", "\"b\"\nget-x = \"x\"\n", 1)
        );
        assert_eq!(names("types", "a.B"), format!("{table}\"a.B\" = \"x\"\n"));
    }

    #[test]
    fn an_entry_on_paging_names_its_operations() {
        let ids = ["a", "b"].map(str::to_owned);
        let proposal = Proposal::paging(&ids, "No list.", &[("none", "true".to_owned())]);
        let made = proposal.insert("# Paging\n").unwrap();
        assert_eq!(
            made,
            "# Paging\n\n[[paging]]\noperations = [\n    \"a\",\n    \"b\",\n]\nreason = \"No list.\"\nnone = true\n"
        );
        assert!(
            proposal
                .to_string()
                .contains("proposed for openapi/behaviour.toml:\n      [[paging]]")
        );
    }
}
