//! Text of a description never becomes code, whatever it says and wherever it stands: not Rust, TOML, Markdown, HTML or JSON.

use std::{collections::BTreeMap, path::PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};
use serde_json::{Map, Value};
use xtask::generate::{
    self, Generated, Tables, api::Api, emit, index, load, openapi, partition::map::ModuleMap,
};

use crate::{rust, strategy, support::folder};

/// Documents that are tried.
const CASES: u32 = 150;

/// The word that must nowhere be code. Where names are made of text, others join it.
const EVIL: &str = "evil";

/// Ends of whatever text may stand in, each with code behind it.
const ENDINGS: [&str; 20] = [
    "\n",
    "\r",
    "\r\n",
    "\u{2028}",
    "*/",
    "\"",
    "'",
    "\\",
    "\"#",
    "`",
    "\n```\n",
    "|",
    "\\|",
    "-->",
    "]]>",
    "</script>",
    "\u{202e}",
    "\u{0}",
    "*/ // \u{1b}[2J",
    "\n\n[dependencies]\n",
];

/// Returns text that would be code if it got out of where it stands.
fn text() -> impl Strategy<Value = String> {
    let code = [
        "; evil!(now); //",
        "<script>evil(now)</script>",
        "evil = \"now\"",
        "fn evil(now: ()) {}",
        "<img src=x onerror=evil(now)>",
        "[evil](now)",
    ];
    (select(ENDINGS.as_slice()), select(code.to_vec()), 0..40)
        .prop_map(|(end, code, number)| format!("a{number}{end}{code}"))
}

/// Puts hostile text into the places of a document where anything may stand.
fn poisoned(document: &Value, texts: &[String]) -> Value {
    let mut texts = texts.iter().cycle().cloned();
    let mut next = |old: &str| format!("{old}{}", texts.next().unwrap_or_default());
    let mut document = document.clone();
    document["info"]["title"] = next("").into();
    let mut paths = Map::new();
    for (path, item) in document["paths"].as_object().cloned().unwrap_or_default() {
        let mut item = item;
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if !openapi::METHODS.contains(&method.as_str()) {
                continue;
            }
            if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
                operation["operationId"] = next(id).into();
            }
            operation["tags"] = serde_json::json!([next("tag"), next("other")]);
            operation["x-harness-provenance"] = next("sample").into();
            rename(operation.pointer_mut("/requestBody/content"), &mut next);
            let answers = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            for answer in answers.into_iter().flat_map(Map::values_mut) {
                rename(answer.get_mut("content"), &mut next);
            }
            rename(operation.get_mut("responses"), &mut |old| {
                if old.starts_with('4') {
                    next(old)
                } else {
                    old.to_owned()
                }
            });
            let parameters = operation
                .get_mut("parameters")
                .and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                if parameter["in"] != "path"
                    && let Some(name) = parameter["name"].as_str()
                {
                    parameter["name"] = next(name).into();
                }
                if parameter["in"] == "header" {
                    parameter["in"] = next("cookie").into();
                }
            }
        }
        paths.insert(
            format!("{path}/{}", next("").replace(['/', '{', '}'], "")),
            item,
        );
    }
    document["paths"] = paths.into();
    members(&mut document["components"], &mut next);
    document
}

/// Gives the members of a map other names.
fn rename(map: Option<&mut Value>, next: &mut dyn FnMut(&str) -> String) {
    let Some(Value::Object(map)) = map else {
        return;
    };
    *map = std::mem::take(map)
        .into_iter()
        .map(|(name, value)| (next(&name), value))
        .collect();
}

/// Gives the members and the enum values of all schemas other names.
fn members(value: &mut Value, next: &mut dyn FnMut(&str) -> String) {
    match value {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object) {
                rename(map.get_mut("properties"), next);
            }
            if let Some(Value::Array(values)) = map.get_mut("enum") {
                for value in values {
                    if let Value::String(text) = value {
                        *text = next(text);
                    }
                }
            }
            map.values_mut().for_each(|value| members(value, next));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| members(value, next)),
        _ => {}
    }
}

#[test]
fn text_of_a_description_is_never_code() {
    let config = Config {
        cases: CASES,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let cases = (
        strategy::document(),
        prop::collection::vec(text(), 7),
        text(),
    );
    match TestRunner::new_with_rng(config, random).run(&cases, |(document, texts, name)| {
        check(&poisoned(&document, &texts), &name).map_err(TestCaseError::fail)
    }) {
        Ok(()) => {}
        Err(TestError::Fail(reason, (document, texts, name))) => {
            panic!("{reason}\n{name:?}\n{:#}", poisoned(&document, &texts))
        }
        Err(error) => panic!("{error}"),
    }
}

fn check(document: &Value, name: &str) -> Result<(), String> {
    let (made, map) = made(document, name)?;
    rust::check(&made.files)?;
    let tests = emit::for_tests(&made.api).map_err(|error| format!("{error:#}"))?;
    for (path, text) in made.files.iter().chain(&tests) {
        let fault = |what: &str| format!("{}: {what}\n{text}", path.display());
        match path.extension().and_then(|end| end.to_str()) {
            Some("rs") => {
                let tokens: TokenStream = text
                    .parse()
                    .map_err(|error| fault(&format!("no Rust: {error}")))?;
                harmless(tokens).map_err(|what| fault(&what))?;
                if text.contains(['\r', '\u{0}', '\u{1b}', '\u{202e}', '\u{2028}']) {
                    return Err(fault("what a reader cannot see"));
                }
            }
            Some("toml") => manifest(text).map_err(|what| fault(&what))?,
            Some("md") => {
                for line in text.lines() {
                    let cells = line.starts_with("| ");
                    if cells && line.matches('|').count() != 3 || evil_outside_code(line) {
                        return Err(fault(&format!("code in Markdown: {line}")));
                    }
                }
            }
            other => return Err(fault(&format!("a file that ends in {other:?}"))),
        }
        let usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/.C".contains(c);
        let name = path.to_string_lossy();
        if !name.chars().all(usual) || name.len() > 200 {
            return Err(fault("an unusual path"));
        }
    }
    page(&made.api, &map)
}

fn made(document: &Value, name: &str) -> Result<(Generated, ModuleMap), String> {
    let read = load::parse(document.to_string().as_bytes(), name);
    let read = read.map_err(|error| format!("{error:#}"))?;
    let nothing = folder_once("hostile-support");
    let made = generate::standalone(&read, None, &nothing, &mut |_| {});
    let made = made.map_err(|error| format!("{error:#}"))?;
    let map = Tables::derived(document).map;
    Ok((made, map))
}

fn folder_once(name: &str) -> PathBuf {
    static ONCE: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    ONCE.get_or_init(|| folder(name)).clone()
}

/// Fails where the evil word is an identifier by itself, or stands in documentation outside of code.
fn harmless(tokens: TokenStream) -> Result<(), String> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == EVIL => return Err("evil is code".to_owned()),
            TokenTree::Ident(ident) if ident == "doc" => {
                tokens.next();
                let Some(TokenTree::Literal(text)) = tokens.next() else {
                    continue;
                };
                let text = syn::parse_str::<syn::LitStr>(&text.to_string());
                let text = text.map(|text| text.value()).unwrap_or_default();
                if text.contains('\n') || evil_outside_code(&text) {
                    return Err(format!("evil documentation: {text}"));
                }
            }
            TokenTree::Group(group) => harmless(group.stream())?,
            _ => {}
        }
    }
    Ok(())
}

/// Returns whether a line of Markdown has the evil word, or HTML, outside of code.
fn evil_outside_code(line: &str) -> bool {
    line.split('`').step_by(2).any(|outside| {
        let mut words = outside.split(|c: char| !c.is_alphanumeric() && c != '_');
        outside.contains('<') || words.any(|word| word == EVIL)
    })
}

fn manifest(text: &str) -> Result<(), String> {
    let manifest: toml::Table = text.parse().map_err(|error| format!("no TOML: {error}"))?;
    let tables: Vec<&String> = manifest.keys().collect();
    if tables != ["dependencies", "features", "package", "workspace"] {
        return Err(format!("tables {tables:?}"));
    }
    let name = manifest["package"]["name"].as_str().unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("the name {name}"));
    }
    match manifest["dependencies"].as_table() {
        Some(all) if !all.contains_key(EVIL) && all.contains_key("reqwest") => Ok(()),
        _ => Err("other dependencies".to_owned()),
    }
}

/// Checks that the page of all operations has the elements of its template and no others, and the operations of the API.
fn page(api: &Api, map: &ModuleMap) -> Result<(), String> {
    let page = index::page(api, map).map_err(|error| format!("{error:#}"))?;
    let empty = index::page(&Api::default(), map).map_err(|error| format!("{error:#}"))?;
    let begin = "<script id=\"operations\" type=\"application/json\">";
    let split = |page: &str| {
        let (before, rest) = page.split_once(begin)?;
        let (data, after) = rest.split_once("</script>")?;
        Some((before.to_owned(), data.to_owned(), after.to_owned()))
    };
    let (Some((before, data, after)), Some((wanted_before, _, wanted_after))) =
        (split(&page), split(&empty))
    else {
        return Err("the page has no data".to_owned());
    };
    if before != wanted_before || after != wanted_after || data.contains('<') {
        return Err(format!(
            "the page has other elements than its template: {page}"
        ));
    }
    let data: Value = serde_json::from_str(&data).map_err(|error| error.to_string())?;
    let mut shown = BTreeMap::new();
    for module in data["modules"].as_array().into_iter().flatten() {
        for row in module[2].as_array().into_iter().flatten() {
            let text = |index: usize| row[index].as_str().unwrap_or_default().to_owned();
            shown.insert((text(2), text(3)), text(0));
        }
    }
    let operations = api.modules.iter().flat_map(|module| &module.operations);
    for operation in operations {
        let key = (operation.method.clone(), operation.path.clone());
        if shown.remove(&key) != Some(operation.id.clone()) {
            return Err(format!("the page does not show {}", operation.id));
        }
    }
    if shown.is_empty() {
        Ok(())
    } else {
        Err(format!("the page shows {shown:?}"))
    }
}

#[test]
fn names_that_mean_something_elsewhere_are_names() {
    if let Err(fault) = check(&strategy::troublesome(), "trouble.json") {
        panic!("{fault}");
    }
}

/// The test above would see code.
#[test]
fn what_is_code_is_seen() {
    let tokens = |text: &str| harmless(text.parse().unwrap());
    assert!(tokens("/// `a evil`\nfn a_evil() { \"evil\" }").is_ok());
    assert!(tokens("fn evil() {}").is_err() && tokens("a!{ [evil] }").is_err());
    assert!(tokens("/// a evil").is_err() && tokens("#[doc = \" a\\nb\"] struct A;").is_err());
    assert!(manifest("[package]\nname = \"a\"\n[dependencies]\nevil = \"1\"").is_err());
}
