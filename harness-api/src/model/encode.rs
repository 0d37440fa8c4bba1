//! The encoder, and the comparison that stands on it.

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::{Cell, Model, Names, Part, Union};

/// Encodes a generated type. The types' own `Serialize` calls this.
pub fn write<T: Cell, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.part().serialize(serializer)
}

/// Whether two values of one type are equal. The types' own `PartialEq` calls this.
pub fn same<T: Cell>(left: &T, right: &T) -> bool {
    to_value(left.part()) == to_value(right.part())
}

/// Whether encoding an object leaves this member out.
pub(super) fn is_absent(part: Part<'_>) -> bool {
    match part {
        Part::Str(value) => value.is_none(),
        Part::Int(value) => value.is_none(),
        Part::Num(value) => value.is_none(),
        Part::Flag(value) => value.is_none(),
        Part::Time(value) => value.is_none(),
        Part::Json(value) => value.is_none(),
        Part::Maybe(value) => value.is_absent(),
        Part::Absent | Part::Misfits(_) => true,
        _ => false,
    }
}

/// By way of text, since that is what the encoder is compiled for anyway.
pub(super) fn to_value(part: Part<'_>) -> Value {
    serde_json::to_vec(&part)
        .and_then(|text| serde_json::from_slice(&text))
        .unwrap_or_default()
}

impl Serialize for Part<'_> {
    /// The kinds that are frequent, to be compiled into the loops over members and items.
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Part::OneStr(value) => serializer.serialize_str(value),
            Part::OneInt(value) => serializer.serialize_i64(value),
            Part::OneFlag(value) => serializer.serialize_bool(value),
            Part::Text(value) => serializer.serialize_str(value.get()),
            Part::Model(model) => object(model, None, serializer),
            _ => Rest(self).serialize(serializer),
        }
    }
}

/// A part of any kind.
struct Rest<'a>(&'a Part<'a>);

impl Serialize for Rest<'_> {
    #[inline(never)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self.0 {
            Part::Absent | Part::Null | Part::Misfits(_) => serializer.serialize_unit(),
            Part::Str(value) => value.serialize(serializer),
            Part::Int(value) => value.serialize(serializer),
            Part::Num(value) => value.serialize(serializer),
            Part::Flag(value) => value.serialize(serializer),
            Part::Json(value) => value.serialize(serializer),
            Part::Time(Some(value)) => serializer.collect_str(value),
            Part::Time(None) => serializer.serialize_unit(),
            Part::OneStr(value) => serializer.serialize_str(value),
            Part::OneInt(value) => serializer.serialize_i64(value),
            Part::OneNum(value) => serializer.serialize_f64(value),
            Part::OneFlag(value) => serializer.serialize_bool(value),
            Part::OneTime(value) => serializer.collect_str(value),
            Part::OneJson(value) => value.serialize(serializer),
            Part::Text(value) => serializer.serialize_str(value.get()),
            Part::Model(model) => object(model, None, serializer),
            Part::Maybe(value) => value.part().serialize(serializer),
            Part::Union(value) => match value.model() {
                Some((index, model)) => object(model, own_tag(value, index), serializer),
                None => value.raw().serialize(serializer),
            },
            Part::List(list) => {
                let mut out = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    if let Some(item) = list.at(index) {
                        out.serialize_element(&item)?;
                    }
                }
                out.end()
            }
            Part::Map(map) => {
                let mut out = serializer.serialize_map(Some(map.len()))?;
                let mut failed = None;
                map.each(&mut |key, value| {
                    failed = out.serialize_entry(key, &value).err();
                    failed.is_none()
                });
                match failed {
                    Some(error) => Err(error),
                    None => out.end(),
                }
            }
        }
    }
}

/// The tag that a variant writes when its own tag member is not set.
fn own_tag(union: &dyn Union, variant: usize) -> Option<(&'static str, &'static str)> {
    Some((union.tag_member()?, value_for(union, variant)?))
}

/// What the member at `index` is when it is not set and is the tag of a union that is: the tag of its variant.
fn outer_tag(model: &dyn Model, tagged: &[(usize, usize)], index: usize) -> Option<&'static str> {
    let (_, union) = tagged.iter().find(|(tag, _)| *tag == index)?;
    let Part::Union(union) = model.part(*union) else {
        return None;
    };
    value_for(union, union.model()?.0)
}

/// The one tag of a variant. Of two only the caller can know which is meant.
fn value_for(union: &dyn Union, variant: usize) -> Option<&'static str> {
    let mut values = union.tags().iter().filter(|(_, index)| *index == variant);
    match (values.next(), values.next()) {
        (Some((value, _)), None) => Some(*value),
        _ => None,
    }
}

/// Writes a member, unless it is to be left out. Parts are not taken apart and put together again on the way: that
/// costs more than to write them.
#[inline(always)]
fn entry<M: SerializeMap>(out: &mut M, name: &str, part: Part<'_>) -> Result<bool, M::Error> {
    match &part {
        Part::Str(Some(value)) => out.serialize_entry(name, value)?,
        Part::Int(Some(value)) => out.serialize_entry(name, value)?,
        Part::Flag(Some(value)) => out.serialize_entry(name, value)?,
        Part::Str(None) | Part::Int(None) | Part::Flag(None) | Part::Absent => return Ok(false),
        part if is_absent(*part) => return Ok(false),
        part => out.serialize_entry(name, part)?,
    }
    Ok(true)
}

/// The first member at `from` or behind it that may be set.
#[inline]
fn next(names: Names, present: u64, from: usize) -> Option<(usize, &'static &'static str)> {
    let index = match present.checked_shr(from as u32) {
        Some(0) => 64,
        Some(rest) => from + rest.trailing_zeros() as usize,
        None => from,
    };
    Some((index, names.get(index)?))
}

fn object<S: Serializer>(
    model: &dyn Model,
    tag: Option<(&'static str, &'static str)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    let names = model.names();
    let tagged = model.tagged();
    let mut tag = tag;
    // A member that is not set is of interest only where it may be a tag.
    let present = if tagged.is_empty() {
        model.present()
    } else {
        u64::MAX
    };
    let mut from = 0;
    while let Some((index, name)) = next(names, present, from) {
        from = index + 1;
        if entry(&mut out, name, model.part(index))? {
            tag = tag.filter(|(member, _)| member != name);
        } else if let Some(value) = outer_tag(model, tagged, index) {
            out.serialize_entry(name, value)?;
        }
    }
    if let Some((member, value)) = tag {
        out.serialize_entry(member, value)?;
    }
    if let Part::Misfits(misfits) = model.part(names.len()) {
        for (name, value) in misfits.iter() {
            let index = names
                .iter()
                .position(|known| *known == name)
                .ok_or_else(|| S::Error::custom("a misfit of no member"))?;
            if is_absent(model.part(index)) {
                out.serialize_entry(name, value)?;
            }
        }
    }
    if let Some(extra) = model.extra() {
        for (name, value) in extra {
            out.serialize_entry(name, value)?;
        }
    }
    out.end()
}
