//! The page of all operations, as it is checked in, beside the surface.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use xtask::{
    generate::{self, lock::Lock},
    surface,
};

/// Returns id, method, path, call and response of each operation, in the order of the page.
fn listed(page: &str) -> Vec<[String; 6]> {
    let begin = "<script id=\"operations\" type=\"application/json\">";
    let (_, rest) = page.split_once(begin).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    let data: Value = serde_json::from_str(json).unwrap();
    let modules = data["modules"].as_array().unwrap();
    modules
        .iter()
        .flat_map(|module| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let rows = module[2].as_array().unwrap();
            rows.iter().map(move |row| {
                let [module, row] = [&module[0], row];
                [module, &row[0], &row[2], &row[3], &row[4], &row[5]].map(text)
            })
        })
        .collect()
}

#[test]
fn it_lists_each_operation_once_and_calls_it_as_the_surface_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join(generate::index::PATH)).unwrap();
    let mut times: BTreeMap<[String; 6], usize> = BTreeMap::new();
    for row in listed(&page) {
        *times.entry(row).or_default() += 1;
    }
    let api = generate::workspace_api(root, &|_| {}).unwrap();
    let surface = surface::json(&api, None);
    let mut wanted = BTreeMap::new();
    for module in surface["modules"].as_array().unwrap() {
        for operation in module["operations"].as_array().unwrap() {
            let of = |member: &str| operation[member].as_str().unwrap().to_owned();
            let name = module["module"].as_str().unwrap().to_owned();
            let row = ["id", "method", "path", "call", "response"].map(of);
            let [id, method, path, call, response] = row;
            wanted.insert([name, id, method, path, call, response], 1);
        }
    }
    let lock = Lock::read(&root.join("openapi/harness.lock.toml")).unwrap();
    assert_eq!(wanted.len(), lock.operations);
    for (row, count) in &times {
        assert_eq!(wanted.get(row), Some(count), "listed: {row:?}");
    }
    for row in wanted.keys() {
        assert!(times.contains_key(row), "not listed: {row:?}");
    }
}
