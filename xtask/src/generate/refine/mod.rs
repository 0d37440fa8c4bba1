//! Refinement: joins the names and types that progenitor chose with what lowering kept aside. The result says everything
//! that the emitter needs, in terms of Rust.

mod operations;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    api::{Api, Group, Module, Type},
    diagnostics::Diagnostics,
    lower::Lowered,
    partition::Partition,
    progenitor::Outline,
};

/// Joins what lowering kept with what progenitor decided for each module. What does not fit is left out.
pub fn refine(
    lowered: &Lowered,
    partition: &Partition,
    outlines: &[Outline],
    diagnostics: &mut Diagnostics,
) -> Api {
    let mut types: BTreeMap<String, Type> = BTreeMap::new();
    let mut modules = Vec::new();
    for (part, outline) in partition.parts.iter().zip(outlines) {
        for key in part.reached.keys() {
            if !types.contains_key(key) {
                let place = format!("type {key} of module {}", part.name);
                let made = types::refine(lowered, key, outline);
                types.extend(diagnostics.ok(&place, made).map(|ty| (key.clone(), ty)));
            }
        }
        let operations = part.operations.iter().filter_map(|&index| {
            let facts = &lowered.operations[index];
            let place = format!("operation {}", facts.operation.id);
            diagnostics.ok(&place, operations::refine(facts, outline))
        });
        let operations = operations.collect();
        let own = part.reached.iter().filter(|(key, _)| {
            let owners = partition.owners.get(*key);
            owners.is_some_and(|owners| owners.len() == 1)
        });
        modules.push(Module {
            name: part.name.clone(),
            title: part.title.clone(),
            operations,
            types: own.map(|(key, tags)| (key.clone(), tags.clone())).collect(),
            ..Module::default()
        });
    }
    Api {
        modules,
        groups: groups(partition),
        types,
    }
}

/// Groups shared types by the set of modules that use them.
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
                let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
                name = format!("{name}_{:016x}", hash(&owners));
            }
            Group {
                name,
                modules: owners.clone(),
                types,
            }
        })
        .collect()
}

/// Returns the FNV-1a hash of names.
fn hash(names: &[&str]) -> u64 {
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
    let hash = hash(&all);
    format!(
        "{}_{}_and_{}_more_{:04x}",
        all.first().unwrap_or(&""),
        all.get(1).unwrap_or(&""),
        all.len().saturating_sub(2),
        hash & 0xffff
    )
}
