//! write: files are written, left alone or removed; or compared.

use std::fs;

use xtask::{generate::emit::Files, write};

use crate::support::folder;

fn files(files: &[(&str, &str)]) -> Files {
    files
        .iter()
        .map(|(path, text)| (path.into(), (*text).to_owned()))
        .collect()
}

#[test]
fn what_is_no_longer_made_goes_and_nothing_else() {
    let root = folder("writing");
    let generated = root.join("harness-api/src/generated");
    fs::create_dir_all(generated.join("old")).unwrap();
    fs::write(generated.join("old/types.rs"), "old").unwrap();
    fs::write(root.join("harness-api/src/lib.rs"), "by hand").unwrap();
    fs::write(root.join("harness-api/src/generated/same.rs"), "same").unwrap();
    let before = fs::metadata(generated.join("same.rs"))
        .unwrap()
        .modified()
        .unwrap();

    let made = files(&[
        ("harness-api/src/generated/same.rs", "same"),
        ("harness-api/src/generated/new/mod.rs", "new"),
        ("README.md", "text"),
    ]);
    assert_eq!(write::write(&root, &made).unwrap(), (2, 1));
    assert_eq!(
        fs::read_to_string(generated.join("new/mod.rs")).unwrap(),
        "new"
    );
    assert!(!generated.join("old/types.rs").exists());
    assert_eq!(
        fs::read_to_string(root.join("harness-api/src/lib.rs")).unwrap(),
        "by hand"
    );
    assert_eq!(
        fs::metadata(generated.join("same.rs"))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
    assert_eq!(write::write(&root, &made).unwrap(), (0, 0));
    assert_eq!(write::differences(&root, &made).unwrap(), None);
}

#[test]
fn differences_are_a_diff_from_what_is_there_and_change_nothing() {
    let root = folder("comparing");
    fs::create_dir_all(root.join("tests/src/generated")).unwrap();
    fs::write(root.join("tests/src/generated/stale.rs"), "gone\n").unwrap();
    fs::write(root.join("a.txt"), "one\ntwo\n").unwrap();
    let made = files(&[("a.txt", "one\nthree\n")]);
    let differences = write::differences(&root, &made).unwrap().unwrap();
    assert_eq!(
        differences,
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n\
         --- a/tests/src/generated/stale.rs\n+++ b/tests/src/generated/stale.rs\n@@ -1 +0,0 @@\n-gone\n"
    );
    assert_eq!(
        fs::read_to_string(root.join("a.txt")).unwrap(),
        "one\ntwo\n"
    );
    assert!(root.join("tests/src/generated/stale.rs").exists());
}

#[test]
fn many_differences_are_counted() {
    let root = folder("counting");
    let names: Vec<String> = (0..25).map(|n| format!("{n:02}.txt")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "text\n")).collect();
    let differences = write::differences(&root, &files(&many)).unwrap().unwrap();
    assert!(
        differences.ends_with("... and 5 more files differ\n"),
        "{differences}"
    );
    assert_eq!(differences.matches("+++").count(), 20);
}
