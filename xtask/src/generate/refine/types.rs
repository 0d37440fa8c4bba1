//! Types: the fields that typify made, with the facts that lowering kept.

use anyhow::{Context, Error, Result};
use heck::ToPascalCase;

use crate::generate::{
    api::{Member, OuterTag, Shape, Ty, Type, short},
    lower::{Lowered, TypeFacts, UnionFacts},
    progenitor::{Choice, Outline},
};

/// A decoder tells at most so many members apart when it looks for missing ones.
const COUNTED: usize = 64;

/// Returns the type with this key.
pub(super) fn refine(lowered: &Lowered, key: &str, outline: &Outline) -> Result<Type> {
    let facts = lowered
        .types
        .get(key)
        .context("lowering has no facts on it")?;
    let shape = if let Some(variants) = &facts.variants {
        Shape::Enum(variants.clone())
    } else if let Some(union) = &facts.union {
        union_shape(key, union)
    } else {
        let fields = outline.structs.get(short(key));
        let fields = fields.context("typify made no struct of this name")?;
        let members = members(fields, facts)?;
        Shape::Struct {
            outer_tags: outer_tags(lowered, &members),
            extra: facts.extra,
            members,
        }
    };
    Ok(Type {
        name: short(key).to_owned(),
        origin: facts.origin.clone(),
        shape,
        sent_only: facts.sent_only,
        in_table: false,
    })
}

fn members(fields: &[(String, Choice)], facts: &TypeFacts) -> Result<Vec<Member>> {
    let strict = facts.sent_only && fields.len() <= COUNTED;
    fields
        .iter()
        .map(|(ident, ty)| {
            let member = facts.members.get(ident);
            let member = member.with_context(|| format!("no schema member is called {ident}"))?;
            let ty = ty.clone().map_err(Error::msg);
            let ty = ty.with_context(|| format!("member {}", member.wire))?;
            Ok(Member {
                required: strict && member.required && !member.nullable,
                // A response's null says no more than its absence; a request's does.
                nullable: member.nullable && facts.sent,
                secret: member.secret,
                deprecated: member.deprecated,
                sample: member.sample.clone(),
                ident: ident.clone(),
                wire: member.wire.clone(),
                ty,
            })
        })
        .collect()
}

/// Returns the members that are unions tagged by a sibling.
fn outer_tags(lowered: &Lowered, members: &[Member]) -> Vec<OuterTag> {
    members
        .iter()
        .filter_map(|member| {
            let Ty::Named(key) = &member.ty else {
                return None;
            };
            let parent_tag = lowered
                .types
                .get(key)?
                .union
                .as_ref()?
                .parent_tag
                .as_ref()?;
            let tag = members.iter().find(|tag| tag.wire == *parent_tag)?;
            let text = match &tag.ty {
                Ty::Str => true,
                Ty::Named(key) => lowered.types.get(key)?.variants.is_some(),
                _ => false,
            };
            (text && !tag.nullable && !member.nullable).then(|| OuterTag {
                tag: tag.ident.clone(),
                tag_ty: tag.ty.clone(),
                tag_required: tag.required,
                union: member.ident.clone(),
                union_required: member.required,
            })
        })
        .collect()
}

fn union_shape(key: &str, facts: &UnionFacts) -> Shape {
    let names = variant_names(short(key), &facts.variants);
    Shape::Union {
        tag: facts.tag.clone(),
        parent: facts.parent_tag.is_some(),
        tags: facts
            .tags
            .iter()
            .filter_map(|(tag, target)| {
                let index = facts
                    .variants
                    .iter()
                    .position(|variant| variant == target)?;
                Some((tag.clone(), index))
            })
            .collect(),
        variants: names
            .into_iter()
            .zip(facts.variants.iter().cloned())
            .collect(),
    }
}

/// Returns the names of variants: the name of the type, less the words that all variants share with the union or each other.
fn variant_names(union: &str, variants: &[String]) -> Vec<String> {
    let words = |name: &str| -> Vec<String> {
        heck::ToSnakeCase::to_snake_case(short(name))
            .split('_')
            .map(str::to_owned)
            .collect()
    };
    let all: Vec<Vec<String>> = variants.iter().map(|variant| words(variant)).collect();
    let union_words = words(union);
    let common_end = (0..)
        .take_while(|&n| {
            all.len() > 1
                && all
                    .iter()
                    .all(|w| w.len() > n + 1 && w.iter().rev().nth(n) == all[0].iter().rev().nth(n))
        })
        .count();
    let names: Vec<String> = all
        .iter()
        .map(|words| {
            let mut words = &words[..words.len() - common_end];
            // `GithubConnector` of `ConnectorConfig`: the union's own words add nothing at the end.
            while words.len() > 1
                && words
                    .last()
                    .is_some_and(|word| union_words.contains(word) || word == "dto")
            {
                words = &words[..words.len() - 1];
            }
            words.join("_").to_pascal_case()
        })
        .collect();
    let clash = names.iter().enumerate().any(|(index, name)| {
        names[..index].contains(name)
            || matches!(name.as_str(), "Unrecognized" | "Self" | "")
            || name.starts_with(|c: char| c.is_ascii_digit())
    });
    if clash {
        let full = variants.iter().map(|key| match short(key) {
            // Every union has this one.
            "Unrecognized" => "UnrecognizedModel".to_owned(),
            name => name.to_owned(),
        });
        full.collect()
    } else {
        names
    }
}
