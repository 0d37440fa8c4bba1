//! Processes that use the description beside each other.

use std::{thread, time::Duration};

use serde_json::json;
use xtask::{
    generate::{load, lock},
    vendor::pair,
};

use crate::fixture::{Workspace, pet_shop};

/// Processes of each kind at one time.
const PROCESSES: usize = 6;

/// Asserts that the pair is whole, and that nothing is left of the interrupted write.
fn assert_whole(workspace: &Workspace) {
    let openapi = workspace.root.join("openapi");
    let document = load::load(&openapi.join(pair::DESCRIPTION)).unwrap();
    lock::verify(document, &openapi.join(pair::LOCK)).unwrap();
    assert!(!pair::is_interrupted(&openapi));
}

fn two_descriptions(workspace: &Workspace) -> [&'static str; 2] {
    let mut other = pet_shop();
    other["components"]["schemas"]["Pet"]["properties"]["age"] = json!({"type": "integer"});
    workspace.publish("second.json", &other);
    ["first.json", "second.json"]
}

#[test]
fn every_verb_runs_beside_others_that_replace_the_description() {
    let workspace = Workspace::new("beside");
    let descriptions = two_descriptions(&workspace);
    for _ in 0..4 {
        let mut running = Vec::new();
        for number in 0..PROCESSES {
            let slices = format!("slices-{number}");
            for arguments in [
                vec!["vendor", descriptions[number % 2]],
                vec!["fixes"],
                vec!["surface"],
                vec!["generate"],
                vec!["slice", "--output", slices.as_str()],
                vec!["diff", "first.json", "first.json"],
            ] {
                running.push((arguments.join(" "), workspace.start(&arguments)));
            }
        }
        for (arguments, child) in running {
            let ended = Workspace::end(child);
            assert_eq!(ended.code, Some(0), "{arguments}: {ended:?}");
        }
        assert_whole(&workspace);
    }
    // Whoever was last, what it generated is of one description.
    let generated = workspace.run(&["generate"]);
    assert_eq!(generated.code, Some(0), "{generated:?}");
    assert_eq!(workspace.run(&["generate", "--check"]).code, Some(0));
}

#[test]
fn a_process_that_is_killed_locks_nobody_out() {
    let workspace = Workspace::new("killed");
    let descriptions = two_descriptions(&workspace);
    for number in 0..12 {
        let mut killed = workspace.start(&["vendor", descriptions[number % 2]]);
        let others: Vec<_> = (0..3).map(|_| workspace.start(&["surface"])).collect();
        thread::sleep(Duration::from_millis(number as u64));
        killed.kill().unwrap();
        killed.wait().unwrap();
        for other in others {
            let ended = Workspace::end(other);
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        let ended = workspace.run(&["surface"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_whole(&workspace);
    }
}
