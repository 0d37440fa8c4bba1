//! Pipelines: YAML, stored as it was sent.

use serde_json::{Value, json};

use super::yaml::Document;
use super::{Answer, Handler, ng, on};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind};

const VIEW: &str = "core_pipeline_view";
const EDIT: &str = "core_pipeline_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("getPipelineList", VIEW, list),
    on("getPipeline", VIEW, read),
    on("postPipelineV2", EDIT, create),
    on("updatePipelineV2", EDIT, update),
    on("deletePipeline", "core_pipeline_delete", delete),
];

pub(super) const KIND: Kind = "Pipeline";

/// Returns the identifier and the stored entity if the text is a pipeline.
fn body(request: &Received) -> Result<(String, Value), Refusal> {
    let text = request.text();
    let document = Document::parse(&text)?;
    let Some(named) = document.named("pipeline") else {
        return Err(Refusal::invalid(
            "the YAML has no `pipeline` with an `identifier`",
        ));
    };
    if named.name.is_empty() {
        return Err(Refusal::invalid(
            "the name of the pipeline must not be empty",
        ));
    }
    let description = document.text(&["pipeline", "description"]);
    let body = json!({"name": named.name, "description": description, "yaml": text});
    Ok((named.id, body))
}

fn summary(entity: &Entity) -> Value {
    let text = entity.body["yaml"].as_str().unwrap_or_default();
    // It was parsed when it was saved.
    let stages = Document::parse(text).map_or_else(|_| Vec::new(), |document| document.stages());
    json!({
        "identifier": entity.id, "name": entity.body["name"], "description": entity.body["description"],
        "tags": {}, "version": entity.version, "numOfStages": stages.len(), "stageNames": stages,
        "createdAt": entity.created, "lastUpdatedAt": entity.updated, "modules": [], "filters": {},
        "gitDetails": null, "storeType": "INLINE", "isDraft": false,
    })
}

fn list(state: &mut State, request: &Received) -> Answer {
    let filter = request.json();
    let ids = ng::texts(&filter["pipelineIdentifiers"]);
    let name = filter["name"].as_str();
    let search = request.query("searchTerm").unwrap_or_default();
    let found = state.store.list(KIND, &request.place());
    let rows = found
        .into_iter()
        .filter(|entity| ng::among(&ids, entity) && entity.holds(search))
        .filter(|entity| name.is_none() || entity.body["name"].as_str() == name)
        .map(summary)
        .collect();
    ng::data(request, Page::of(request, rows).spring())
}

fn read(state: &mut State, request: &Received) -> Answer {
    let entity = state
        .store
        .get(KIND, &request.place(), request.id("pipelineIdentifier"))?;
    let resolved = request.query("getTemplatesResolvedPipeline") == Some("true");
    let text = &entity.body["yaml"];
    let pipeline = json!({
        "yamlPipeline": text, "gitDetails": null, "storeType": "INLINE", "modules": [],
        "resolvedTemplatesPipelineYaml": if resolved { text.clone() } else { Value::Null },
        "entityValidityDetails": {"valid": true, "invalidYaml": null}, "validationUuid": null,
    });
    Ok(ng::data(request, pipeline)?.header("ETag", entity.version))
}

fn create(state: &mut State, request: &Received) -> Answer {
    let (id, body) = body(request)?;
    let place = request.place();
    state.exists(&place)?;
    if let Some(governance) = state.governance("pipeline") {
        return saved(request, None, governance);
    }
    state.store.create(KIND, &place, &id, body)?;
    saved(request, Some(&id), Value::Null)
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (id, body) = body(request)?;
    let place = request.place();
    if id != request.id("pipelineIdentifier") {
        return Err(Refusal::invalid(
            "the identifier of a pipeline cannot be changed",
        ));
    }
    state.store.get(KIND, &place, &id)?;
    if let Some(governance) = state.governance("pipeline") {
        return saved(request, None, governance);
    }
    let version = request.header("if-match");
    state.store.update(KIND, &place, &id, body, version)?;
    saved(request, Some(&id), Value::Null)
}

/// Returns the response to a saved pipeline: its identifier, and the result of the policies.
fn saved(request: &Received, id: Option<&str>, governance: Value) -> Answer {
    ng::data(
        request,
        json!({"identifier": id, "governanceMetadata": governance}),
    )
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let (place, id) = (request.place(), request.id("pipelineIdentifier"));
    state
        .store
        .delete(KIND, &place, id, request.header("if-match"))?;
    super::input_sets::delete_all(state, &place, id);
    ng::data(request, true.into())
}
