//! Refinement: reads the names and types that progenitor chose off its output, and joins them with what
//! lowering kept aside. The result says everything that the emitter needs, in terms of Rust.

mod operations;
mod ty;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::{
    api::{Api, Group, Module, Type, short},
    lower::Lowered,
    partition::Partition,
};

/// Joins what lowering kept with what progenitor made of each module.
pub fn refine(lowered: &Lowered, partition: &Partition, files: &[syn::File]) -> Result<Api> {
    let mut types: BTreeMap<String, Type> = BTreeMap::new();
    let mut modules = Vec::new();
    for (part, file) in partition.parts.iter().zip(files) {
        let keys = part
            .reached
            .keys()
            .map(|key| (short(key).to_owned(), key.clone()))
            .collect();
        let known = ty::Known { keys };
        let structs = types::structs(file);
        for key in part.reached.keys() {
            if !types.contains_key(key) {
                let made = types::refine(lowered, key, &structs, &known)
                    .with_context(|| format!("type {key} of module {}", part.name))?;
                types.insert(key.clone(), made);
            }
        }
        let methods = operations::methods(file);
        let mut operations = Vec::new();
        for &index in &part.operations {
            let facts = &lowered.operations[index];
            operations.push(
                operations::refine(facts, &methods, &known)
                    .with_context(|| format!("operation {}", facts.id))?,
            );
        }
        let own = part
            .reached
            .iter()
            .filter(|(key, _)| {
                partition
                    .owners
                    .get(*key)
                    .is_some_and(|owners| owners.len() == 1)
            })
            .map(|(key, tags)| (key.clone(), tags.clone()))
            .collect();
        modules.push(Module {
            name: part.name.clone(),
            title: part.title.clone(),
            operations,
            types: own,
        });
    }
    let mut losses = lowered.losses.clone();
    losses.sort();
    Ok(Api {
        modules,
        groups: groups(partition),
        types,
        losses,
    })
}

/// Shared types, by the set of modules that use them.
fn groups(partition: &Partition) -> Vec<Group> {
    let mut by_owners: BTreeMap<&BTreeSet<String>, BTreeSet<String>> = BTreeMap::new();
    for (key, owners) in &partition.owners {
        if owners.len() > 1 {
            by_owners.entry(owners).or_default().insert(key.clone());
        }
    }
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for owners in by_owners.keys() {
        *names.entry(group_name(owners)).or_default() += 1;
    }
    by_owners
        .into_iter()
        .map(|(owners, types)| {
            let mut name = group_name(owners);
            // `a_b` and `c`, or `a` and `b_c`.
            if names.get(&name).is_some_and(|count| *count > 1) {
                name = format!("{name}_{:016x}", hash(owners));
            }
            Group {
                name,
                modules: owners.clone(),
                types,
            }
        })
        .collect()
}

/// FNV-1a of the names.
fn hash(owners: &BTreeSet<String>) -> u64 {
    let names: Vec<&str> = owners.iter().map(String::as_str).collect();
    let names = names.join(" ");
    names.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn group_name(owners: &BTreeSet<String>) -> String {
    // An underscore that keeps a module apart from a keyword is not needed within a longer name.
    let all: Vec<&str> = owners
        .iter()
        .map(|owner| owner.trim_end_matches('_'))
        .collect();
    let full = all.join("_");
    if full.len() <= 40 {
        return full;
    }
    // Long lists are told apart by a short hash of the whole list.
    let hash = all
        .join(" ")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!(
        "{}_{}_and_{}_more_{:04x}",
        all.first().unwrap_or(&""),
        all.get(1).unwrap_or(&""),
        all.len().saturating_sub(2),
        hash & 0xffff
    )
}
