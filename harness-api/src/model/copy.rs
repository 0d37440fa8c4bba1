//! Copying, written once for all types.

use super::{Cell, Model, Part, Slot};

/// Copies a generated type. The types' own `Clone` calls this.
pub fn copy<T: Cell>(value: &T) -> T {
    let mut made = T::blank();
    put(value.part(), made.slot());
    made
}

/// Both are of one type, so a value and its place are always of one kind.
fn put(part: Part<'_>, slot: Slot<'_>) {
    match (part, slot) {
        (Part::Str(value), Slot::Str(place)) => place.clone_from(value),
        (Part::Int(value), Slot::Int(place)) => *place = *value,
        (Part::Num(value), Slot::Num(place)) => *place = *value,
        (Part::Flag(value), Slot::Flag(place)) => *place = *value,
        (Part::Time(value), Slot::Time(place)) => place.clone_from(value),
        (Part::Json(value), Slot::Json(place)) => place.clone_from(value),
        (Part::OneStr(value), Slot::OneStr(place)) => value.clone_into(place),
        (Part::OneInt(value), Slot::OneInt(place)) => *place = value,
        (Part::OneNum(value), Slot::OneNum(place)) => *place = value,
        (Part::OneFlag(value), Slot::OneFlag(place)) => *place = value,
        (Part::OneTime(value), Slot::OneTime(place)) => place.clone_from(value),
        (Part::OneJson(value), Slot::OneJson(place)) => place.clone_from(value),
        (Part::Text(value), Slot::Text(place)) => place.set(value.get()),
        (Part::Model(value), Slot::Model(place)) => members(value, place),
        (Part::Absent, Slot::Opt(place)) => place.clear(),
        (value, Slot::Opt(place)) => put(value, place.open()),
        (Part::List(value), Slot::List(place)) => {
            for item in (0..value.len()).filter_map(|index| value.at(index)) {
                put(item, place.push());
            }
        }
        (Part::Map(value), Slot::Map(place)) => value.each(&mut |key, value| {
            place.insert(key.to_owned(), &mut |slot| {
                put(value, slot);
                true
            });
            true
        }),
        (Part::Union(value), Slot::Union(place)) => {
            if let Some((index, value)) = value.model() {
                if let Some(place) = place.open(index) {
                    members(value, place);
                }
            } else if let Some(value) = value.raw() {
                place.set_raw(value.clone());
            }
        }
        (Part::Maybe(value), Slot::Maybe(place)) => {
            if value.is_absent() {
                place.clear();
            } else {
                match value.part() {
                    Part::Null => place.set_null(),
                    value => put(value, place.open()),
                }
            }
        }
        (Part::Misfits(value), Slot::Misfits(place)) => place.clone_from(value),
        _ => {}
    }
}

fn members(from: &dyn Model, to: &mut dyn Model) {
    for index in 0..=from.names().len() {
        put(from.part(index), to.slot(index));
    }
    if let (Some(from), Some(to)) = (from.extra(), to.extra_mut()) {
        to.clone_from(from);
    }
}
