//! Input sets of pipelines.

use serde_json::{Value, json};

use super::yaml::Document;
use super::{Answer, Handler, ng, on, pipelines};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind, Place};

const VIEW: &str = "core_pipeline_view";
const EDIT: &str = "core_pipeline_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("listInputSet", VIEW, list),
    on("getInputSet", VIEW, read),
    on("postInputSet", EDIT, create),
    on("putInputSet", EDIT, update),
    on("deleteInputSet", "core_pipeline_delete", delete),
];

const KIND: Kind = "InputSet";

/// Returns a key that contains the pipeline, because input sets of different pipelines may have the same identifier.
fn key(pipeline: &str, id: &str) -> String {
    format!("{pipeline}/{id}")
}

/// Checks that a pipeline has an input set.
pub(super) fn find(
    state: &mut State,
    place: &Place,
    pipeline: &str,
    id: &str,
) -> Result<(), Refusal> {
    state.store.get(KIND, place, &key(pipeline, id)).map(drop)
}

pub(super) fn delete_all(state: &mut State, place: &Place, pipeline: &str) {
    let start = key(pipeline, "");
    let of_pipeline = |entity: &&Entity| entity.id.starts_with(&start);
    let found = state.store.list(KIND, place);
    let ids: Vec<String> = found
        .into_iter()
        .filter(of_pipeline)
        .map(|entity| entity.id.clone())
        .collect();
    for id in ids {
        // It was just found.
        let _ = state.store.delete(KIND, place, &id, None);
    }
}

fn body(state: &mut State, request: &Received) -> Result<(String, Value), Refusal> {
    let text = request.text();
    let pipeline = request.query("pipelineIdentifier").unwrap_or_default();
    state
        .store
        .get(pipelines::KIND, &request.place(), pipeline)?;
    let Some(named) = Document::parse(&text)?.named("inputSet") else {
        return Err(Refusal::invalid(
            "the YAML has no `inputSet` with an `identifier`",
        ));
    };
    let body =
        json!({"identifier": named.id, "name": named.name, "pipeline": pipeline, "yaml": text});
    Ok((named.id, body))
}

fn view(state: &State, entity: &Entity) -> Value {
    json!({
        "accountId": state.account, "orgIdentifier": entity.place.org,
        "projectIdentifier": entity.place.project, "pipelineIdentifier": entity.body["pipeline"],
        "identifier": entity.body["identifier"], "name": entity.body["name"],
        "inputSetYaml": entity.body["yaml"], "tags": {}, "gitDetails": null,
        "isErrorResponse": false, "errorResponse": false, "inputSetErrorWrapper": null,
        "isOutdated": false,
    })
}

fn list(state: &mut State, request: &Received) -> Answer {
    let pipeline = request.query("pipelineIdentifier");
    let search = request.query("searchTerm").unwrap_or_default();
    let found = state.store.list(KIND, &request.place());
    let rows = found
        .into_iter()
        .filter(|entity| entity.body["pipeline"].as_str() == pipeline && entity.holds(search))
        .map(|entity| {
            json!({
                "identifier": entity.body["identifier"], "name": entity.body["name"],
                "pipelineIdentifier": entity.body["pipeline"], "inputSetType": "INPUT_SET",
                "createdAt": entity.created, "lastUpdatedAt": entity.updated, "tags": {},
                "isOutdated": false,
            })
        })
        .collect();
    ng::data(request, Page::of(request, rows).ng())
}

fn id(request: &Received) -> String {
    let pipeline = request.query("pipelineIdentifier").unwrap_or_default();
    key(pipeline, request.id("inputSetIdentifier"))
}

fn give(state: &mut State, request: &Received, id: &str) -> Answer {
    let entity = state.store.get(KIND, &request.place(), id)?.clone();
    ng::data(request, view(state, &entity))
}

fn read(state: &mut State, request: &Received) -> Answer {
    give(state, request, &id(request))
}

fn create(state: &mut State, request: &Received) -> Answer {
    let (id, body) = body(state, request)?;
    let id = key(request.query("pipelineIdentifier").unwrap_or_default(), &id);
    state.store.create(KIND, &request.place(), &id, body)?;
    give(state, request, &id)
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (_, body) = body(state, request)?;
    let version = request.header("if-match");
    state
        .store
        .update(KIND, &request.place(), &id(request), body, version)?;
    give(state, request, &id(request))
}

fn delete(state: &mut State, request: &Received) -> Answer {
    state.store.delete(
        KIND,
        &request.place(),
        &id(request),
        request.header("if-match"),
    )?;
    ng::data(request, true.into())
}
