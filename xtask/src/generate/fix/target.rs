//! Targets of overlay actions: JSONPath, with names for parts of an operation that hold when the publisher writes the
//! same in another way.

use anyhow::Context as _;
use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::generate::openapi::successes;

/// The names of members and the indices that lead from the root to a value.
pub(super) type Location = Vec<String>;

/// A JSONPath, followed by any number of named parts, each with a path below it.
#[derive(Debug)]
pub(super) struct Target {
    text: String,
    root: JsonPath,
    parts: Vec<(Part, JsonPath)>,
}

/// A part of an operation, by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The responses that the client reads as the success.
    Success,
    /// All responses.
    Responses,
    /// The content types of a request body or of a response.
    Content,
    /// The schemas of all content types of a request body or of a response.
    Body,
}

const PARTS: [(&str, Part); 4] = [
    ("success", Part::Success),
    ("responses", Part::Responses),
    ("content", Part::Content),
    ("body", Part::Body),
];

impl Target {
    /// Reads a target such as `$.paths['/pets'].get@success@body`.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let path = |path: &str| {
            JsonPath::parse(path).with_context(|| format!("target {text}: `{path}` is no JSONPath"))
        };
        let mut pieces = split(text).into_iter();
        let root = path(pieces.next().unwrap_or_default())?;
        let parts = pieces
            .map(|piece| {
                let end = piece.find(|c: char| !c.is_ascii_alphanumeric());
                let (name, below) = piece.split_at(end.unwrap_or(piece.len()));
                let part = PARTS.iter().find(|(known, _)| *known == name);
                let (_, part) = part.with_context(|| {
                    let known = PARTS.map(|(known, _)| format!("@{known}")).join(", ");
                    format!("target {text}: there is no part `@{name}`; known are {known}")
                })?;
                Ok((*part, path(&format!("${below}"))?))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            text: text.to_owned(),
            root,
            parts,
        })
    }

    /// Returns the target as it is written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Finds the places that match, deepest and last first so that removals do not move others.
    pub(super) fn locate(&self, document: &Value) -> Vec<Location> {
        let mut keys = query(&self.root, document);
        for (part, below) in &self.parts {
            let mut inside = Vec::new();
            for key in &keys {
                let Some(holder) = get(document, key) else {
                    continue;
                };
                for found in part.of(document, holder) {
                    let Some(value) = get(holder, &found) else {
                        continue;
                    };
                    for deeper in query(below, value) {
                        inside.push([key.as_slice(), &found, &deeper].concat());
                    }
                }
            }
            keys = inside;
        }
        keys.sort();
        keys.dedup();
        let texts = keys.into_iter().rev();
        texts
            .map(|key| key.into_iter().map(Key::into_text).collect())
            .collect()
    }
}

impl Part {
    /// Finds the part in an operation, or in what an earlier part found.
    fn of(self, document: &Value, holder: &Value) -> Vec<Vec<Key>> {
        let name = |name: &str| Key::Name(name.to_owned());
        let members = |at: &str| {
            let members = holder.pointer(at).and_then(Value::as_object);
            members.into_iter().flatten()
        };
        match self {
            Self::Success => successes(document, holder)
                .into_iter()
                .map(|response| vec![name("responses"), name(response.status)])
                .collect(),
            Self::Responses => members("/responses")
                .map(|(status, _)| vec![name("responses"), name(status)])
                .collect(),
            Self::Content | Self::Body => {
                let place = match holder.get("requestBody") {
                    Some(_) => vec![name("requestBody"), name("content")],
                    None => vec![name("content")],
                };
                let Some(Value::Object(content)) = get(holder, &place) else {
                    return Vec::new();
                };
                if self == Self::Content {
                    return vec![place];
                }
                let schemas = content.keys().map(|media| {
                    let schema = [name(media), name("schema")];
                    [place.as_slice(), &schema].concat()
                });
                schemas.collect()
            }
        }
    }
}

/// Divides a target before each `@` that is not inside of brackets or quotes.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '@') if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn query(path: &JsonPath, value: &Value) -> Vec<Vec<Key>> {
    let located = path.query_located(value);
    let locations = located.locations();
    locations
        .map(|location| location.iter().map(Key::from).collect())
        .collect()
}

fn get<'v>(value: &'v Value, keys: &[Key]) -> Option<&'v Value> {
    keys.iter().try_fold(value, |value, key| match key {
        Key::Index(index) => value.get(index),
        Key::Name(name) => value.get(name),
    })
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Index(usize),
    Name(String),
}

impl From<&PathElement<'_>> for Key {
    fn from(element: &PathElement<'_>) -> Self {
        match element {
            PathElement::Name(name) => Self::Name((*name).to_owned()),
            PathElement::Index(index) => Self::Index(*index),
        }
    }
}

impl Key {
    fn into_text(self) -> String {
        match self {
            Self::Index(index) => index.to_string(),
            Self::Name(name) => name,
        }
    }
}
