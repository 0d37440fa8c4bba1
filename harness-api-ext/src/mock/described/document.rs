//! The description: one file per module, read when the first operation of the module is needed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use harness_api::{Operation, Place};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::mock::route;

/// Description of the operations of a module.
pub(super) struct Document {
    json: &'static Value,
    registry: Registry<'static>,
    address: String,
    validators: Mutex<HashMap<Key, Option<Arc<Validator>>>>,
}

/// Id of an operation, and a part of it.
type Key = (&'static str, Part);

/// Description of one operation.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) document: &'static Document,
    operation: &'static Operation,
    json: &'static Value,
}

/// Part of an operation that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// JSON body.
    Body,
    /// Multipart body, as an object.
    Form,
    /// JSON response.
    Answer,
    /// Parameter.
    Param(Place, &'static str),
}

/// Returns the description of an operation; `None` if the description lacks it.
pub(super) fn find(operation: &'static Operation) -> Option<Entry> {
    let document = Document::of(operation.module)?;
    let json = document.json.get("operations")?.get(operation.id)?;
    Some(Entry {
        document,
        operation,
        json,
    })
}

impl Document {
    fn of(module: &'static str) -> Option<&'static Self> {
        static DOCUMENTS: LazyLock<HashMap<&str, OnceLock<Option<Document>>>> =
            LazyLock::new(|| {
                let modules = route::documents().iter();
                modules.map(|(name, _)| (*name, OnceLock::new())).collect()
            });
        let read = || {
            let (_, text) = route::documents()
                .iter()
                .find(|(name, _)| *name == module)?;
            Self::read(module, text)
        };
        DOCUMENTS.get(module)?.get_or_init(read).as_ref()
    }

    fn read(module: &str, text: &str) -> Option<Self> {
        // Kept until the process ends, like the text.
        let json: &'static Value = Box::leak(serde_json::from_str(text).ok()?);
        let address = format!("mock:/{module}");
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(&address, json)
            .ok()?
            .prepare()
            .ok()?;
        Some(Self {
            json,
            registry,
            address,
            validators: Mutex::default(),
        })
    }

    /// Returns the named schemas.
    pub(super) fn schemas(&self) -> Option<&'static Map<String, Value>> {
        self.json.get("schemas")?.as_object()
    }

    /// Returns a validator for the schema at a pointer.
    fn build(&self, pointer: &str) -> Option<Validator> {
        let root = json!({"$ref": format!("{}#{pointer}", self.address)});
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true);
        options.build(&root).ok()
    }
}

impl Entry {
    /// Returns the schema of a part; `None` if the description has none, or only says that it is text.
    pub(super) fn schema(&self, part: Part) -> Option<&'static Value> {
        match part {
            Part::Body => self.json.get("body"),
            Part::Form => self.json.get("form"),
            Part::Answer => self.json.get("answer"),
            Part::Param(place, name) => self.param(place, name)?.get("schema"),
        }
    }

    /// Returns whether a list is one text with commas, rather than one parameter per item.
    pub(super) fn is_joined(&self, place: Place, name: &str) -> bool {
        let param = self.param(place, name);
        param.is_some_and(|param| param.get("joined").is_some())
    }

    /// Returns the schemas of the parts of the form, by name.
    pub(super) fn form(&self) -> HashMap<String, &'static Value> {
        let mut schema = self.json.get("form").unwrap_or(&Value::Null);
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.trim_start_matches("#/schemas/");
            let named = self
                .document
                .schemas()
                .and_then(|schemas| schemas.get(name));
            schema = named.unwrap_or(&Value::Null);
        }
        let members = schema.get("properties").and_then(Value::as_object);
        members
            .into_iter()
            .flatten()
            .map(|(name, member)| (name.clone(), member))
            .collect()
    }

    /// Returns the status of a success.
    pub(super) fn status(&self) -> u16 {
        let status = self.json.get("status").and_then(Value::as_u64);
        status
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(200)
    }

    /// Returns the validator of a part.
    pub(super) fn validator(&self, part: Part) -> Option<Arc<Validator>> {
        let mut validators = self
            .document
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let build = || self.document.build(&self.pointer(part)).map(Arc::new);
        let validator = validators
            .entry((self.operation.id, part))
            .or_insert_with(build);
        validator.clone()
    }

    /// Returns the JSON pointer to the schema of a part.
    fn pointer(&self, part: Part) -> String {
        let operation = token(self.operation.id);
        let place = match part {
            Part::Body => "body".to_owned(),
            Part::Form => "form".to_owned(),
            Part::Answer => "answer".to_owned(),
            Part::Param(place, name) => format!("params/{}/schema", token(&key(place, name))),
        };
        format!("/operations/{operation}/{place}")
    }

    fn param(&self, place: Place, name: &str) -> Option<&'static Value> {
        self.json.get("params")?.get(key(place, name))
    }
}

fn key(place: Place, name: &str) -> String {
    let place = match place {
        Place::Query => "query",
        Place::Header => "header",
        Place::Form => "form",
        _ => "path",
    };
    format!("{place} {name}")
}

/// Returns the name of a field as a token of a JSON pointer in a URL fragment.
fn token(name: &str) -> String {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    percent_encoding::utf8_percent_encode(&escaped, percent_encoding::NON_ALPHANUMERIC).to_string()
}
