//! The rules for words: docs of public items, and texts that users read.

use std::collections::BTreeSet;
use std::fmt;

use crate::source::{Kind, Line, Source};

/// The words that the rules are about.
pub(crate) struct Words {
    verbs: BTreeSet<&'static str>,
    banned: Vec<Banned>,
}

/// A word or phrase, and the standard one.
struct Banned {
    phrase: &'static str,
    instead: &'static str,
    /// Only as the beginning of docs.
    at_start: bool,
}

/// A violation of a rule.
#[derive(Debug)]
pub(crate) struct Fault {
    file: String,
    line: usize,
    item: String,
    rule: String,
    text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            item,
            rule,
            text,
        } = self;
        write!(f, "{file}:{line}: {item}: {rule}")?;
        if text.is_empty() {
            return Ok(());
        }
        write!(f, "\n    {}", text.trim())
    }
}

impl Words {
    /// Reads the checked-in lists: a verb a line, and `phrase | standard phrase` a line, with `^` before a phrase that is
    /// banned only at the start of docs.
    pub(crate) fn read(verbs: &'static str, banned: &'static str) -> Self {
        let lines = |text: &'static str| {
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
        };
        Self {
            verbs: lines(verbs).collect(),
            banned: lines(banned)
                .map(|line| {
                    let (phrase, instead) = line.split_once('|').unwrap_or((line, "another word"));
                    let phrase = phrase.trim();
                    Banned {
                        phrase: phrase.trim_start_matches('^'),
                        instead: instead.trim(),
                        at_start: phrase.starts_with('^'),
                    }
                })
                .collect(),
        }
    }

    /// Checks a source file. Fields and variants of generated types need no docs, because their names are those of the API.
    pub(crate) fn check(&self, file: &str, source: &Source) -> Vec<Fault> {
        let is_generated = file.contains("/generated/");
        let mut faults = Vec::new();
        let mut add = |line, item: &str, rule: String, text: &str| {
            faults.push(Fault {
                file: file.to_owned(),
                line,
                item: item.to_owned(),
                rule,
                text: text.to_owned(),
            });
        };
        for item in &source.items {
            let is_named_by_wire = is_generated && item.kind == Kind::Member;
            if !item.has_docs && !is_named_by_wire {
                add(item.line, &item.name, "it has no docs".to_owned(), "");
            }
            let first = item.docs.iter().find(|line| !line.text.trim().is_empty());
            if let Some(first) = first
                && item.kind == Kind::Function
                && !self.verbs.contains(first_word(&first.text))
            {
                let rule = "the docs do not begin with a verb of verbs.txt".to_owned();
                add(first.number, &item.name, rule, &first.text);
            }
        }
        let docs = source.items.iter().map(|item| (&*item.name, &item.docs));
        for (name, docs) in docs.chain([("the file", &source.docs)]) {
            for (line, rule) in self.prose(docs, true) {
                add(line.number, name, rule, &line.text);
            }
        }
        for text in &source.texts {
            for rule in self.banned(&text.text, false) {
                add(text.number, "a text", rule, &text.text);
            }
        }
        faults
    }

    /// Checks a page of the guide.
    pub(crate) fn check_page(&self, file: &str, page: &str) -> Vec<Fault> {
        let lines: Vec<Line> = page
            .lines()
            .enumerate()
            .map(|(index, line)| Line {
                number: index + 1,
                text: line.to_owned(),
            })
            .collect();
        let faults = self.prose(&lines, false).into_iter();
        faults
            .map(|(line, rule)| Fault {
                file: file.to_owned(),
                line: line.number,
                item: "the page".to_owned(),
                rule,
                text: line.text.clone(),
            })
            .collect()
    }

    /// Finds banned words in Markdown, without its code.
    fn prose<'a>(&self, lines: &'a [Line], is_doc: bool) -> Vec<(&'a Line, String)> {
        let mut found = Vec::new();
        let mut in_code = false;
        let mut is_first = is_doc;
        for line in lines {
            if line.text.trim_start().starts_with("```") {
                in_code = !in_code;
                continue;
            }
            if in_code {
                continue;
            }
            let prose = without_code(&line.text);
            found.extend(self.banned(&prose, is_first).map(|rule| (line, rule)));
            is_first &= prose.trim().is_empty();
        }
        found
    }

    fn banned<'a>(&'a self, text: &str, is_start: bool) -> impl Iterator<Item = String> + 'a {
        let words = words(text);
        self.banned.iter().filter_map(move |banned| {
            let phrase = format!(" {} ", banned.phrase.to_lowercase());
            let is_found = if banned.at_start {
                is_start && words.starts_with(&phrase)
            } else {
                words.contains(&phrase)
            };
            is_found.then(|| format!("write `{}` instead of `{}`", banned.instead, banned.phrase))
        })
    }
}

fn first_word(text: &str) -> &str {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    &text[..end]
}

/// Returns the words of a text in lower case, with a blank before and after each.
fn words(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '\'' || c == '_';
    let mut words = String::from(" ");
    for word in text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        words += &word.to_lowercase();
        words.push(' ');
    }
    words
}

/// Returns a line of Markdown without code and without the targets of links.
fn without_code(line: &str) -> String {
    let mut prose = String::new();
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 0 {
            prose += part;
        } else {
            prose += "_";
        }
    }
    while let Some(start) = prose.find("](") {
        let end = prose[start..]
            .find(')')
            .map_or(prose.len(), |end| start + end + 1);
        prose.replace_range(start..end, "");
    }
    prose
}
