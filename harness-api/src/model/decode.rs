//! The decoder: one visitor for every member of every type.

use std::{cmp::Ordering, fmt};

use serde::{
    Deserialize,
    de::{
        DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use super::{
    Cell, Keyed, List, Model, Names, Slot, Time, encode::to_value, memory, misfits::kind, union,
};

/// Decodes a generated type. The types' own `Deserialize` calls this.
pub fn read<'de, T: Cell, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::blank();
    let place = Place {
        slot: value.slot(),
        item: None,
    };
    place.deserialize(deserializer)?;
    Ok(value)
}

/// Decodes a document into its place.
pub(crate) struct Place<'a, 'i> {
    pub(crate) slot: Slot<'a>,
    /// Takes the path of an item that does not fit, where the document is a list or a map: such a fault has no position.
    pub(crate) item: Option<&'i mut String>,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let several = match self.slot {
            Slot::List(list) => Several::List(list),
            Slot::Map(map) => Several::Map(map),
            slot => {
                let wanted = expected(&slot);
                return match Seed(slot).deserialize(deserializer)? {
                    Outcome::Fit => Ok(()),
                    Outcome::Null => Err(D::Error::custom("null where a value is required")),
                    Outcome::Misfit(found) => Err(unfit(&found, wanted)),
                };
            }
        };
        let item = self.item;
        deserializer.deserialize_any(Whole { several, item })
    }
}

fn unfit<E: Error>(found: &Value, wanted: &str) -> E {
    E::custom(format_args!("{} where {wanted} is expected", kind(found)))
}

/// An answer or a body as a whole: as a member of its type would be read. So a list or a map may hold `null`, which is
/// dropped, and may be `null` itself. There is no object around it to keep what does not fit: that is a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bare<T>(pub T);

impl<'de, T: Cell> Deserialize<'de> for Bare<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Self)
    }
}

/// A list or a map that is no member of anything.
enum Several<'a> {
    List(&'a mut dyn List),
    Map(&'a mut dyn Keyed),
}

struct Whole<'a, 'i> {
    several: Several<'a>,
    item: Option<&'i mut String>,
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.several {
            Several::List(_) => "a list",
            Several::Map(_) => "an object",
        })
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Several::List(list) = self.several else {
            return Err(A::Error::custom("a list where an object is expected"));
        };
        for index in 0.. {
            let slot = list.push();
            let wanted = expected(&slot);
            memory::take(memory::item(&slot))?;
            match seq.next_element_seed(Seed(slot))? {
                Some(Outcome::Fit) => {}
                Some(Outcome::Null) => list.pop(),
                Some(Outcome::Misfit(found)) => {
                    if let Some(item) = self.item {
                        *item = format!("[{index}]");
                    }
                    return Err(unfit(&found, wanted));
                }
                None => break,
            }
        }
        list.pop();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Several::Map(place) = self.several else {
            return Err(A::Error::custom("an object where a list is expected"));
        };
        while let Some(key) = map.next_key::<String>()? {
            let mut wanted = "";
            let mut outcome = Ok(Outcome::Null);
            let entries = place.len();
            let refused = place.insert(key, &mut |slot| {
                wanted = expected(&slot);
                outcome = memory::take(memory::entry(entries, memory::size(&slot)))
                    .and_then(|()| map.next_value_seed(Seed(slot)));
                matches!(outcome, Ok(Outcome::Fit))
            });
            if let Outcome::Misfit(found) = outcome? {
                if let (Some(item), Some(key)) = (self.item, refused) {
                    *item = key;
                }
                return Err(unfit(&found, wanted));
            }
        }
        Ok(())
    }
}

/// Decodes the members of `value` into `model`. By way of text, since that is what the decoder is compiled for anyway.
pub(super) fn fill_from(model: &mut dyn Model, value: &Value) -> Result<(), serde_json::Error> {
    let text = serde_json::to_vec(value)?;
    Seed(Slot::Model(model))
        .deserialize(&mut serde_json::Deserializer::from_slice(&text))
        .map(drop)
}

/// What became of one value.
pub(super) enum Outcome {
    /// It is in its place.
    Fit,
    /// It is `null`: its place is as it was.
    Null,
    /// It is of another kind than its place: the place is as it was.
    Misfit(Box<Value>),
}

impl Outcome {
    #[cold]
    fn misfit(found: impl Into<Value>) -> Self {
        Self::Misfit(Box::new(found.into()))
    }
}

/// Decodes one value into its place.
pub(super) struct Seed<'a>(pub(super) Slot<'a>);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        match self.0 {
            Slot::Json(place) => {
                let value = memory::value(deserializer)?;
                *place = (!value.is_null()).then_some(value);
                Ok(Outcome::Fit)
            }
            Slot::OneJson(place) => {
                *place = memory::value(deserializer)?;
                Ok(Outcome::Fit)
            }
            Slot::Union(place) => {
                match memory::value(deserializer)? {
                    Value::Null => return Ok(Outcome::Null),
                    value => union::set(place, value),
                }
                Ok(Outcome::Fit)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Outcome;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.0))
    }

    fn visit_unit<E: Error>(self) -> Result<Outcome, E> {
        if let Slot::Maybe(place) = self.0 {
            place.set_null();
            return Ok(Outcome::Fit);
        }
        Ok(Outcome::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Outcome, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        self.deserialize(deserializer)
    }

    // The kinds that are frequent are put in their places at once, all others by `place`.

    fn visit_bool<E: Error>(self, value: bool) -> Result<Outcome, E> {
        match self.0 {
            Slot::Flag(place) => *place = Some(value),
            slot => return Seed(slot).scalar(Scalar::Flag(value)),
        }
        Ok(Outcome::Fit)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Outcome, E> {
        match self.0 {
            Slot::Int(place) => *place = Some(value),
            Slot::OneInt(place) => *place = value,
            slot => return Seed(slot).scalar(Scalar::Int(value)),
        }
        Ok(Outcome::Fit)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Outcome, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => self.scalar(Scalar::Big(value)),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Outcome, E> {
        self.scalar(Scalar::Num(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Outcome, E> {
        match self.0 {
            Slot::Str(place) => *place = Some(value.to_owned()),
            Slot::OneStr(place) => value.clone_into(place),
            Slot::Text(place) => place.set(value),
            Slot::Opt(place) => match place.open() {
                Slot::Text(place) => place.set(value),
                _ => return Seed(Slot::Opt(place)).scalar(Scalar::Str(value)),
            },
            slot => return Seed(slot).scalar(Scalar::Str(value)),
        }
        Ok(Outcome::Fit)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Outcome, E> {
        match self.0 {
            Slot::Str(place) => *place = Some(value),
            Slot::OneStr(place) => *place = value,
            slot => return Seed(slot).visit_str(&value),
        }
        Ok(Outcome::Fit)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Outcome, A::Error> {
        match self.0 {
            Slot::Model(model) => fill(model, map).map(|()| Outcome::Fit),
            Slot::Opt(place) => {
                let outcome = Seed(place.open()).visit_map(map)?;
                if !matches!(outcome, Outcome::Fit) {
                    place.clear();
                }
                Ok(outcome)
            }
            Slot::Map(place) => entries(place, map),
            Slot::Maybe(place) => {
                let outcome = Seed(place.open()).visit_map(map)?;
                if !matches!(outcome, Outcome::Fit) {
                    place.clear();
                }
                Ok(outcome)
            }
            slot @ (Slot::Json(_) | Slot::OneJson(_) | Slot::Union(_)) => {
                Seed(slot).deserialize(MapAccessDeserializer::new(map))
            }
            _ => {
                let mut members = Map::new();
                memory::members(&mut members, map)?;
                Ok(Outcome::misfit(members))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Outcome, A::Error> {
        match self.0 {
            Slot::List(place) => items(place, seq),
            Slot::Opt(place) => {
                let outcome = Seed(place.open()).visit_seq(seq)?;
                if !matches!(outcome, Outcome::Fit) {
                    place.clear();
                }
                Ok(outcome)
            }
            Slot::Maybe(place) => {
                let outcome = Seed(place.open()).visit_seq(seq)?;
                if !matches!(outcome, Outcome::Fit) {
                    place.clear();
                }
                Ok(outcome)
            }
            slot @ (Slot::Json(_) | Slot::OneJson(_) | Slot::Union(_)) => {
                Seed(slot).deserialize(SeqAccessDeserializer::new(seq))
            }
            _ => {
                let mut values = Vec::<Value>::new();
                memory::values(&mut values, seq)?;
                Ok(Outcome::misfit(values))
            }
        }
    }
}

/// A value that is neither a list nor an object.
#[derive(Clone, Copy)]
enum Scalar<'v> {
    Flag(bool),
    Int(i64),
    Big(u64),
    Num(f64),
    Str(&'v str),
}

impl Scalar<'_> {
    fn int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            // Exactly representable whole numbers only: 2^53 is the last up to which all are.
            Self::Num(value) if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 => {
                Some(value as i64)
            }
            Self::Str(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn num(self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(value as f64),
            Self::Big(value) => Some(value as f64),
            Self::Num(value) => Some(value),
            // `NaN` and what is too large are no numbers in JSON: they could not be written again.
            Self::Str(text) => text.parse().ok().filter(|value: &f64| value.is_finite()),
            Self::Flag(_) => None,
        }
    }

    fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(value) => Some(value),
            Self::Str("true") => Some(true),
            Self::Str("false") => Some(false),
            _ => None,
        }
    }

    fn time(self) -> Option<Time> {
        match self {
            Self::Str(text) => Some(Time::read(text)),
            _ => self.int().and_then(Time::from_epoch_millis),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Flag(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Big(value) => value.to_string(),
            Self::Num(value) => value.to_string(),
            Self::Str(text) => text.to_owned(),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Flag(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Big(value) => value.into(),
            Self::Num(value) => value.into(),
            Self::Str(text) => text.into(),
        }
    }
}

impl Seed<'_> {
    fn scalar<E: Error>(self, scalar: Scalar<'_>) -> Result<Outcome, E> {
        Ok(place(self.0, scalar))
    }
}

fn place(slot: Slot<'_>, scalar: Scalar<'_>) -> Outcome {
    fn put<T>(place: &mut Option<T>, value: Option<T>) -> bool {
        let fits = value.is_some();
        if fits {
            *place = value;
        }
        fits
    }
    fn one<T>(place: &mut T, value: Option<T>) -> bool {
        value.map(|value| *place = value).is_some()
    }
    let fits = match slot {
        Slot::Str(place) => put(place, Some(scalar.text())),
        Slot::Int(place) => put(place, scalar.int()),
        Slot::Num(place) => put(place, scalar.num()),
        Slot::Flag(place) => put(place, scalar.flag()),
        Slot::Time(place) => put(place, scalar.time()),
        Slot::Json(place) => put(place, Some(scalar.json())),
        Slot::OneStr(place) => one(place, Some(scalar.text())),
        Slot::OneInt(place) => one(place, scalar.int()),
        Slot::OneNum(place) => one(place, scalar.num()),
        Slot::OneFlag(place) => one(place, scalar.flag()),
        Slot::OneTime(place) => one(place, scalar.time()),
        Slot::OneJson(place) => one(place, Some(scalar.json())),
        Slot::Text(place) => {
            match scalar {
                Scalar::Str(text) => place.set(text),
                other => place.set(&other.text()),
            }
            true
        }
        Slot::Union(place) => {
            union::set(place, scalar.json());
            true
        }
        Slot::Opt(outer) => {
            let outcome = place(outer.open(), scalar);
            if !matches!(outcome, Outcome::Fit) {
                outer.clear();
            }
            return outcome;
        }
        Slot::Maybe(outer) => {
            let outcome = place(outer.open(), scalar);
            if !matches!(outcome, Outcome::Fit) {
                outer.clear();
            }
            return outcome;
        }
        Slot::Model(_) | Slot::List(_) | Slot::Map(_) | Slot::Misfits(_) => false,
    };
    if fits {
        Outcome::Fit
    } else {
        Outcome::misfit(scalar.json())
    }
}

fn fill<'de, A: MapAccess<'de>>(model: &mut dyn Model, mut map: A) -> Result<(), A::Error> {
    let names = model.names();
    let mut extra = model.extra().is_some().then(String::new);
    let mut kept = 0;
    let mut seen = 0_u64;
    memory::take(size_of_val(model))?;
    while let Some(key) = map.next_key_seed(KeySeed {
        names,
        extra: extra.as_mut(),
    })? {
        match key {
            Key::Known(index) => match map.next_value_seed(Seed(model.slot(index)))? {
                Outcome::Fit => seen |= bit(index),
                Outcome::Null => {}
                Outcome::Misfit(value) => {
                    if let (Some(name), Slot::Misfits(misfits)) =
                        (names.get(index), model.slot(names.len()))
                    {
                        misfits.put(name, *value);
                    }
                }
            },
            Key::Extra => {
                memory::take(memory::entry(kept, size_of::<Value>()))?;
                kept += 1;
                let value = map.next_value_seed(memory::AnyJson)?;
                if let (Some(key), Some(members)) = (&mut extra, model.extra_mut()) {
                    members.insert(std::mem::take(key), value);
                }
            }
            Key::Unknown => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    for &index in model.required() {
        if seen & bit(index) == 0 {
            let name = names.get(index).copied().unwrap_or_default();
            return Err(A::Error::custom(format_args!("missing member `{name}`")));
        }
    }
    model.settle();
    Ok(())
}

/// Required members are among the first 64: the generator sees to it.
fn bit(index: usize) -> u64 {
    1_u64.checked_shl(index as u32).unwrap_or(0)
}

fn items<'de, A: SeqAccess<'de>>(list: &mut dyn List, mut seq: A) -> Result<Outcome, A::Error> {
    while let Some(outcome) = seq.next_element_seed(ItemSeed(list))? {
        match outcome {
            Outcome::Fit => {}
            Outcome::Null => list.pop(),
            Outcome::Misfit(item) => {
                list.pop();
                let mut values = match to_value(super::Part::List(list)) {
                    Value::Array(values) => values,
                    _ => Vec::new(),
                };
                values.push(*item);
                memory::values(&mut values, seq)?;
                list.clear();
                return Ok(Outcome::misfit(values));
            }
        }
    }
    Ok(Outcome::Fit)
}

/// Decodes one more item of a list.
struct ItemSeed<'a>(&'a mut dyn List);

impl<'de> DeserializeSeed<'de> for ItemSeed<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        let slot = self.0.push();
        memory::take(memory::item(&slot))?;
        Seed(slot).deserialize(deserializer)
    }
}

fn entries<'de, A: MapAccess<'de>>(place: &mut dyn Keyed, mut map: A) -> Result<Outcome, A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        let mut outcome = Ok(Outcome::Null);
        let entries = place.len();
        let refused = place.insert(key, &mut |slot| {
            outcome = memory::take(memory::entry(entries, memory::size(&slot)))
                .and_then(|()| map.next_value_seed(Seed(slot)));
            matches!(outcome, Ok(Outcome::Fit))
        });
        let (Some(key), outcome) = (refused, outcome?) else {
            continue;
        };
        if let Outcome::Misfit(value) = outcome {
            let mut members = match to_value(super::Part::Map(place)) {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            members.insert(key, *value);
            memory::members(&mut members, map)?;
            place.clear();
            return Ok(Outcome::misfit(members));
        }
    }
    Ok(Outcome::Fit)
}

enum Key {
    Known(usize),
    Extra,
    Unknown,
}

struct KeySeed<'k> {
    names: Names,
    /// Takes a name that is not among `names`, if such are kept.
    extra: Option<&'k mut String>,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        if let Some(index) = position(self.names, key) {
            return Ok(Key::Known(index));
        }
        Ok(match self.extra {
            Some(extra) => {
                key.clone_into(extra);
                Key::Extra
            }
            None => Key::Unknown,
        })
    }
}

/// Where `key` is among `names`. The items of a list mostly have the same members in the same order, and so does this
/// loop: real branches, unlike the standard library's search, let the processor foresee its way.
fn position(names: Names, key: &str) -> Option<usize> {
    let (mut low, mut high) = (0, names.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let name = names.get(middle)?;
        match name.len().cmp(&key.len()) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => match name.as_bytes().cmp(key.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            },
        }
    }
    None
}

fn expected(slot: &Slot<'_>) -> &'static str {
    match slot {
        Slot::Str(_) | Slot::OneStr(_) | Slot::Text(_) => "text",
        Slot::Int(_) | Slot::OneInt(_) => "an integer",
        Slot::Num(_) | Slot::OneNum(_) => "a number",
        Slot::Flag(_) | Slot::OneFlag(_) => "a boolean",
        Slot::Time(_) | Slot::OneTime(_) => "a time",
        Slot::List(_) => "a list",
        Slot::Model(_) | Slot::Map(_) | Slot::Union(_) => "an object",
        _ => "a value",
    }
}
