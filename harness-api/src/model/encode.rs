//! The encoder, and the comparison that stands on it.

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::{
    Cell, Misfits, Model, Names, Part, Union,
    visit::{Visit, member, visit},
};

/// Encodes a generated type. The types' own `Serialize` calls this.
pub fn write<T: Cell, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.part().serialize(serializer)
}

/// Whether two values of one type are equal. The types' own `PartialEq` calls this.
pub fn same<T: Cell>(left: &T, right: &T) -> bool {
    to_value(left.part()) == to_value(right.part())
}

/// By way of text, since that is what the encoder is compiled for anyway.
pub(super) fn to_value(part: Part<'_>) -> Value {
    serde_json::to_vec(&part)
        .and_then(|text| serde_json::from_slice(&text))
        .unwrap_or_default()
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Part::Null => serializer.serialize_unit(),
            Part::OneStr(value) => serializer.serialize_str(value),
            Part::OneInt(value) => serializer.serialize_i64(value),
            Part::OneNum(value) => serializer.serialize_f64(value),
            Part::OneFlag(value) => serializer.serialize_bool(value),
            Part::OneTime(value) => serializer.collect_str(value),
            Part::OneJson(value) => value.serialize(serializer),
            Part::Model(model) => object(model, None, serializer),
            Part::Union(value) => match value.model() {
                Some((index, model)) => object(model, own_tag(value, index), serializer),
                None => value.raw().serialize(serializer),
            },
            Part::List(list) => {
                let mut items = Items {
                    out: serializer.serialize_seq(Some(list.len()))?,
                    failed: None,
                };
                list.each(&mut items);
                match items.failed {
                    Some(error) => Err(error),
                    None => items.out.end(),
                }
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

/// Writes the items of a list.
struct Items<S: SerializeSeq> {
    out: S,
    /// From the first failure on nothing is written.
    failed: Option<S::Error>,
}

impl<S: SerializeSeq> Items<S> {
    fn item<V: Serialize + ?Sized>(&mut self, value: &V) {
        if self.failed.is_none()
            && let Err(error) = self.out.serialize_element(value)
        {
            self.failed = Some(error);
        }
    }
}

impl<'a, S: SerializeSeq> Visit<'a> for Items<S> {
    fn part(&mut self, _: usize, part: Part<'a>) {
        self.item(&part);
    }
    fn str(&mut self, _: usize, value: &'a str) {
        self.item(value);
    }
    fn int(&mut self, _: usize, value: i64) {
        self.item(&value);
    }
}

/// Writes the members of an object.
struct Members<'a, M: SerializeMap> {
    out: M,
    names: Names,
    misfits: Option<&'a Misfits>,
    /// From the first failure on nothing is written.
    failed: Option<M::Error>,
}

impl<M: SerializeMap> Members<'_, M> {
    fn member<V: Serialize + ?Sized>(&mut self, index: usize, value: &V) {
        if let Some(&name) = self.names.get(index) {
            self.entry(name, value);
        }
    }

    fn entry<V: Serialize + ?Sized>(&mut self, name: &str, value: &V) {
        if self.failed.is_none()
            && let Err(error) = self.out.serialize_entry(name, value)
        {
            self.failed = Some(error);
        }
    }
}

impl<'a, M: SerializeMap> Visit<'a> for Members<'a, M> {
    fn part(&mut self, index: usize, part: Part<'a>) {
        self.member(index, &part);
    }
    fn str(&mut self, index: usize, value: &'a str) {
        self.member(index, value);
    }
    fn int(&mut self, index: usize, value: i64) {
        self.member(index, &value);
    }
    fn flag(&mut self, index: usize, value: bool) {
        self.member(index, &value);
    }
    fn misfits(&mut self, misfits: &'a Misfits) {
        self.misfits = Some(misfits);
    }
}

/// The tag that a variant writes when its own tag member is not set.
fn own_tag(union: &dyn Union, variant: usize) -> Option<(&'static str, &'static str)> {
    Some((union.tag_member()?, value_for(union, variant)?))
}

/// What the member at `tag` is when it is not set and is the tag of a union that is: the tag of its variant.
fn outer_tag(model: &dyn Model, tag: usize, union: usize) -> Option<&'static str> {
    let Some(Part::Union(union)) = member(model, union) else {
        return None;
    };
    let value = value_for(union, union.model()?.0)?;
    member(model, tag).is_none().then_some(value)
}

/// The one tag of a variant. Of two only the caller can know which is meant.
fn value_for(union: &dyn Union, variant: usize) -> Option<&'static str> {
    let mut values = union.tags().iter().filter(|(_, index)| *index == variant);
    match (values.next(), values.next()) {
        (Some((value, _)), None) => Some(*value),
        _ => None,
    }
}

/// Whether the member with this name is set.
pub(super) fn is_set(model: &dyn Model, name: &str) -> bool {
    let index = model.names().iter().position(|known| *known == name);
    index.is_some_and(|index| member(model, index).is_some())
}

fn object<S: Serializer>(
    model: &dyn Model,
    tag: Option<(&'static str, &'static str)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let names = model.names();
    let mut members = Members {
        out: serializer.serialize_map(None)?,
        names,
        misfits: None,
        failed: None,
    };
    visit(model, &mut members);
    for &(tag, union) in model.tagged() {
        if let Some(value) = outer_tag(model, tag, union) {
            members.member(tag, value);
        }
    }
    if let Some((name, value)) = tag.filter(|(name, _)| !is_set(model, name)) {
        members.entry(name, value);
    }
    if let Some(misfits) = members.misfits.filter(|misfits| !misfits.is_empty()) {
        for (name, value) in misfits.iter() {
            if !names.contains(&name) {
                return Err(S::Error::custom("a misfit of no member"));
            }
            if !is_set(model, name) {
                members.entry(name, value);
            }
        }
    }
    if let Some(extra) = model.extra() {
        for (name, value) in extra {
            members.entry(name, value);
        }
    }
    match members.failed {
        Some(error) => Err(error),
        None => members.out.end(),
    }
}
