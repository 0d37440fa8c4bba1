//! The variants of a union and the tags that tell them apart.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use super::{
    UnionFacts,
    schemas::{Kind, Schemas, key_of},
};
use crate::generate::openapi::Schema;

impl Schemas<'_> {
    /// Returns what tells the variants of a union apart.
    pub(super) fn union(&mut self, schema: &Value) -> Result<UnionFacts> {
        let view = Schema(schema);
        let mut facts = UnionFacts {
            tag: view.tag().map(str::to_owned),
            parent_tag: view.parent_tag().map(str::to_owned),
            ..UnionFacts::default()
        };
        self.add_variants(schema, &mut facts, &mut BTreeSet::new())?;
        for mapping in [
            "/discriminator/mapping",
            "/x-harness-mapping",
            "/x-harness-parent-tag/mapping",
        ] {
            for (value, target) in view.mapping(mapping).into_iter().flatten() {
                let Some(key) = key_of(&self.named(target)?) else {
                    continue;
                };
                if facts.variants.contains(&key) && !facts.tags.iter().any(|(tag, _)| tag == value)
                {
                    facts.tags.push((value.to_owned(), key));
                }
            }
        }
        // Without a mapping, a discriminator's values are the names of the schemas.
        if facts.tags.is_empty() && schema.pointer("/discriminator/propertyName").is_some() {
            for variant in view.alternatives().into_iter().flatten() {
                if let Some((name, _)) = self.target(variant)
                    && let Some(key) = key_of(&self.component(name)?)
                {
                    facts.tags.push((name.to_owned(), key));
                }
            }
        }
        facts.tags.sort();
        Ok(facts)
    }

    /// Adds the variants of a union, and of those among them that are unions, each of which is looked at once.
    fn add_variants(
        &mut self,
        schema: &Value,
        facts: &mut UnionFacts,
        seen: &mut BTreeSet<String>,
    ) -> Result<()> {
        for variant in Schema(schema).alternatives().into_iter().flatten() {
            let Some((name, target)) = self.target(variant) else {
                continue;
            };
            if self.kind(variant, 0) == Kind::Union {
                if seen.insert(name.to_owned()) {
                    self.add_variants(target, facts, seen)?;
                }
            } else if let Some(key) = key_of(&self.component(name)?)
                && !facts.variants.contains(&key)
            {
                facts.variants.push(key);
            }
        }
        Ok(())
    }
}
