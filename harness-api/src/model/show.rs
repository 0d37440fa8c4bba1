//! `Debug`, written once for all types.

use std::fmt;

use super::{Cell, Model, Part, Redacted, encode::is_absent, union::outline};

/// Shows a generated type: the members that are set, by wire name, without the values of secrets. The types' own
/// `Debug` calls this.
pub fn show<T: Cell>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Shown(value.part()), f)
}

struct Shown<'a>(Part<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Part::Absent => f.write_str("None"),
            Part::Null => f.write_str("null"),
            Part::Str(value) => option(value.as_ref(), f),
            Part::Int(value) => option(value.as_ref(), f),
            Part::Num(value) => option(value.as_ref(), f),
            Part::Flag(value) => option(value.as_ref(), f),
            Part::Time(value) => option(value.as_ref(), f),
            Part::Json(value) => option(value.as_ref(), f),
            Part::OneStr(value) => value.fmt(f),
            Part::OneInt(value) => value.fmt(f),
            Part::OneNum(value) => value.fmt(f),
            Part::OneFlag(value) => value.fmt(f),
            Part::OneTime(value) => value.fmt(f),
            Part::OneJson(value) => value.fmt(f),
            Part::Text(value) => value.get().fmt(f),
            Part::Model(model) => members(model, f),
            Part::Maybe(value) => Shown(value.part()).fmt(f),
            Part::Union(value) => match value.model() {
                Some((_, model)) => members(model, f),
                None => value.raw().map_or(Ok(()), |value| outline(value, f)),
            },
            Part::List(list) => {
                let items = (0..list.len()).filter_map(|index| list.at(index));
                f.debug_list().entries(items.map(Shown)).finish()
            }
            Part::Map(map) => {
                let mut out = f.debug_map();
                map.each(&mut |key, value| {
                    out.entry(&key, &Shown(value));
                    true
                });
                out.finish()
            }
            Part::Misfits(misfits) => misfits.fmt(f),
        }
    }
}

fn option(value: Option<&impl fmt::Debug>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Some(value) => value.fmt(f),
        None => f.write_str("None"),
    }
}

fn members(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let about = model.about();
    let (names, secrets) = (about.names, about.secrets);
    let mut out = f.debug_struct(about.name);
    for (index, name) in names.iter().enumerate() {
        let part = model.part(index);
        if is_absent(part) {
            continue;
        }
        if secrets.contains(&index) {
            out.field(name, &Redacted);
        } else {
            out.field(name, &Shown(part));
        }
    }
    // Who has secrets may have them there too.
    if let Some(extra) = model.extra()
        && secrets.is_empty()
    {
        out.field("extra", extra);
    }
    match model.part(names.len()) {
        Part::Misfits(misfits) if !misfits.is_empty() => out.field("misfits", misfits).finish(),
        _ => out.finish_non_exhaustive(),
    }
}
