//! OpenAPI Overlay 1.0 documents, with the extensions that the fixes use.

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::target::Target;
use super::touched::Touched;
use super::{About, Count, Diagnostics};
use crate::generate::strict;

/// The actions of one overlay document.
#[derive(Debug)]
pub(super) struct Overlay {
    actions: Vec<Action>,
}

#[derive(Debug)]
struct Action {
    target: Target,
    change: Change,
    expect: usize,
}

#[derive(Debug)]
enum Change {
    Update(Value),
    Remove,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverlayFile {
    overlay: String,
    info: InfoFile,
    actions: Vec<ActionFile>,
    #[serde(rename = "x-reason")]
    reason: String,
    #[serde(rename = "x-source")]
    source: String,
    #[serde(rename = "x-deviates", default)]
    deviates: bool,
    #[serde(rename = "x-deviates-note")]
    deviates_note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InfoFile {
    title: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionFile {
    target: String,
    #[serde(rename = "description")]
    _description: Option<String>,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
    #[serde(rename = "x-expect")]
    expect: usize,
}

/// Reads an overlay document and checks it as far as that is possible without the description.
pub(super) fn parse(text: &str) -> anyhow::Result<(About, Overlay)> {
    let file: OverlayFile = strict::yaml(text)
        .and_then(|value| Ok(serde_json::from_value(value)?))
        .context("the overlay is not as it should be")?;
    ensure!(
        file.overlay == "1.0.0",
        "overlay version {} is not known: write 1.0.0",
        file.overlay
    );
    ensure!(
        !file.info.title.is_empty() && !file.info.version.is_empty(),
        "the overlay's info is empty"
    );
    ensure!(!file.actions.is_empty(), "the overlay has no actions");
    let deviates = deviation(file.deviates, file.deviates_note)?;
    let actions = file
        .actions
        .into_iter()
        .map(Action::parse)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let about = About {
        reason: file.reason,
        source: file.source,
        deviates,
    };
    Ok((about, Overlay { actions }))
}

/// Returns a fix that deviates from the written request must say in which way, and only then.
pub(super) fn deviation(deviates: bool, note: Option<String>) -> anyhow::Result<Option<String>> {
    match (deviates, note) {
        (false, None) => Ok(None),
        (true, Some(note)) if !note.trim().is_empty() => Ok(Some(note)),
        (true, _) => bail!("the fix deviates from the description but has no note that says how"),
        (false, Some(_)) => {
            bail!("the fix has a note on a deviation but is not marked as deviating")
        }
    }
}

impl Action {
    fn parse(file: ActionFile) -> anyhow::Result<Self> {
        let target = Target::parse(&file.target)?;
        let change = match (file.update, file.remove) {
            (Some(value), false) => Change::Update(value),
            (None, true) => Change::Remove,
            _ => bail!(
                "target {} wants exactly one of `update` and `remove: true`",
                file.target
            ),
        };
        ensure!(
            file.expect > 0,
            "target {} must expect at least one place",
            file.target
        );
        Ok(Self {
            target,
            change,
            expect: file.expect,
        })
    }
}

impl Overlay {
    /// Applies the actions one after the other, each to the places that it matches; returns how many they are.
    pub(super) fn apply(
        &self,
        fix: &str,
        document: &mut Value,
        touched: &mut Touched,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Count> {
        let counts = self.actions.iter().map(|action| {
            let locations = action.target.locate(document);
            for location in &locations {
                let names: Vec<&str> = location.iter().map(String::as_str).collect();
                touched.note(document, &names);
            }
            for location in &locations {
                match &action.change {
                    Change::Update(value) => {
                        let updated = find(document, location)
                            .context("it is gone")
                            .and_then(|place| update(place, value));
                        let place = format!("fix {fix}: cannot update {}", location.join("/"));
                        diagnostics.ok(&place, updated);
                    }
                    Change::Remove => remove(document, location),
                }
            }
            Count {
                what: format!("target {}", action.target.text()),
                expected: action.expect,
                found: locations.len(),
            }
        });
        counts.collect()
    }
}

fn find<'a>(document: &'a mut Value, location: &[String]) -> Option<&'a mut Value> {
    let mut place = document;
    for key in location {
        place = match place {
            Value::Object(members) => members.get_mut(key)?,
            Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(place)
}

fn remove(document: &mut Value, location: &[String]) {
    let Some((last, parents)) = location.split_last() else {
        return;
    };
    match find(document, parents) {
        Some(Value::Object(members)) => {
            members.remove(last);
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = last.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Updates a whole place: objects are merged, an array gets the entry or entries appended.
fn update(place: &mut Value, value: &Value) -> anyhow::Result<()> {
    match (place, value) {
        (place @ Value::Object(_), Value::Object(_)) => merge(place, value),
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (Value::Array(items), entry) => items.push(entry.clone()),
        (Value::Object(_), _) => bail!("an object can only be updated with an object"),
        _ => bail!("only objects and arrays can be updated: make the target the object around it"),
    }
    Ok(())
}

/// Merges recursively, as the Overlay specification says.
fn merge(place: &mut Value, value: &Value) {
    match (place, value) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                match members.get_mut(name) {
                    Some(member) => merge(member, value),
                    None => {
                        members.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (place, value) => *place = value.clone(),
    }
}
