//! Organizations, of the older and the newer service.

use serde_json::{Value, json};

use super::ng::{self, Shape};
use super::{Answer, Handler, on};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::{Entity, Place};

const VIEW: &str = "core_organization_view";
const CREATE: &str = "core_organization_create";
const EDIT: &str = "core_organization_edit";
const DELETE: &str = "core_organization_delete";

pub(super) const HANDLERS: &[Handler] = &[
    on("getOrganizationList", VIEW, list),
    on("getOrganization", VIEW, read),
    on("postOrganization", CREATE, create),
    on("putOrganization", EDIT, update),
    on("deleteOrganization", DELETE, delete),
    on("get-organizations", VIEW, rest_list),
    on("get-organization", VIEW, rest_read),
    on("create-organization", CREATE, rest_create),
    on("update-organization", EDIT, rest_update),
    on("delete-organization", DELETE, rest_delete),
];

const SHAPE: Shape = Shape {
    kind: "Organization",
    sent: Some("organization"),
    given: "organization",
    view,
};

const REST: Shape = Shape {
    sent: Some("org"),
    given: "org",
    view: rest_view,
    ..SHAPE
};

fn view(entity: &Entity) -> Value {
    json!({
        "organization": entity.body, "createdAt": entity.created, "lastModifiedAt": entity.updated,
        "harnessManaged": entity.id == "default",
    })
}

fn rest_view(entity: &Entity) -> Value {
    json!({
        "org": entity.body, "created": entity.created, "updated": entity.updated,
        "harness_managed": entity.id == "default",
    })
}

fn list(state: &mut State, request: &Received) -> Answer {
    let wanted = ng::values(request, "identifiers");
    SHAPE.list(
        state,
        request,
        |_| true,
        |entity| ng::among(&wanted, entity),
    )
}

fn read(state: &mut State, request: &Received) -> Answer {
    SHAPE.read(state, request, &Place::default(), request.id("identifier"))
}

fn create(state: &mut State, request: &Received) -> Answer {
    SHAPE.create(state, request, &Place::default())
}

fn update(state: &mut State, request: &Received) -> Answer {
    SHAPE.update(state, request, &Place::default())
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let id = request.id("identifier");
    let answer = SHAPE.delete(state, request, &Place::default(), id)?;
    state.store.delete_within(&Place::org(id));
    Ok(answer)
}

fn rest_list(state: &mut State, request: &Received) -> Answer {
    let wanted = ng::values(request, "org");
    let search = request.query("search_term").unwrap_or_default();
    let found = state.store.list(SHAPE.kind, &Place::default());
    let fitting = found
        .into_iter()
        .filter(|entity| entity.holds(search) && ng::among(&wanted, entity));
    Ok(Page::of(request, fitting.map(rest_view).collect()).rest())
}

fn rest_read(state: &mut State, request: &Received) -> Answer {
    let entity = state
        .store
        .get(SHAPE.kind, &Place::default(), request.id("org"))?;
    Ok(Reply::json(200, &rest_view(entity)))
}

fn rest_create(state: &mut State, request: &Received) -> Answer {
    let (id, body) = REST.body(request)?;
    let entity = state
        .store
        .create(SHAPE.kind, &Place::default(), &id, body)?;
    Ok(Reply::json(201, &rest_view(entity)))
}

fn rest_update(state: &mut State, request: &Received) -> Answer {
    let (id, body) = REST.body(request)?;
    if id != request.id("org") {
        return Err(Refusal::invalid("the identifier cannot be changed"));
    }
    let version = request.header("if-match");
    let entity = state
        .store
        .update(SHAPE.kind, &Place::default(), &id, body, version)?;
    Ok(Reply::json(200, &rest_view(entity)))
}

fn rest_delete(state: &mut State, request: &Received) -> Answer {
    let id = request.id("org");
    let entity = state
        .store
        .delete(SHAPE.kind, &Place::default(), id, None)?;
    state.store.delete_within(&Place::org(id));
    Ok(Reply::json(200, &rest_view(&entity)))
}
