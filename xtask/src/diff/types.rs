//! How a type differs, as a struct, an enum or a union.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    change::{Change, Detail, Details, Level, What},
    class::Class,
    renames::Renames,
    uses::Uses,
};
use crate::{
    generate::{
        api::{Api, Member, Shape, Type, short},
        emit::type_text,
    },
    markdown::code,
};

/// Returns the changes of all types.
pub(super) fn compare(old: &Api, new: &Api, renames: &Renames) -> Vec<Change> {
    let (before, after) = (places(old), places(new));
    let (used, uses) = (Uses::of(old), Uses::of(new));
    let modules = |places: &BTreeMap<&str, BTreeSet<&str>>, key: &str| -> Vec<String> {
        let modules = places.get(key).into_iter().flatten();
        modules.map(|module| (*module).to_owned()).collect()
    };
    let items = |modules: &[String], ty: &Type| -> Vec<String> {
        let items = modules.iter();
        items
            .map(|module| format!("{module}::types::{}", ty.name))
            .collect()
    };
    let mut changes = Vec::new();
    for (key, ty) in &old.types {
        let was_in = modules(&before, key);
        let rust_was = items(&was_in, ty);
        let sampled = used.is_sampled(key);
        let now_key = renames.key(key);
        let Some(now) = new.types.get(now_key) else {
            changes.push(Change {
                used_by: used.methods(key),
                rust_was: rust_was.clone(),
                keys: vec![key.clone()],
                sampled,
                ..whole(ty, was_in, rust_was, What::Removed)
            });
            continue;
        };
        let is_in = modules(&after, now_key);
        let mut details = Details::default();
        for module in was_in.iter().filter(|module| !is_in.contains(module)) {
            let text = code(module);
            details.add(Level::Breaking, Class::TypeNotInModule, text);
        }
        for module in is_in.iter().filter(|module| !was_in.contains(module)) {
            let text = code(module);
            details.add(Level::Additive, Class::TypeInModule, text);
        }
        let names = (ty.name.as_str(), now.name.as_str());
        details.differs(Level::Breaking, Class::TypeRenamed, "", names);
        let origins = (ty.origin.as_str(), now.origin.as_str());
        details.differs(Level::Patch, Class::SchemaName, "", origins);
        shapes(ty, now, renames, &mut details);
        changes.extend(details.change(Change {
            what: if ty.name == now.name {
                What::Changed
            } else {
                What::Renamed
            },
            name: now.origin.clone(),
            was: (ty.origin != now.origin).then(|| ty.origin.clone()),
            rust: items(&is_in, now),
            modules: is_in,
            rust_was,
            keys: vec![key.clone(), now_key.to_owned()],
            used_by: uses.methods(now_key),
            sampled,
            ..Change::default()
        }));
    }
    let renamed = renames.targets();
    for (key, ty) in &new.types {
        if !old.types.contains_key(key) && !renamed.contains(key.as_str()) {
            let modules = modules(&after, key);
            let rust = items(&modules, ty);
            changes.push(whole(ty, modules, rust, What::Added));
        }
    }
    changes
}

/// Returns the modules that show each type, by its key.
pub(super) fn places(api: &Api) -> BTreeMap<&str, BTreeSet<&str>> {
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

fn whole(ty: &Type, modules: Vec<String>, rust: Vec<String>, what: What) -> Change {
    let (kind, count) = kind(ty);
    let of = if kind == "struct" {
        "fields"
    } else {
        "variants"
    };
    let (level, class) = match what {
        What::Added => (Level::Additive, Class::TypeAdded),
        _ => (Level::Breaking, Class::TypeRemoved),
    };
    Change {
        what,
        name: ty.origin.clone(),
        modules,
        rust,
        level,
        details: vec![Detail {
            level,
            class,
            text: format!("{kind}, {of}: {count}"),
        }],
        ..Change::default()
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
                (true, false) => details.add(Level::Breaking, Class::ExtraRemoved, ""),
                (false, true) => details.add(Level::Additive, Class::ExtraAdded, ""),
                _ => {}
            }
        }
        (Shape::Enum(was), Shape::Enum(is)) => {
            variants(was, is, Level::Patch, details);
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
                Level::Breaking,
                details,
            );
            if (tagged, outer) != (tag, parent) {
                let by = |tag: &Option<String>, parent: bool| match (tag, parent) {
                    (Some(tag), _) => tag.clone(),
                    (None, true) => "tag of the parent".to_owned(),
                    (None, false) => "fields".to_owned(),
                };
                let by = (by(tagged, *outer), by(tag, *parent));
                details.differs(Level::Patch, Class::Discriminator, "", (&by.0, &by.1));
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
                details.add(Level::Patch, Class::Discriminator, "values of the tag");
            }
        }
        _ => {
            let kinds = (kind(old).0, kind(new).0);
            details.differs(Level::Breaking, Class::TypeKind, "", kinds);
        }
    }
}

/// Returns the Rust type of a field, without a box.
fn written(member: &Member, renames: Option<&Renames>) -> String {
    let ty = match renames {
        Some(renames) => type_text(&renames.ty(&member.ty)),
        None => type_text(&member.ty),
    };
    match (member.required, member.nullable) {
        (true, _) => ty,
        (false, true) => format!("Maybe<{ty}>"),
        (false, false) => format!("Option<{ty}>"),
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
            let text = code(&was.ident);
            details.add(Level::Breaking, Class::FieldRemoved, text);
            continue;
        };
        taken.insert(&is.ident);
        let name = code(&is.ident);
        let idents = (was.ident.as_str(), is.ident.as_str());
        details.differs(Level::Breaking, Class::FieldRenamed, "", idents);
        let class = match (was.required, is.required) {
            (false, true) => Class::FieldRequired,
            (true, false) => Class::FieldOptional,
            _ => Class::FieldType,
        };
        let types = (written(was, Some(renames)), written(is, None));
        details.differs(Level::Breaking, class, &name, (&types.0, &types.1));
        details.differs(Level::Patch, Class::WireName, &name, (&was.wire, &is.wire));
        match (was.deprecated, is.deprecated) {
            (false, true) => details.add(Level::Additive, Class::FieldDeprecated, name.clone()),
            (true, false) => details.add(Level::Patch, Class::FieldUndeprecated, name.clone()),
            _ => {}
        }
        if was.secret != is.secret {
            details.add(Level::Patch, Class::Secret, name);
        }
    }
    for is in new.iter().filter(|is| !taken.contains(&is.ident)) {
        // A required field is an argument of `new`.
        let (level, class) = if is.required {
            (Level::Breaking, Class::RequiredFieldAdded)
        } else {
            (Level::Additive, Class::FieldAdded)
        };
        let text = code(&format!("{}: {}", is.ident, written(is, None)));
        details.add(level, class, text);
    }
}

/// Variants with what belongs to them: a spelling, or a type; `other` is what another one means.
fn variants(
    old: &[(String, String)],
    new: &[(String, String)],
    other: Level,
    details: &mut Details,
) {
    let after: BTreeMap<&str, &str> = new
        .iter()
        .map(|(name, of)| (name.as_str(), of.as_str()))
        .collect();
    let before: BTreeSet<&str> = old.iter().map(|(name, _)| name.as_str()).collect();
    for (name, of) in old {
        let quoted = code(name);
        match after.get(name.as_str()) {
            None => details.add(Level::Breaking, Class::VariantRemoved, quoted),
            Some(now) => details.differs(other, Class::VariantChanged, &quoted, (of, now)),
        }
    }
    let fresh = new
        .iter()
        .filter(|(name, _)| !before.contains(name.as_str()));
    for (name, of) in fresh {
        details.add(
            Level::Additive,
            Class::VariantAdded,
            format!("{}: {}", code(name), code(of)),
        );
    }
}
