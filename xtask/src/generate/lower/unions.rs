//! The variants of a union and the tags that tell them apart.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    UnionFacts,
    schemas::{COMPONENTS, Kind, Schemas, Spot, alternatives, key_of, tag_of},
};

impl Schemas<'_> {
    /// What tells the variants of a union apart.
    pub(super) fn union(&mut self, schema: &Value) -> Result<UnionFacts> {
        let mut facts = UnionFacts::default();
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        facts.tag = tag_of(schema);
        facts.parent_tag = text(schema.pointer("/x-harness-parent-tag/property"));
        self.add_variants(schema, &mut facts, &mut BTreeSet::new())?;
        for mapping in [
            "/discriminator/mapping",
            "/x-harness-mapping",
            "/x-harness-parent-tag/mapping",
        ] {
            let Some(Value::Object(mapping)) = schema.pointer(mapping) else {
                continue;
            };
            for (value, target) in mapping {
                let target = match target.as_str() {
                    Some(target) if target.starts_with(COMPONENTS) => target.to_owned(),
                    Some(target) => format!("{COMPONENTS}{target}"),
                    None => continue,
                };
                let lowered = self.lower(
                    &json!({"$ref": target}),
                    &Spot {
                        module: None,
                        parent: "Union".into(),
                        member: value.clone(),
                        origin: target.clone(),
                    },
                )?;
                let Some(key) = key_of(&lowered) else {
                    continue;
                };
                if facts.variants.contains(&key) && !facts.tags.iter().any(|(tag, _)| tag == value)
                {
                    facts.tags.push((value.clone(), key));
                }
            }
        }
        // Without a mapping, a discriminator's values are the names of the schemas.
        if facts.tags.is_empty() && schema.pointer("/discriminator/propertyName").is_some() {
            for variant in alternatives(schema).into_iter().flatten() {
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
        for variant in alternatives(schema).into_iter().flatten() {
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
