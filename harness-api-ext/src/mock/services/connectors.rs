//! Connectors. This service responds with 400, not 404, if one is missing.

use serde_json::{Value, json};

use super::ng::{self, Shape};
use super::{Answer, Handler, on};
use crate::mock::envelope::Refusal;
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::{Entity, Place, now};

const VIEW: &str = "core_connector_view";
const EDIT: &str = "core_connector_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("getConnectorListV2", VIEW, list),
    on("getConnector", VIEW, read),
    on("createConnector", EDIT, create),
    on("updateConnector", EDIT, update),
    on("deleteConnector", "core_connector_delete", delete),
    on("getTestConnectionResult", "core_connector_access", test),
];

const SHAPE: Shape = Shape {
    kind: "Connector",
    sent: Some("connector"),
    given: "connector",
    view,
};

fn view(entity: &Entity) -> Value {
    json!({
        "connector": entity.body, "createdAt": entity.created, "lastModifiedAt": entity.updated,
        "status": null, "activityDetails": {"lastActivityTime": entity.updated},
        "harnessManaged": false, "gitDetails": null, "entityValidityDetails": null,
        "governanceMetadata": null, "isFavorite": false,
    })
}

/// Checks that a connector exists.
fn find(state: &mut State, place: &Place, id: &str) -> Result<(), Refusal> {
    let found = state.store.get(SHAPE.kind, place, id);
    found.map(drop).map_err(|refusal| refusal.status(400))
}

fn list(state: &mut State, request: &Received) -> Answer {
    let place = request.place();
    let filter = request.json();
    let above = request.query("includeAllConnectorsAvailableAtScope") == Some("true");
    let ids = ng::texts(&filter["connectorIdentifiers"]);
    let kinds = ng::texts(&filter["types"]);
    let at = |at: &Place| {
        let is_above = (at.org.is_none() || at.org == place.org)
            && (at.project.is_none() || at.project == place.project);
        *at == place || (above && is_above)
    };
    SHAPE.list(state, request, at, |entity| {
        let kind = entity.body["type"].as_str().unwrap_or_default();
        ng::among(&ids, entity) && (kinds.is_empty() || kinds.iter().any(|wanted| wanted == kind))
    })
}

fn read(state: &mut State, request: &Received) -> Answer {
    let (place, id) = (request.place(), request.id("identifier"));
    find(state, &place, id)?;
    SHAPE.read(state, request, &place, id)
}

fn create(state: &mut State, request: &Received) -> Answer {
    let (_, body) = SHAPE.body(request)?;
    SHAPE.create(state, request, &ng::place(request, &body))
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (id, body) = SHAPE.body(request)?;
    let place = ng::place(request, &body);
    find(state, &place, &id)?;
    SHAPE.update(state, request, &place)
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let (place, id) = (request.place(), request.id("identifier"));
    find(state, &place, id)?;
    SHAPE.delete(state, request, &place, id)
}

fn test(state: &mut State, request: &Received) -> Answer {
    find(state, &request.place(), request.id("identifier"))?;
    let result = json!({
        "status": "SUCCESS", "errors": null, "errorSummary": null, "testedAt": now(),
        "delegateId": "mock-delegate",
    });
    ng::data(request, result)
}
