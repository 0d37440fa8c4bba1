//! write: files are written, left alone or removed; or compared.

use std::{collections::BTreeMap, fs, path::Path};

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

fn list() -> write::List {
    write::List {
        command: "a test".to_owned(),
        description: Some("a\n]\n\"evil\" = 1\n#.json".to_owned()),
        ..write::List::default()
    }
}

fn refusal(folder: &Path, made: &Files) -> String {
    format!(
        "{:#}",
        write::write_owned(folder, list(), made).unwrap_err()
    )
}

/// Returns the paths below a folder, with the text of files.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            let below = tree(&entry.path());
            found.extend(
                below
                    .into_iter()
                    .map(|(path, text)| (format!("{name}/{path}"), text)),
            );
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    found
}

#[test]
fn a_folder_with_anything_else_in_it_is_refused_and_stays_as_it_is() {
    let made = files(&[("Cargo.toml", "made"), ("src/lib.rs", "made")]);
    for (number, (name, text)) in [
        ("Cargo.toml", "by hand"),
        ("harness-api/src/generated/mod.rs", "by hand"),
        (".git/HEAD", "ref"),
        // Lists of something else.
        ("generated.toml", "description = \"f39dee38bb819b4e\"\n"),
        (
            "generated.toml",
            "command = \"x\"\nfiles = [\"../outside.txt\"]\n",
        ),
        (
            "generated.toml",
            "command = \"x\"\nfiles = [\"/etc/hosts\"]\n",
        ),
        ("generated.toml", "command = \"x\"\nfiles = [\"\"]\n"),
        ("generated.toml", "not TOML"),
    ]
    .into_iter()
    .enumerate()
    {
        let around = folder(&format!("foreign-{number}"));
        fs::write(around.join("outside.txt"), "outside").unwrap();
        let inside = around.join("inside");
        let file = inside.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        let before = tree(&around);
        let error = refusal(&inside, &made);
        assert!(
            error.contains(inside.to_str().unwrap()) && error.contains("choose "),
            "{name}: {error}"
        );
        assert_eq!(tree(&around), before, "{name}");
    }
}

#[test]
fn what_an_earlier_run_made_is_replaced_or_removed_and_nothing_else() {
    let folder = folder("owned").join("new/crate");
    let made = files(&[
        ("Cargo.toml", "made"),
        ("src/lib.rs", "made"),
        ("src/generated/old/mod.rs", "old"),
    ]);
    assert_eq!(write::write_owned(&folder, list(), &made).unwrap(), (3, 0));
    let text = fs::read_to_string(folder.join(write::LIST)).unwrap();
    let read: write::List = toml::from_str(&text).unwrap();
    assert_eq!(read.description, list().description);
    assert_eq!(read.files.len(), 3);

    // What belongs to those who use it.
    fs::write(folder.join("Cargo.lock"), "locked").unwrap();
    fs::create_dir_all(folder.join("harness-api/src/generated")).unwrap();
    fs::write(folder.join("harness-api/src/generated/mine.rs"), "mine").unwrap();
    fs::write(folder.join("src/mine.rs"), "mine").unwrap();
    let made = files(&[("Cargo.toml", "made anew"), ("src/lib.rs", "made")]);
    assert_eq!(write::write_owned(&folder, list(), &made).unwrap(), (1, 1));
    let mut left = tree(&folder);
    left.remove(write::LIST).unwrap();
    let wanted = [
        ("Cargo.lock", "locked"),
        ("Cargo.toml", "made anew"),
        ("harness-api/src/generated/mine.rs", "mine"),
        ("src/lib.rs", "made"),
        ("src/mine.rs", "mine"),
    ];
    assert_eq!(
        left,
        wanted
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .into()
    );
    assert!(!folder.join("src/generated").exists());
    assert_eq!(write::write_owned(&folder, list(), &made).unwrap(), (0, 0));

    // A file that is not in the list is not replaced.
    let error = refusal(
        &folder,
        &files(&[("src/mine.rs", "made"), ("new.rs", "made")]),
    );
    assert!(
        error.contains("would be replaced: src/mine.rs. Move"),
        "{error}"
    );
    assert!(!folder.join("new.rs").exists() && folder.join("Cargo.toml").exists());
    for path in ["../above.rs", "/above.rs", "a/../../above.rs"] {
        let error = refusal(&folder, &files(&[(path, "made")]));
        assert!(error.contains("is no path below the folder"), "{error}");
    }
}

#[test]
fn a_run_that_is_interrupted_is_made_good_by_the_next() {
    let folder = folder("interrupted");
    let made = files(&[("a/one.rs", "one"), ("two.rs", "two")]);
    write::write_owned(&folder, list(), &made).unwrap();
    // As if it had ended within the second file.
    fs::remove_file(folder.join("two.rs")).unwrap();
    fs::write(folder.join(".generated.new"), "tw").unwrap();
    assert_eq!(write::write_owned(&folder, list(), &made).unwrap(), (1, 0));
    let names: Vec<String> = tree(&folder).into_keys().collect();
    assert_eq!(names, ["a/one.rs", "generated.toml", "two.rs"]);
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_refused_wherever_they_stand() {
    use std::os::unix::fs::symlink;

    let outside = folder("links-outside");
    fs::create_dir_all(outside.join("src")).unwrap();
    fs::write(outside.join("file.rs"), "outside").unwrap();
    let before = tree(&outside);
    let made = files(&[("src/lib.rs", "made"), ("file.rs", "made")]);

    // The folder, or a part of the way to it.
    let around = folder("links-around");
    symlink(&outside, around.join("link")).unwrap();
    for way in ["link", "link/src", "link/new"] {
        let error = refusal(&around.join(way), &made);
        assert!(
            error.contains(
                "is a symbolic link, which is not followed: name the place that it refers to"
            ),
            "{error}"
        );
    }
    // Within a folder of ours: a folder, a file, and one that refers to nothing.
    for (number, link) in ["src", "file.rs", "src/lib.rs", "generated.toml"]
        .iter()
        .enumerate()
    {
        for target in [
            outside.clone(),
            outside.join("file.rs"),
            outside.join("nothing"),
        ] {
            let folder = folder(&format!("links-{number}"));
            write::write_owned(&folder, list(), &files(&[("old.rs", "old")])).unwrap();
            if *link == "generated.toml" {
                fs::remove_file(folder.join(link)).unwrap();
            }
            fs::create_dir_all(folder.join(link).parent().unwrap()).unwrap();
            symlink(&target, folder.join(link)).unwrap();
            let error = refusal(&folder, &made);
            assert!(
                error.contains("symbolic link") || error.contains("would be replaced"),
                "{link}: {error}"
            );
        }
    }
    // What was ours, and is a link by now, is neither written nor removed through it.
    let owned = folder("links-owned");
    write::write_owned(&owned, list(), &made).unwrap();
    fs::remove_file(owned.join("file.rs")).unwrap();
    symlink(outside.join("file.rs"), owned.join("file.rs")).unwrap();
    assert!(refusal(&owned, &made).contains("symbolic link"));
    assert!(refusal(&owned, &files(&[("other.rs", "made")])).contains("symbolic link"));
    // A second name of a file outside is no link, and yet not written through.
    fs::remove_file(owned.join("file.rs")).unwrap();
    fs::hard_link(outside.join("file.rs"), owned.join("file.rs")).unwrap();
    write::write_owned(&owned, list(), &made).unwrap();
    assert_eq!(fs::read_to_string(owned.join("file.rs")).unwrap(), "made");

    // The same holds for the workspace.
    let root = folder("links-workspace");
    fs::create_dir_all(root.join("harness-api/src")).unwrap();
    symlink(&outside, root.join("harness-api/src/generated")).unwrap();
    let made = files(&[("harness-api/src/generated/mod.rs", "made")]);
    let error = write::write(&root, &made).unwrap_err().to_string();
    assert!(error.contains("symbolic link"), "{error}");
    assert!(write::differences(&root, &made).is_err());
    assert_eq!(tree(&outside), before);
}
