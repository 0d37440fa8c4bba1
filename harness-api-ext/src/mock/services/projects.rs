//! Projects.

use serde_json::{Value, json};

use super::ng::{self, Shape};
use super::{Answer, Handler, on};
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::{Entity, Place};

pub(super) const HANDLERS: &[Handler] = &[
    on("getProjectList", "core_project_view", list),
    on("getProject", "core_project_view", read),
    on("postProject", "core_project_create", create),
    on("putProject", "core_project_edit", update),
    on("deleteProject", "core_project_delete", delete),
];

const SHAPE: Shape = Shape {
    kind: "Project",
    sent: Some("project"),
    given: "project",
    view,
};

fn view(entity: &Entity) -> Value {
    let mut project = entity.body.clone();
    project["orgIdentifier"] = json!(entity.place.org);
    json!({
        "project": project, "createdAt": entity.created, "lastModifiedAt": entity.updated,
        "isFavorite": false,
    })
}

/// Returns the place of a project. Without an organization, it is the built-in one.
fn place(request: &Received) -> Place {
    Place::org(request.query("orgIdentifier").unwrap_or("default"))
}

fn list(state: &mut State, request: &Received) -> Answer {
    let org = request.query("orgIdentifier").map(str::to_owned);
    let wanted = ng::values(request, "identifiers");
    let at = |place: &Place| org.is_none() || place.org == org;
    SHAPE.list(state, request, at, |entity| ng::among(&wanted, entity))
}

fn read(state: &mut State, request: &Received) -> Answer {
    SHAPE.read(state, request, &place(request), request.id("identifier"))
}

fn create(state: &mut State, request: &Received) -> Answer {
    SHAPE.create(state, request, &place(request))
}

fn update(state: &mut State, request: &Received) -> Answer {
    SHAPE.update(state, request, &place(request))
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let (place, id) = (place(request), request.id("identifier"));
    let answer = SHAPE.delete(state, request, &place, id)?;
    state.store.delete_within(&Place {
        project: Some(id.to_owned()),
        ..place
    });
    Ok(answer)
}
