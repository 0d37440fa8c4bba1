//! How much memory the decoding of one document may take.
//!
//! Few bytes of JSON can ask for much memory: `{}` is a whole struct, and `0` a whole [`Value`]. So the decoder accounts for
//! what it allocates beyond the text itself, and stops at a limit.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::Slot;

thread_local! {
    /// What is left for the decoding under way on this thread.
    static LEFT: Cell<Left> = const { Cell::new(Left::UNLIMITED) };
}

#[derive(Clone, Copy)]
struct Left {
    bytes: u64,
    exceeded: bool,
}

impl Left {
    const UNLIMITED: Self = Self {
        bytes: u64::MAX,
        exceeded: false,
    };
}

/// Puts the outer limit back, also when a decoder panics.
struct Outer(Left);

impl Drop for Outer {
    fn drop(&mut self) {
        LEFT.set(self.0);
    }
}

/// Runs a decoder, and stops it with an error when generated types, and the [`Value`]s in them, take more than about this
/// many bytes; `None` when that happened. What types of other crates allocate is not accounted for.
///
/// Inside of another such decoding, what this one takes is taken from that one's limit too.
pub(crate) fn within<R>(bytes: u64, decode: impl FnOnce() -> R) -> Option<R> {
    let mut outer = Outer(LEFT.get());
    let limit = bytes.min(outer.0.bytes);
    LEFT.set(Left {
        bytes: limit,
        exceeded: false,
    });
    let decoded = decode();
    let left = LEFT.get();
    if outer.0.bytes < u64::MAX {
        outer.0.bytes -= limit - left.bytes;
        outer.0.exceeded |= left.exceeded && limit < bytes;
    }
    drop(outer);
    (!left.exceeded).then_some(decoded)
}

/// Accounts for memory that is about to be taken.
pub(super) fn take<E: Error>(bytes: usize) -> Result<(), E> {
    let left = LEFT.get();
    match left.bytes.checked_sub(bytes as u64) {
        Some(bytes) if !left.exceeded => {
            LEFT.set(Left { bytes, ..left });
            Ok(())
        }
        _ => Err(exceeded()),
    }
}

#[cold]
fn exceeded<E: Error>() -> E {
    LEFT.set(Left {
        bytes: 0,
        exceeded: true,
    });
    E::custom("the value takes too much memory")
}

/// The size of what stands in a slot.
pub(super) fn size(slot: &Slot<'_>) -> usize {
    match slot {
        Slot::Str(value) => size_of_val(*value),
        Slot::Int(value) => size_of_val(*value),
        Slot::Num(value) => size_of_val(*value),
        Slot::Flag(value) => size_of_val(*value),
        Slot::Time(value) => size_of_val(*value),
        Slot::Json(value) => size_of_val(*value),
        Slot::OneStr(value) => size_of_val(*value),
        Slot::OneInt(value) => size_of_val(*value),
        Slot::OneNum(value) => size_of_val(*value),
        Slot::OneFlag(value) => size_of_val(*value),
        Slot::OneTime(value) => size_of_val(*value),
        Slot::OneJson(value) => size_of_val(*value),
        Slot::Text(value) => size_of_val(*value),
        Slot::Model(value) => size_of_val(*value),
        Slot::Opt(value) => size_of_val(*value),
        Slot::List(value) => size_of_val(*value),
        Slot::Map(value) => size_of_val(*value),
        Slot::Union(value) => size_of_val(*value),
        Slot::Maybe(value) => size_of_val(*value),
        Slot::Misfits(value) => size_of_val(*value),
    }
}

/// Entries of a node of the standard library's maps, which is allocated for the first of them.
const NODE: usize = 11;

/// What one more entry of a map with text keys takes, given how many there are. Nodes are half full at least.
pub(super) fn entry(entries: usize, value: usize) -> usize {
    let entry = size_of::<String>() + value;
    match entries {
        0 => (NODE + 1) * entry,
        1..NODE => 0,
        _ => 2 * entry,
    }
}

/// What one more item of a list takes. A list that grows has room for twice its items, and for a moment those that it had
/// before beside them. A model accounts for itself when its members are read.
pub(super) fn item(slot: &Slot<'_>) -> usize {
    match slot {
        Slot::Model(model) => 2 * size_of_val(*model),
        slot => 3 * size(slot),
    }
}

/// What one more value of a list of any JSON takes.
const VALUE: usize = 3 * size_of::<Value>();

/// Decodes the rest of a list of any JSON.
pub(super) fn values<'de, A: SeqAccess<'de>>(
    values: &mut Vec<Value>,
    mut seq: A,
) -> Result<(), A::Error> {
    while let Some(value) = seq.next_element_seed(AnyJson)? {
        take(VALUE)?;
        values.push(value);
    }
    Ok(())
}

/// Decodes the rest of an object of any JSON.
pub(super) fn members<'de, A: MapAccess<'de>>(
    members: &mut Map<String, Value>,
    mut map: A,
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        take(entry(members.len(), size_of::<Value>()))?;
        let value = map.next_value_seed(AnyJson)?;
        members.insert(key, value);
    }
    Ok(())
}

/// Decodes one value.
pub(super) struct AnyJson;

impl<'de> DeserializeSeed<'de> for AnyJson {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        value(deserializer)
    }
}

/// Decodes any JSON, accounting for what it takes.
pub(super) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(Metered(deserializer))
}

/// A deserializer, a visitor, a sequence, a map or a seed that accounts for the values which pass through.
struct Metered<T>(T);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Metered<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Metered(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Metered<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.0.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<V::Value, E> {
        self.0.visit_i128(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<V::Value, E> {
        self.0.visit_u128(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.0.visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.0.visit_str(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.0.visit_borrowed_str(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<V::Value, E> {
        self.0.visit_string(value)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Metered(deserializer))
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Metered(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Entries { entries, count: 0 })
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Metered<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Metered(deserializer))
    }
}

struct Items<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let next = self.0.next_element_seed(Metered(seed))?;
        if next.is_some() {
            take(VALUE)?;
        }
        Ok(next)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

struct Entries<A> {
    entries: A,
    count: usize,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.entries.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        take(entry(self.count, size_of::<Value>()))?;
        self.count += 1;
        self.entries.next_value_seed(Metered(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.entries.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::Bare;
    use super::*;

    /// Decodes any JSON within a limit: whether that was enough.
    fn fits(text: &str, limit: u64) -> bool {
        within(limit, || serde_json::from_str::<Bare<Value>>(text)).is_some_and(|read| {
            assert_eq!(
                read.unwrap().0,
                serde_json::from_str::<Value>(text).unwrap()
            );
            true
        })
    }

    #[test]
    fn a_value_is_decoded_within_its_limit_and_not_beyond() {
        let zeros = format!("[{}0]", "0,".repeat(999));
        assert!(fits(&zeros, 1000 * VALUE as u64));
        assert!(!fits(&zeros, 999 * VALUE as u64));
        let objects = format!("[{}{{}}]", r#"{"a":{}},"#.repeat(99));
        assert!(!fits(&objects, 50_000));
        assert!(fits(&objects, 200_000));
        let members: Vec<_> = (0..1000).map(|key| format!("\"{key}\":0")).collect();
        let object = format!("{{{}}}", members.join(","));
        assert!(!fits(&object, 20_000));
        assert!(fits(&object, 200_000));
        assert!(fits("\"text\"", 0));
    }

    #[test]
    fn the_limit_ends_with_its_decoding_even_by_a_panic() {
        assert!(!fits("[0]", 1));
        let panicked = std::panic::catch_unwind(|| within(1, || panic!("as a test")));
        assert!(panicked.is_err());
        assert!(fits("[0]", u64::MAX));
        assert!(serde_json::from_str::<Bare<Value>>("[0]").is_ok());
    }

    #[test]
    fn an_inner_decoding_counts_for_the_outer_one() {
        let two = VALUE as u64 * 2;
        let twice = |limit| within(limit, || fits("[0]", two) && fits("[0]", two));
        assert_eq!(twice(two), Some(true));
        assert_eq!(twice(two - 1), None);
        let other = within(2 * two, || fits("[0,0]", two - 1) || fits("[0]", two));
        assert_eq!(other, Some(true), "the inner limit was its own");
    }
}
