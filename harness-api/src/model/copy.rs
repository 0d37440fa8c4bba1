//! Copying, written once for all types.

use super::{
    Cell, List, Misfits, Model, Part, Slot,
    visit::{Visit, visit},
};

/// Copies a generated type. The types' own `Clone` calls this.
pub fn copy<T: Cell>(value: &T) -> T {
    let mut made = T::blank();
    put(value.part(), made.slot());
    made
}

/// Both are of one type, so a value and its place are always of one kind.
fn put(part: Part<'_>, slot: Slot<'_>) {
    match (part, slot) {
        (Part::OneStr(value), Slot::Str(place)) => *place = Some(value.to_owned()),
        (Part::OneInt(value), Slot::Int(place)) => *place = Some(value),
        (Part::OneNum(value), Slot::Num(place)) => *place = Some(value),
        (Part::OneFlag(value), Slot::Flag(place)) => *place = Some(value),
        (Part::OneTime(value), Slot::Time(place)) => *place = Some(value.clone()),
        (Part::OneJson(value), Slot::Json(place)) => *place = Some(value.clone()),
        (Part::OneStr(value), Slot::OneStr(place)) => value.clone_into(place),
        (Part::OneInt(value), Slot::OneInt(place)) => *place = value,
        (Part::OneNum(value), Slot::OneNum(place)) => *place = value,
        (Part::OneFlag(value), Slot::OneFlag(place)) => *place = value,
        (Part::OneTime(value), Slot::OneTime(place)) => place.clone_from(value),
        (Part::OneJson(value), Slot::OneJson(place)) => place.clone_from(value),
        (Part::OneStr(value), Slot::Text(place)) => place.set(value),
        (Part::Model(value), Slot::Model(place)) => members(value, place),
        (value, Slot::Opt(place)) => put(value, place.open()),
        (Part::Null, Slot::Maybe(place)) => place.set_null(),
        (value, Slot::Maybe(place)) => put(value, place.open()),
        (Part::List(value), Slot::List(place)) => value.each(&mut Items(place)),
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
        _ => {}
    }
}

fn members(from: &dyn Model, to: &mut dyn Model) {
    visit(from, &mut Members(to));
    if let (Some(from), Some(to)) = (from.extra(), to.extra_mut()) {
        to.clone_from(from);
    }
}

/// Copies into a blank model.
struct Members<'t>(&'t mut dyn Model);

impl<'a> Visit<'a> for Members<'_> {
    fn part(&mut self, index: usize, part: Part<'a>) {
        put(part, self.0.slot(index));
    }

    fn misfits(&mut self, misfits: &'a Misfits) {
        let last = self.0.names().len();
        if let Slot::Misfits(place) = self.0.slot(last) {
            place.clone_from(misfits);
        }
    }
}

/// Copies into an empty list.
struct Items<'t>(&'t mut dyn List);

impl<'a> Visit<'a> for Items<'_> {
    fn part(&mut self, _: usize, part: Part<'a>) {
        put(part, self.0.push());
    }
}
