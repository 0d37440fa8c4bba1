//! Reads JSON and YAML without losing anything: a member that stands twice, or a document that is nested or repeated
//! beyond reason, is an error with its place.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use anyhow::{Result, anyhow, ensure};
use saphyr_parser::{Event, Parser};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Objects and arrays that a value may stand in. No description comes near it, and no stage of the generator, each of
/// which descends into values, gets into trouble with it.
pub const DEPTH: usize = 100;

/// Values by which the aliases of a YAML document may make it larger.
pub const REPEATED: usize = 1_000_000;

/// Characters of a place that are shown.
const SHOWN: usize = 300;

/// Reads JSON.
///
/// # Errors
///
/// When the text is not JSON, an object has two members of one name, or it is nested deeper than [`DEPTH`].
pub fn json(text: &str) -> Result<Value> {
    let reader = Reader::new("JSON", usize::MAX);
    let mut from = serde_json::Deserializer::from_str(text);
    let read = reader.read(&mut from);
    let read = read.and_then(|value| from.end().map(|()| value));
    read.map_err(|error| {
        let place = (error.line() > 0).then(|| (error.line(), error.column()));
        reader.explain(error, place)
    })
}

/// Reads YAML.
///
/// # Errors
///
/// When the text is not YAML, a mapping has two members of one name or a merge key, it is nested deeper than [`DEPTH`],
/// or its aliases stand for more than [`REPEATED`] values.
pub fn yaml(text: &str) -> Result<Value> {
    let reader = Reader::new("YAML", events(text)?.saturating_add(REPEATED));
    let from = serde_norway::Deserializer::from_str(text);
    reader.read(from).map_err(|error| {
        let place = error.location().map(|at| (at.line(), at.column()));
        reader.explain(error, place)
    })
}

/// Returns the number of events of a YAML document. They are read one by one: what builds the document reads all of it before it
/// looks at the depth, and takes time that grows with the square of it.
fn events(text: &str) -> Result<usize> {
    let mut depth = 0_usize;
    let mut count = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| anyhow!("not valid YAML: {error}"))?;
        count += 1;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        ensure!(
            depth <= DEPTH,
            "nested more than {DEPTH} levels deep at line {}, column {}",
            span.start.line(),
            span.start.col() + 1
        );
    }
    Ok(count)
}

/// What is known while a document is read.
struct Reader {
    form: &'static str,
    /// Values that may still be read.
    left: Cell<usize>,
    /// What is wrong, if the reader itself found it.
    fault: RefCell<Option<String>>,
}

impl Reader {
    fn new(form: &'static str, limit: usize) -> Self {
        Self {
            form,
            left: Cell::new(limit),
            fault: RefCell::default(),
        }
    }

    fn read<'de, D: Deserializer<'de>>(&self, from: D) -> Result<Value, D::Error> {
        let place = TextPosition {
            above: None,
            step: Step::Root,
            depth: 0,
        };
        let at = At {
            reader: self,
            place: &place,
        };
        at.deserialize(from)
    }

    /// Ends the reading.
    fn fail<E: Error>(&self, fault: String) -> E {
        let error = E::custom(&fault);
        *self.fault.borrow_mut() = Some(fault);
        error
    }

    fn explain(
        &self,
        error: impl std::error::Error + Send + Sync + 'static,
        place: Option<(usize, usize)>,
    ) -> anyhow::Error {
        let Some(fault) = self.fault.take() else {
            return anyhow!("not valid {}: {error}", self.form);
        };
        match place {
            Some((line, column)) => anyhow!("{fault} (line {line}, column {column})"),
            None => anyhow!(fault),
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct TextPosition<'p> {
    above: Option<&'p TextPosition<'p>>,
    step: Step<'p>,
    /// Objects and arrays around it.
    depth: usize,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Member(&'p str),
    Item(usize),
}

impl<'p> TextPosition<'p> {
    fn below(&'p self, step: Step<'p>) -> Self {
        Self {
            above: Some(self),
            step,
            depth: self.depth + 1,
        }
    }
}

/// As a JSON pointer.
impl fmt::Display for TextPosition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        let mut place = Some(self);
        while let Some(at) = place {
            match at.step {
                Step::Root => {}
                Step::Member(name) => steps.push(name.replace('~', "~0").replace('/', "~1")),
                Step::Item(index) => steps.push(index.to_string()),
            }
            place = at.above;
        }
        if steps.is_empty() {
            return f.write_str("the document");
        }
        let pointer: String = steps.iter().rev().map(|step| format!("/{step}")).collect();
        let mut shown = pointer.chars().flat_map(char::escape_debug);
        let text: String = shown.by_ref().take(SHOWN).collect();
        let more = if shown.next().is_some() { "…" } else { "" };
        write!(f, "{text}{more}")
    }
}

/// Reads the value at a place.
struct At<'r, 'p> {
    reader: &'r Reader,
    place: &'p TextPosition<'p>,
}

impl At<'_, '_> {
    fn enter<E: Error>(&self) -> Result<(), E> {
        if self.place.depth < DEPTH {
            return Ok(());
        }
        let fault = format!("nested more than {DEPTH} levels deep at {}", self.place);
        Err(self.reader.fail(fault))
    }

    fn below<'a>(&'a self, place: &'a TextPosition<'a>) -> At<'a, 'a> {
        At {
            reader: self.reader,
            place,
        }
    }
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let Some(left) = self.reader.left.get().checked_sub(1) else {
            let fault = format!(
                "aliases stand for more than {REPEATED} values at {}",
                self.place
            );
            return Err(self.reader.fail(fault));
        };
        self.reader.left.set(left);
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value of JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut items = Vec::new();
        loop {
            let place = self.place.below(Step::Item(items.len()));
            match list.next_element_seed(self.below(&place))? {
                Some(item) => items.push(item),
                None => return Ok(items.into()),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut members = Map::new();
        loop {
            let key = Key {
                at: &self,
                before: &members,
            };
            let Some(key) = map.next_key_seed(key)? else {
                return Ok(members.into());
            };
            let place = self.place.below(Step::Member(&key));
            let member = map.next_value_seed(self.below(&place))?;
            members.insert(key, member);
        }
    }
}

/// Reads the name of a member that none before it has.
struct Key<'k, 'r, 'p> {
    at: &'k At<'r, 'p>,
    before: &'k Map<String, Value>,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_, '_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<String, E> {
        let At { reader, place } = self.at;
        if self.before.contains_key(name) {
            let member = place.below(Step::Member(name));
            return Err(reader.fail(format!("the member {member} stands twice")));
        }
        // What is merged would be lost.
        if name == "<<" && reader.form == "YAML" {
            let fault = format!("{place} has a merge key (<<), which YAML 1.2 does not know");
            return Err(reader.fail(fault));
        }
        Ok(name.to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(read: Result<Value>) -> String {
        read.unwrap_err().to_string()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a": [1, -2, 1.5, 18446744073709551615, 1e400, "x", "\u00e9", null, true, {}], "": {"b": []}}"#;
        assert!(json(text).is_err());
        let text = text.replace("1e400, ", "");
        let wanted: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json(&text).unwrap(), wanted);
        assert_eq!(yaml(&text).unwrap(), wanted);
        assert!(fault(json("{} {}")).contains("not valid JSON: trailing characters"));
    }

    #[test]
    fn yaml_is_what_it_means_in_json() {
        let text = "a: &a [1, 0x10, 1.5, yes, ~, 'null', 007, 2024-01-01]\nb: *a\n200: |\n  - x\ntrue: .nan\n";
        let list = json!([1, 16, 1.5, "yes", null, "null", "007", "2024-01-01"]);
        assert_eq!(
            yaml(text).unwrap(),
            json!({"a": list, "b": list, "200": "- x\n", "true": null})
        );
        assert!(fault(yaml("a: 1\n---\nb: 1\n")).contains("more than one document"));
        assert!(fault(yaml("? [a]\n: 1\n")).contains("the name of a member"));
        assert!(fault(yaml("a: !other 1\n")).contains("not valid YAML"));
        assert!(fault(yaml("a:\n  <<: {b: 1}\n")).starts_with("/a has a merge key (<<)"));
    }

    #[test]
    fn a_member_that_stands_twice_is_named_with_its_line() {
        let text = "{\"paths\": {\n \"/a~b\": [0, {\"get\": 1,\n   \"get\" : 2}]}}";
        assert_eq!(
            fault(json(text)),
            "the member /paths/~1a~0b/1/get stands twice (line 3, column 9)"
        );
        // Numbers and text are one name, as they are in JSON.
        let text = "paths:\n  /a:\n    get:\n      200: {}\n      '200': {}\n";
        assert_eq!(
            fault(yaml(text)),
            "the member /paths/~1a/get/200 stands twice (line 5, column 7)"
        );
        assert_eq!(
            fault(json("{\"a\":1,\"\\u0061\":1}")),
            "the member /a stands twice (line 1, column 15)"
        );
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_before_it_takes_time() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(json(&nested(DEPTH)).is_ok() && yaml(&nested(DEPTH)).is_ok());
        for depth in [DEPTH + 1, 50_000] {
            let fault = fault(json(&nested(depth)));
            assert!(fault.starts_with("nested more than 100 levels deep at /0/0"));
        }
        assert_eq!(
            fault(yaml(&nested(DEPTH + 1))),
            "nested more than 100 levels deep at line 1, column 101"
        );
        for unit in ["[", "- ", "? ", "{a: ", "[{\"a\" : "] {
            let text = unit.repeat(100_000 / unit.len());
            let fault = fault(yaml(&text));
            assert!(
                fault.starts_with("nested more than 100") || fault.starts_with("not valid YAML"),
                "{unit}: {fault}"
            );
        }
    }

    #[test]
    fn aliases_are_bounded() {
        // Each line nine times the one before: a thousand million values.
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            text += &format!("a{level}: &a{level} [{before}]\n");
        }
        let shown = fault(yaml(&text));
        assert!(
            shown.contains("aliases stand for more than 1000000 values")
                || shown.contains("repetition limit exceeded"),
            "{shown}"
        );
        // Many aliases of one large value are no chain of them.
        let large = format!("a: &a [{}]\n", "x, ".repeat(20_000));
        let text = large + "b:\n" + &"- *a\n".repeat(1_000);
        assert!(fault(yaml(&text)).contains("aliases stand for more than 1000000 values at /b/"));
        // Each is one level deeper than the one before, though the text is flat.
        let mut text = "- &a0 []\n".to_owned();
        for level in 1..1_000 {
            text += &format!("- &a{level} [*a{}]\n", level - 1);
        }
        assert!(fault(yaml(&text)).contains("nested more than 100 levels deep at /"));
        let shown = fault(yaml("a: &a [*a]\n"));
        assert!(shown.contains("nested more than 100"), "{shown}");
    }
}
