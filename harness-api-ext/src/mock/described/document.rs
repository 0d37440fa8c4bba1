//! The description: one file a module, read when the first operation of the module is asked for.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use harness_api::{Operation, Place};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::mock::route;

/// What the description says of the operations of a module.
pub(super) struct Document {
    json: &'static Value,
    registry: Registry<'static>,
    address: String,
    validators: Mutex<HashMap<Key, Option<Arc<Validator>>>>,
}

/// The id of an operation, and a part of it.
type Key = (&'static str, Part);

/// What it says of one operation.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) document: &'static Document,
    operation: &'static Operation,
    json: &'static Value,
}

/// One of the schemas of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The body in JSON.
    Body,
    /// The multipart body, as an object.
    Form,
    /// The answer in JSON.
    Answer,
    /// A parameter.
    Param(Place, &'static str),
}

/// What the description says of an operation; `None` for those that it lacks.
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
        // Kept until the process ends, as the text is.
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

    /// The named schemas.
    pub(super) fn schemas(&self) -> Option<&'static Map<String, Value>> {
        self.json.get("schemas")?.as_object()
    }

    /// What validates the schema at a pointer.
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
    /// The schema of a part; `None` where the description says nothing, or only that it is text.
    pub(super) fn schema(&self, part: Part) -> Option<&'static Value> {
        match part {
            Part::Body => self.json.get("body"),
            Part::Form => self.json.get("form"),
            Part::Answer => self.json.get("answer"),
            Part::Param(place, name) => self.param(place, name)?.get("schema"),
        }
    }

    /// Whether a list is one text with commas, and not one parameter for each item.
    pub(super) fn is_joined(&self, place: Place, name: &str) -> bool {
        let param = self.param(place, name);
        param.is_some_and(|param| param.get("joined").is_some())
    }

    /// The schemas of the parts of the form, by name.
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

    /// The status of success.
    pub(super) fn status(&self) -> u16 {
        let status = self.json.get("status").and_then(Value::as_u64);
        status
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(200)
    }

    /// What validates a part.
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

    /// Where the schema of a part stands.
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

/// A member's name as a step of a JSON pointer in the fragment of an address.
fn token(name: &str) -> String {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    percent_encoding::utf8_percent_encode(&escaped, percent_encoding::NON_ALPHANUMERIC).to_string()
}
