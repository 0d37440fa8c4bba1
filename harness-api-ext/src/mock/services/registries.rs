//! Artifact registries. Their references contain account, organization and project, separated by slashes.

use serde_json::{Value, json};

use super::{Answer, Handler, ng, on};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind, Place};

const VIEW: &str = "artifact_artregistry_view";
const EDIT: &str = "artifact_artregistry_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("GetAllRegistries", VIEW, list),
    on("GetRegistry", VIEW, read),
    on("CreateRegistry", EDIT, create),
    on("ModifyRegistry", EDIT, update),
    on("DeleteRegistry", "artifact_artregistry_delete", delete),
];

const KIND: Kind = "registry";

/// Returns the place in a reference.
fn space(reference: &str) -> Place {
    let mut parts = reference
        .trim_matches('/')
        .split('/')
        .skip(1)
        .map(str::to_owned);
    Place {
        org: parts.next(),
        project: parts.next(),
    }
}

/// Returns the place and the identifier in a reference to a registry.
fn registry(request: &Received) -> (Place, &str) {
    let reference = request.id("registry_ref");
    let (place, id) = reference.rsplit_once('/').unwrap_or(("", reference));
    (space(place), id)
}

fn view(entity: &Entity) -> Value {
    let mut registry = entity.body.clone();
    registry["createdAt"] = entity.created.to_string().into();
    registry["modifiedAt"] = entity.updated.to_string().into();
    registry["url"] = format!("https://pkg.example.com/{}", entity.id).into();
    registry
}

fn give(status: u16, data: Value) -> Answer {
    Ok(Reply::json(
        status,
        &json!({"status": "SUCCESS", "data": data}),
    ))
}

fn list(state: &mut State, request: &Received) -> Answer {
    let kinds = ng::values(request, "package_type");
    let search = request.query("search_term").unwrap_or_default();
    let found = state.store.list(KIND, &space(request.id("space_ref")));
    let rows = found
        .into_iter()
        .filter(|entity| entity.holds(search))
        .filter(|entity| {
            let kind = entity.body["packageType"].as_str().unwrap_or_default();
            kinds.is_empty() || kinds.iter().any(|wanted| wanted == kind)
        })
        .map(|entity| {
            let mut row = view(entity);
            row["type"] = entity.body["config"]["type"].clone();
            row
        })
        .collect();
    Ok(Reply::json(200, &Page::of(request, rows).har("registries")))
}

fn read(state: &mut State, request: &Received) -> Answer {
    let (place, id) = registry(request);
    let entity = state.store.get(KIND, &place, id)?;
    give(200, view(entity))
}

fn create(state: &mut State, request: &Received) -> Answer {
    let body = request.json();
    let parent = body["parentRef"].as_str();
    let place = space(request.query("space_ref").or(parent).unwrap_or_default());
    let id = body["identifier"].as_str().unwrap_or_default().to_owned();
    if id.is_empty() || body["packageType"].as_str().is_none() {
        return Err(Refusal::invalid("identifier and packageType are required"));
    }
    state.exists(&place)?;
    let entity = state.store.create(KIND, &place, &id, body)?;
    give(201, view(entity))
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (place, id) = registry(request);
    let entity = state.store.update(KIND, &place, id, request.json(), None)?;
    give(200, view(entity))
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let (place, id) = registry(request);
    state.store.delete(KIND, &place, id, None)?;
    Ok(Reply::json(200, &json!({"status": "SUCCESS"})))
}
