//! `Debug`, written once for all types.

use std::fmt;

use super::{
    Cell, Misfits, Model, Part, Redacted,
    union::outline,
    visit::{Visit, visit},
};

/// Shows a generated type: the members that are set, by wire name, without the values of secrets. The types' own
/// `Debug` calls this.
pub fn show<T: Cell>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Shown(value.part()), f)
}

struct Shown<'a>(Part<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Part::Null => f.write_str("null"),
            Part::OneStr(value) => value.fmt(f),
            Part::OneInt(value) => value.fmt(f),
            Part::OneNum(value) => value.fmt(f),
            Part::OneFlag(value) => value.fmt(f),
            Part::OneTime(value) => value.fmt(f),
            Part::OneJson(value) => value.fmt(f),
            Part::Model(model) => members(model, f),
            Part::Union(value) => match value.model() {
                Some((_, model)) => members(model, f),
                None => value.raw().map_or(Ok(()), |value| outline(value, f)),
            },
            Part::List(list) => {
                let mut items = Items(f.debug_list());
                list.each(&mut items);
                items.0.finish()
            }
            Part::Map(map) => {
                let mut out = f.debug_map();
                map.each(&mut |key, value| {
                    out.entry(&key, &Shown(value));
                    true
                });
                out.finish()
            }
        }
    }
}

fn members(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let about = model.about();
    let secrets = about.secrets;
    let mut shown = Members {
        out: f.debug_struct(about.name),
        model,
        misfits: None,
    };
    visit(model, &mut shown);
    let Members {
        mut out, misfits, ..
    } = shown;
    // Who has secrets may have them there too.
    if let Some(extra) = model.extra()
        && secrets.is_empty()
    {
        out.field("extra", extra);
    }
    match misfits {
        Some(misfits) if !misfits.is_empty() => out.field("misfits", misfits).finish(),
        _ => out.finish_non_exhaustive(),
    }
}

/// Shows the members of an object.
struct Members<'a, 'f, 'b> {
    out: fmt::DebugStruct<'f, 'b>,
    model: &'a dyn Model,
    misfits: Option<&'a Misfits>,
}

impl<'a> Visit<'a> for Members<'a, '_, '_> {
    fn part(&mut self, index: usize, part: Part<'a>) {
        let name = self.model.names().get(index).copied().unwrap_or_default();
        if self.model.secrets().contains(&index) {
            self.out.field(name, &Redacted);
        } else {
            self.out.field(name, &Shown(part));
        }
    }

    fn misfits(&mut self, misfits: &'a Misfits) {
        self.misfits = Some(misfits);
    }
}

/// Shows the items of a list.
struct Items<'f, 'b>(fmt::DebugList<'f, 'b>);

impl<'a> Visit<'a> for Items<'_, '_> {
    fn part(&mut self, _: usize, part: Part<'a>) {
        self.0.entry(&Shown(part));
    }
}
