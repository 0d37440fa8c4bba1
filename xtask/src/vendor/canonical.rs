//! The one form in which a description is stored: the same facts give the same bytes.

use anyhow::Result;
use serde_json::{Map, Value};

use super::kinds::{Kind, Node};

/// Returns the description as text: members in a fixed order, lists that are sets sorted, one space of indentation, and no prose
/// unless it is kept.
///
/// Where the names in a map of `old`, the text in place, are not sorted, they keep their order and new ones follow: a
/// difference of order is none of facts.
pub fn canonical(document: &Value, old: Option<&str>, keep_prose: bool) -> Result<String> {
    let old: Option<Ordered> = old.and_then(|old| serde_json::from_str(old).ok());
    let mut text = String::new();
    let context = Context {
        kind: Kind::ROOT,
        name: "",
        old: old.as_ref(),
        depth: 0,
    };
    write(&mut text, document, context, keep_prose)?;
    text.push('\n');
    Ok(text)
}

/// JSON with its members in the order of the text, which serde_json's own value does not keep.
type Ordered = serde_norway::Value;

/// Where a value stands.
#[derive(Clone, Copy)]
struct Context<'p> {
    kind: Kind,
    /// The member that it is, or that is the list it is in.
    name: &'p str,
    /// What stood there before.
    old: Option<&'p Ordered>,
    depth: usize,
}

impl<'p> Context<'p> {
    fn member(self, name: &'p str) -> Self {
        Self {
            kind: self.kind.member(name),
            name,
            old: self.old.and_then(|old| old.get(name)),
            depth: self.depth + 1,
        }
    }

    fn item(self, index: usize) -> Self {
        Self {
            old: self.old.and_then(|old| old.get(index)),
            depth: self.depth + 1,
            ..self
        }
    }

    /// Returns the names of a map as they were, if they were not sorted.
    fn unsorted(self) -> Vec<&'p str> {
        let old = self
            .old
            .filter(|_| self.kind.map)
            .and_then(Ordered::as_mapping);
        let names: Vec<&str> = old
            .into_iter()
            .flatten()
            .filter_map(|(name, _)| name.as_str())
            .collect();
        if names.is_sorted() { Vec::new() } else { names }
    }

    /// Returns the order of members: those whose order is known by their place in it, then the others by spelling; extensions
    /// stand after all else.
    fn rank<'k>(self, known: &[&str], key: &'k str) -> (bool, usize, &'k str) {
        let context = known.iter().position(|known| *known == key);
        let extension = !self.kind.map && key.starts_with("x-");
        (extension, context.unwrap_or(known.len()), key)
    }
}

fn write(text: &mut String, value: &Value, context: Context<'_>, prose: bool) -> Result<()> {
    let Context { kind, depth, .. } = context;
    match value {
        Value::Object(members) => {
            let mut shown: Vec<(&str, &Value)> = members
                .iter()
                .map(|(key, member)| (key.as_str(), member))
                .filter(|(key, _)| prose || !kind.is_prose(key))
                .collect();
            let unsorted = context.unsorted();
            let known = if kind.map { &unsorted } else { kind.order() };
            shown.sort_by_key(|(key, _)| context.rank(known, key));
            let phrase = phrase(kind, context.name, members, prose);
            list(text, ('{', '}'), shown.len(), depth, |text, index| {
                let (key, member) = shown[index];
                *text += &serde_json::to_string(key)?;
                *text += ": ";
                match &phrase {
                    Some(phrase) if key == "description" => {
                        *text += &serde_json::to_string(phrase)?;
                        Ok(())
                    }
                    _ => match sorted(kind, key, member) {
                        Some(member) => write(text, &member, context.member(key), prose),
                        None => write(text, member, context.member(key), prose),
                    },
                }
            })
        }
        Value::Array(items) => list(text, ('[', ']'), items.len(), depth, |text, index| {
            write(text, &items[index], context.item(index), prose)
        }),
        plain => {
            *text += &serde_json::to_string(plain)?;
            Ok(())
        }
    }
}

fn list(
    text: &mut String,
    (open, close): (char, char),
    count: usize,
    depth: usize,
    mut entry: impl FnMut(&mut String, usize) -> Result<()>,
) -> Result<()> {
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', depth));
    };
    text.push(open);
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        line(text, depth + 1);
        entry(text, index)?;
    }
    if count > 0 {
        line(text, depth);
    }
    text.push(close);
    Ok(())
}

/// Returns a list whose order says nothing, in order.
fn sorted(kind: Kind, key: &str, list: &Value) -> Option<Value> {
    let items = list.as_array()?;
    let by = |item: &Value| match (kind.map, kind.node, key) {
        (false, Node::Schema, "required") => item.as_str().map(str::to_owned),
        (false, Node::Root, "tags") => item.get("name")?.as_str().map(str::to_owned),
        _ => None,
    };
    let mut keyed = items
        .iter()
        .map(|item| Some((by(item)?, item)))
        .collect::<Option<Vec<_>>>()?;
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    Some(keyed.into_iter().map(|(_, item)| item.clone()).collect())
}

/// Returns the description of a response where its own is left out.
fn phrase(kind: Kind, name: &str, members: &Map<String, Value>, prose: bool) -> Option<String> {
    if prose || kind.map || kind.node != Node::Response || !members.contains_key("description") {
        return None;
    }
    let class = match name {
        "1XX" => Some("Informational"),
        "2XX" => Some("Success"),
        "3XX" => Some("Redirection"),
        "4XX" => Some("Client Error"),
        "5XX" => Some("Server Error"),
        "default" => Some("Any Other"),
        _ => None,
    };
    let status = || {
        http::StatusCode::from_bytes(name.as_bytes())
            .ok()?
            .canonical_reason()
    };
    Some(class.or_else(status).unwrap_or(name).to_owned())
}
