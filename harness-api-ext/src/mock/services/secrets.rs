//! Secrets: texts, and files sent as forms. Values are never returned.

use serde_json::{Value, json};

use super::ng::{self, Shape};
use super::{Answer, Handler, on};
use crate::mock::envelope::Refusal;
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::Entity;

const VIEW: &str = "core_secret_view";
const EDIT: &str = "core_secret_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("listSecretsV3", VIEW, list),
    on("listSecretsV4", VIEW, list),
    on("getSecretV2", VIEW, read),
    on("postSecret", EDIT, create),
    on("putSecret", EDIT, update),
    on("postSecretFileV2", EDIT, create_file),
    on("putSecretFileV2", EDIT, update_file),
    on("deleteSecretV2", "core_secret_delete", delete),
];

const SHAPE: Shape = Shape {
    kind: "Secret",
    sent: Some("secret"),
    given: "secret",
    view,
};

fn view(entity: &Entity) -> Value {
    let mut secret = entity.body.clone();
    if let Some(spec) = secret["spec"].as_object_mut()
        && spec.contains_key("value")
        && spec.get("valueType").and_then(Value::as_str) == Some("Inline")
    {
        spec.insert("value".to_owned(), Value::Null);
    }
    json!({
        "secret": secret, "createdAt": entity.created, "updatedAt": entity.updated, "draft": false,
    })
}

fn list(state: &mut State, request: &Received) -> Answer {
    let place = request.place();
    let filter = request.json();
    let ids = ng::texts(&filter["identifiers"]);
    let kinds = ng::texts(&filter["secretTypes"]);
    let search = filter["searchTerm"].as_str().unwrap_or_default();
    SHAPE.list(
        state,
        request,
        |at| *at == place,
        |entity| {
            let kind = entity.body["type"].as_str().unwrap_or_default();
            ng::among(&ids, entity)
                && entity.holds(search)
                && (kinds.is_empty() || kinds.iter().any(|wanted| wanted == kind))
        },
    )
}

fn read(state: &mut State, request: &Received) -> Answer {
    SHAPE.read(state, request, &request.place(), request.id("identifier"))
}

fn create(state: &mut State, request: &Received) -> Answer {
    let (_, body) = SHAPE.body(request)?;
    SHAPE.create(state, request, &ng::place(request, &body))
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (_, body) = SHAPE.body(request)?;
    SHAPE.update(state, request, &ng::place(request, &body))
}

fn delete(state: &mut State, request: &Received) -> Answer {
    SHAPE.delete(state, request, &request.place(), request.id("identifier"))
}

/// Returns the request in the description part of the form: the file itself is not stored.
fn of_form(request: &Received) -> Result<Received, Refusal> {
    let spec = request.part("spec").unwrap_or_default();
    if serde_json::from_slice::<Value>(&spec).is_err() {
        return Err(Refusal::invalid("the part `spec` of the form is not JSON"));
    }
    Ok(request.with_body(spec))
}

fn create_file(state: &mut State, request: &Received) -> Answer {
    create(state, &of_form(request)?)
}

fn update_file(state: &mut State, request: &Received) -> Answer {
    update(state, &of_form(request)?)
}
