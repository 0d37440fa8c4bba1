//! The words of the published crates: public docs begin with a verb in the third person, every public item has docs, and
//! texts use the terms of the field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{Fault, Words};
use source::Source;

/// Paths that the check does not cover, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "harness-api",
        "still to be rewritten, its generated part by the generator",
    ),
    ("harness-api-ext/src/error", "still to be rewritten"),
    ("harness-api-ext/src/resources", "still to be rewritten"),
];

fn words() -> Words {
    Words::read(include_str!("verbs.txt"), include_str!("banned.txt"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a crate lies in its workspace")
}

/// Lists the sources of the published crates, which nest below these folders, and the pages of the guide.
fn files(folder: &Path, files: &mut Vec<PathBuf>) {
    const OTHER: &[&str] = &["target", "tests", "benches", "examples", "described"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let in_source = shown(&path).split('/').any(|part| part == "src");
        if path.is_dir() {
            if name != "tests" && (in_source || !OTHER.contains(&name)) {
                self::files(&path, files);
            }
        } else if in_source && name.ends_with(".rs") && name != "tests.rs"
            || path
                .parent()
                .is_some_and(|parent| parent.ends_with("guide"))
                && name.ends_with(".md")
        {
            files.push(path);
        }
    }
}

/// Returns the path below the root, with slashes.
fn shown(path: &Path) -> String {
    let inner = path.strip_prefix(root()).unwrap();
    inner.display().to_string().replace('\\', "/")
}

fn is_excepted(file: &str) -> bool {
    EXCEPTIONS.iter().any(|(path, _)| {
        file.strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Returns the faults of public modules whose files have no docs.
fn modules_without_docs(file: &Path, source: &Source) -> Vec<String> {
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    };
    let mut faults = Vec::new();
    for (name, line) in &source.modules {
        let found = [
            folder.join(format!("{name}.rs")),
            folder.join(name).join("mod.rs"),
        ]
        .into_iter()
        .find_map(|path| fs::read_to_string(path).ok());
        let has_docs = found.is_some_and(|text| text.starts_with("//!"));
        if !has_docs {
            faults.push(format!("{}:{line}: {name}: it has no docs", shown(file)));
        }
    }
    faults
}

/// Lists all files that the check covers or excepts.
fn all_files() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["harness-api", "harness-api-ext"] {
        files(&root().join(folder), &mut all);
    }
    all.sort();
    all
}

/// The faults of a file, and the numbers of its items, texts and pages.
#[derive(Default)]
struct Report {
    faults: Vec<String>,
    items: usize,
    texts: usize,
    pages: usize,
}

fn report(words: &Words, path: &Path) -> Report {
    let file = shown(path);
    let text = fs::read_to_string(path).unwrap();
    let shown = |faults: Vec<Fault>| faults.iter().map(Fault::to_string).collect();
    if file.ends_with(".md") {
        return Report {
            faults: shown(words.check_page(&file, &text)),
            pages: 1,
            ..Report::default()
        };
    }
    let source = Source::parse(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut faults: Vec<String> = shown(words.check(&file, &source));
    faults.extend(modules_without_docs(path, &source));
    Report {
        faults,
        items: source.items.len(),
        texts: source.texts.len(),
        pages: 0,
    }
}

#[test]
fn public_docs_and_texts_use_standard_words() {
    let words = words();
    let mut all = Report::default();
    for path in all_files() {
        if is_excepted(&shown(&path)) {
            continue;
        }
        let report = report(&words, &path);
        all.faults.extend(report.faults);
        all.items += report.items;
        all.texts += report.texts;
        all.pages += report.pages;
    }
    let Report {
        faults,
        items,
        texts,
        pages,
    } = all;
    assert!(
        items > 200 && texts > 100 && pages > 5,
        "the sources are not found: {items} items, {texts} texts, {pages} pages"
    );
    assert!(
        faults.is_empty(),
        "{} violations of tests/tests/words; a verb may be added to verbs.txt:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn exceptions_are_needed() {
    let words = words();
    let all = all_files();
    for (exception, _) in EXCEPTIONS {
        let is_needed = all
            .iter()
            .filter(|path| path.starts_with(root().join(exception)))
            .any(|path| !report(&words, path).faults.is_empty());
        assert!(
            is_needed,
            "{exception} has no faults any more: remove the exception"
        );
    }
}

/// Returns the violations of a source text.
fn check(text: &str) -> Vec<String> {
    let source = Source::parse(text).unwrap();
    let faults = words().check("a.rs", &source);
    faults.iter().map(Fault::to_string).collect()
}

#[test]
fn correct_sources_pass() {
    let text = r#"
        //! Things of an account.

        /// Thing, with an `answer` in code.
        pub struct Thing {
            /// Name of the thing.
            pub name: String,
            private: u8,
        }
        impl Thing {
            /// Returns the name.
            ///
            /// ```
            /// let answer = 42;
            /// ```
            pub fn name(&self) -> &str { "an answer_next of code" }
            fn private(&self) {}
            pub(crate) fn inner(&self) {}
        }
        #[doc(hidden)]
        pub fn hidden() {}
        #[cfg(test)]
        mod tests {
            pub fn helper() -> &'static str { "the answer of a test" }
        }
        setters! {
            /// Sets the size.
            size(u64);
            #[cfg(test)]
            /// Builder for a call.
            Get(raw::Get) -> ();
        }
    "#;
    assert_eq!(check(text), Vec::<String>::new());
}

#[test]
fn each_fault_is_found() {
    let verb = "the docs do not begin with a verb of verbs.txt";
    let none = "it has no docs";
    let answer = "write `response` instead of `answer`";
    for (text, expected) in [
        (
            "/// The name.\npub fn name() {}",
            format!("a.rs:1: name: {verb}\n    The name."),
        ),
        (
            "pub struct A;\nimpl A {\n    /// With a name.\n    pub fn named(self) {}\n}",
            format!("a.rs:1: A: {none}|a.rs:3: A::named: {verb}\n    With a name."),
        ),
        (
            "/// Reader.\npub trait Read {\n    /// A byte.\n    fn read(&self);\n    type Item;\n}",
            format!("a.rs:5: Read::Item: {none}|a.rs:3: Read::read: {verb}\n    A byte."),
        ),
        (
            "/// Kind.\npub enum Kind {\n    /// First.\n    A,\n    B { field: u8 },\n}",
            format!("a.rs:5: Kind::B: {none}|a.rs:5: Kind::B::field: {none}"),
        ),
        (
            "/// Point.\npub struct Point {\n    pub x: u8,\n    y: u8,\n}",
            format!("a.rs:3: Point::x: {none}"),
        ),
        (
            "requests! {\n    /// No verb.\n    size(u64);\n    /// Get.\n    Get -> ();\n    /// Neither.\n    pub fn get() {}\n}",
            format!("a.rs:2: size: {verb}\n    No verb.|a.rs:6: get: {verb}\n    Neither."),
        ),
        ("pub const A: u8 = 1;", format!("a.rs:1: A: {none}")),
        ("pub mod inner {}", format!("a.rs:1: inner: {none}")),
        (
            "/// Returns the\n/// answer.\npub fn get() {}",
            format!("a.rs:2: get: {answer}\n    answer."),
        ),
        (
            "//! Parses an Answer\n\nfn inner() {}",
            format!("a.rs:1: the file: {answer}\n    Parses an Answer"),
        ),
        (
            "fn inner() -> String {\n    format!(\"no answer: {}\", 1)\n}",
            format!("a.rs:2: a text: {answer}\n    no answer: {{}}"),
        ),
        (
            "/// What it is.\npub struct A;",
            "a.rs:1: A: write `a noun phrase` instead of `What`\n    What it is.".to_owned(),
        ),
    ] {
        let mut expected: Vec<&str> = expected.split('|').collect();
        let mut found = check(text);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    let page = words().check_page(
        "a.md",
        "# Answer\n\n```\nlet answer = 1;\n```\n\nSee [`answer`](answer.md).\n",
    );
    let page: Vec<String> = page.iter().map(Fault::to_string).collect();
    assert_eq!(page, [format!("a.md:1: the page: {answer}\n    # Answer")]);
}
