//! Writes the twins of the generated types that the bench compares with: for the responses of three operations, the
//! types as serde's derive would have them, and as progenitor makes them.

mod derived;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use xtask::generate::{
    Pipeline,
    api::{Api, ResponseBody},
    lower::Lowered,
    partition::{map::ModuleMap, partition},
    progenitor, refine, workspace_lowered,
};

/// The operations whose responses are compared.
const OPERATIONS: [&str; 3] = ["getPipelineList", "listPullReq", "getExecutionDetailV2"];

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the workspace has no folder")?;
    for input in ["tests/benches/build", "openapi"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);

    let Pipeline {
        mut lowered,
        mut diagnostics,
        ..
    } = workspace_lowered(root)?;
    lowered
        .operations
        .retain(|it| OPERATIONS.contains(&it.operation.id.as_str()));
    let map = ModuleMap::load(&root.join("openapi/modules.toml"))?;
    let partition = partition(&lowered, &map);
    let outlines = partition
        .parts
        .iter()
        .map(|part| progenitor::outline(&lowered, part))
        .collect::<Result<Vec<_>>>()?;
    let api = refine::refine(&lowered, &partition, &outlines, &mut diagnostics);
    diagnostics.check()?;
    let twins = derived::types(&api, &answers(&api)?)?;
    std::fs::write(out.join("derived.rs"), twins)?;

    spell(&mut lowered);
    for part in &partition.parts {
        let types = types(&progenitor::run(&lowered, part)?)?;
        std::fs::write(out.join(format!("stock_{}.rs", part.name)), types)?;
    }
    Ok(())
}

/// Puts back what the refinement knows and progenitor's own types lack: names and enum values on the wire. Times are
/// text, as no body has one, and chrono would come for them.
fn spell(lowered: &mut Lowered) {
    lowered.restore_wire_names();
    for (key, facts) in &lowered.types {
        let Some(schema) = lowered.components.get_mut(key) else {
            continue;
        };
        if let Some(variants) = &facts.variants {
            schema["enum"] = variants.iter().map(|(_, text)| text.as_str()).collect();
        }
        let members = schema.get_mut("properties").and_then(Value::as_object_mut);
        let members = members.into_iter().flat_map(Map::values_mut);
        for member in members.filter_map(Value::as_object_mut) {
            if member
                .get("format")
                .is_some_and(|format| format == "date-time")
            {
                member.remove("format");
            }
        }
    }
}

/// Keys of the types that the operations response.
fn answers(api: &Api) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for id in OPERATIONS {
        let operation = api
            .modules
            .iter()
            .flat_map(|module| &module.operations)
            .find(|operation| operation.id == id)
            .with_context(|| format!("there is no operation {id}"))?;
        match &operation.response {
            ResponseBody::Json(ty) => found.extend(ty.named().map(str::to_owned)),
            other => bail!("{id} answers {other:?}"),
        }
    }
    Ok(found)
}

/// The module of types in progenitor's output.
fn types(output: &syn::File) -> Result<String> {
    let module = output.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let (_, items) = module.context("progenitor's output has no types")?;
    Ok(prettyplease::unparse(&syn::parse2(
        quote::quote! { #(#items)* },
    )?))
}
