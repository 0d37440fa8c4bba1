//! How a type differs, as a struct, an enum or a union.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    change::{Change, Detail, Details, Level, What},
    renames::Renames,
    uses,
};
use crate::{
    generate::api::{Api, Member, Shape, Type, short},
    surface::ty_text,
};

/// The changes of all types.
pub(super) fn compare(old: &Api, new: &Api, renames: &Renames) -> Vec<Change> {
    let (before, after) = (places(old), places(new));
    let (used, uses) = (uses::of_types(old), uses::of_types(new));
    let at = |places: &BTreeMap<&str, BTreeSet<&str>>, key: &str, ty: &Type| -> Vec<String> {
        let modules = places.get(key).into_iter().flatten();
        modules
            .map(|module| format!("{module}::types::{}", ty.name))
            .collect()
    };
    let mut changes = Vec::new();
    for (key, ty) in &old.types {
        let now_key = renames.key(key);
        let Some(now) = new.types.get(now_key) else {
            changes.push(Change {
                used_by: used.get(key.as_str()).cloned().unwrap_or_default(),
                ..whole(ty, at(&before, key, ty), What::Removed, Level::Breaking)
            });
            continue;
        };
        let mut details = Details::default();
        let (was_in, is_in) = (before.get(key.as_str()), after.get(now_key));
        for module in was_in
            .into_iter()
            .flatten()
            .filter(|m| !is_in.is_some_and(|now| now.contains(*m)))
        {
            details.add(
                Level::Breaking,
                format!("`{module}::types::{}` is gone", ty.name),
            );
        }
        for module in is_in
            .into_iter()
            .flatten()
            .filter(|m| !was_in.is_some_and(|was| was.contains(*m)))
        {
            details.add(Level::Additive, format!("it is in `{module}::types` too"));
        }
        details.differs(Level::Breaking, "name", (&ty.name, &now.name), |name| {
            format!("`{name}`")
        });
        details.differs(
            Level::Patch,
            "name in the description",
            (&ty.origin, &now.origin),
            |name| format!("`{name}`"),
        );
        shapes(ty, now, renames, &mut details);
        let what = if ty.name == now.name {
            What::Changed
        } else {
            What::Renamed
        };
        let change = details.change(what, (&ty.origin, &now.origin), at(&after, now_key, now));
        changes.extend(change.map(|change| Change {
            used_by: uses.get(now_key).cloned().unwrap_or_default(),
            ..change
        }));
    }
    let renamed = renames.targets();
    for (key, ty) in &new.types {
        if !old.types.contains_key(key) && !renamed.contains(key.as_str()) {
            changes.push(whole(ty, at(&after, key, ty), What::Added, Level::Additive));
        }
    }
    changes
}

/// The modules that show each type, by its key.
fn places(api: &Api) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for module in &api.modules {
        for key in module.types.keys() {
            places.entry(key).or_default().insert(&module.name);
        }
    }
    for group in &api.groups {
        for key in &group.types {
            places
                .entry(key)
                .or_default()
                .extend(group.modules.iter().map(String::as_str));
        }
    }
    places
}

fn kind(ty: &Type) -> (&'static str, usize) {
    match &ty.shape {
        Shape::Struct { members, .. } => ("struct", members.len()),
        Shape::Enum(variants) => ("enum", variants.len()),
        Shape::Union { variants, .. } => ("union", variants.len()),
    }
}

fn whole(ty: &Type, rust: Vec<String>, what: What, level: Level) -> Change {
    let (kind, count) = kind(ty);
    let of = if kind == "struct" {
        "members"
    } else {
        "variants"
    };
    Change {
        what,
        name: ty.origin.clone(),
        was: None,
        rust,
        used_by: Vec::new(),
        level,
        details: vec![Detail {
            level,
            text: format!("{kind} of {count} {of}"),
        }],
    }
}

fn shapes(old: &Type, new: &Type, renames: &Renames, details: &mut Details) {
    match (&old.shape, &new.shape) {
        (
            Shape::Struct {
                members: was,
                extra: had,
                ..
            },
            Shape::Struct {
                members: is,
                extra: has,
                ..
            },
        ) => {
            members(was, is, renames, details);
            match (had, has) {
                (true, false) => details.add(
                    Level::Breaking,
                    "`extra` is gone: it takes no further members",
                ),
                (false, true) => {
                    details.add(Level::Additive, "new `extra`: it takes further members")
                }
                _ => {}
            }
        }
        (Shape::Enum(was), Shape::Enum(is)) => {
            variants(was, is, |text| format!("{text:?}"), Level::Patch, details)
        }
        (
            Shape::Union {
                tag: tagged,
                parent: outer,
                variants: was,
                tags: marks,
            },
            Shape::Union {
                tag,
                parent,
                variants: is,
                tags,
            },
        ) => {
            let by_name =
                |list: &[(String, String)], renames: Option<&Renames>| -> Vec<(String, String)> {
                    let each = list.iter().map(|(name, key)| {
                        let key = renames.map_or(key.as_str(), |renames| renames.key(key));
                        (name.clone(), short(key).to_owned())
                    });
                    each.collect()
                };
            variants(
                &by_name(was, Some(renames)),
                &by_name(is, None),
                |ty| format!("`{ty}`"),
                Level::Breaking,
                details,
            );
            if (tagged, outer) != (tag, parent) {
                details.add(Level::Patch, "its variants are told apart otherwise");
            }
            let named = |tags: &[(String, usize)],
                         variants: &[(String, String)]|
             -> BTreeSet<(String, String)> {
                let each = tags
                    .iter()
                    .filter_map(|(tag, at)| Some((tag.clone(), variants.get(*at)?.0.clone())));
                each.collect()
            };
            if named(marks, was) != named(tags, is) {
                details.add(Level::Patch, "other tags of its variants");
            }
        }
        _ => {
            let text = format!("it was {}, it is {}", article(old), article(new));
            details.add(Level::Breaking, text);
        }
    }
}

fn article(ty: &Type) -> String {
    let (kind, _) = kind(ty);
    format!("{} {kind}", if kind == "enum" { "an" } else { "a" })
}

/// The Rust type of a member.
fn written(member: &Member, renames: Option<&Renames>) -> String {
    let ty = ty_text(&renames.map_or_else(|| member.ty.clone(), |renames| renames.ty(&member.ty)));
    match (member.required, member.nullable) {
        (true, _) => format!("`{ty}`, required"),
        (false, true) => format!("`{ty}`, absent, `null` or a value"),
        (false, false) => format!("`{ty}`, optional"),
    }
}

fn members(old: &[Member], new: &[Member], renames: &Renames, details: &mut Details) {
    let mut taken = BTreeSet::new();
    for was in old {
        let same = new.iter().find(|is| is.ident == was.ident).or_else(|| {
            let other = new.iter().find(|is| is.wire == was.wire)?;
            (!old.iter().any(|was| was.ident == other.ident)).then_some(other)
        });
        let Some(is) = same else {
            details.add(Level::Breaking, format!("member `{}` is gone", was.ident));
            continue;
        };
        taken.insert(&is.ident);
        let name = &is.ident;
        details.differs(Level::Breaking, "member", (&was.ident, name), |name| {
            format!("`{name}`")
        });
        let types = (written(was, Some(renames)), written(is, None));
        details.differs(Level::Breaking, &format!("member `{name}`"), types, |ty| ty);
        let wire = format!("member `{name}` on the wire");
        details.differs(Level::Patch, &wire, (&was.wire, &is.wire), |wire| {
            format!("`{wire}`")
        });
        match (was.deprecated, is.deprecated) {
            (false, true) => details.add(Level::Additive, format!("member `{name}` is deprecated")),
            (true, false) => details.add(
                Level::Patch,
                format!("member `{name}` is no longer deprecated"),
            ),
            _ => {}
        }
        match (was.secret, is.secret) {
            (false, true) => details.add(Level::Patch, format!("member `{name}` is a secret")),
            (true, false) => details.add(
                Level::Patch,
                format!("member `{name}` is no longer a secret"),
            ),
            _ => {}
        }
    }
    for is in new.iter().filter(|is| !taken.contains(&is.ident)) {
        // A required member is an argument of `new`.
        let level = if is.required {
            Level::Breaking
        } else {
            Level::Additive
        };
        details.add(
            level,
            format!("new member `{}`: {}", is.ident, written(is, None)),
        );
    }
    let order = |members: &[Member]| -> Vec<String> {
        members
            .iter()
            .filter(|member| member.required)
            .map(|member| member.ident.clone())
            .collect()
    };
    let (before, after) = (order(old), order(new));
    if before != after && before.iter().collect::<BTreeSet<_>>() == after.iter().collect() {
        details.add(
            Level::Breaking,
            format!("arguments of `new` in another order: {}", after.join(", ")),
        );
    }
}

/// Variants with what belongs to them: a spelling, or a type; `other` is what another one means.
fn variants(
    old: &[(String, String)],
    new: &[(String, String)],
    show: impl Fn(&str) -> String,
    other: Level,
    details: &mut Details,
) {
    let after: BTreeMap<&str, &str> = new
        .iter()
        .map(|(name, of)| (name.as_str(), of.as_str()))
        .collect();
    let before: BTreeSet<&str> = old.iter().map(|(name, _)| name.as_str()).collect();
    for (name, of) in old {
        match after.get(name.as_str()) {
            None => details.add(Level::Breaking, format!("variant `{name}` is gone")),
            Some(now) => {
                details.differs(
                    other,
                    &format!("variant `{name}`"),
                    (of.as_str(), *now),
                    &show,
                );
            }
        }
    }
    for (name, of) in new
        .iter()
        .filter(|(name, _)| !before.contains(name.as_str()))
    {
        details.add(
            Level::Additive,
            format!("new variant `{name}`: {}", show(of)),
        );
    }
}
