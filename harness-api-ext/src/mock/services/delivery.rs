//! Services and environments.

use serde_json::{Value, json};

use super::ng::{self, Shape};
use super::{Answer, Handler, on};
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::Entity;

/// Handlers of an entity, which differ only in names.
macro_rules! delivered {
    (
        $module:ident, $kind:literal, $member:literal, $id:literal, $ids:literal
    ) => {
        mod $module {
            use super::*;

            const SHAPE: Shape = Shape {
                kind: $kind,
                sent: None,
                given: $member,
                view,
            };

            fn view(entity: &Entity) -> Value {
                json!({
                    $member: whole(entity), "createdAt": entity.created,
                    "lastModifiedAt": entity.updated,
                })
            }

            pub(super) fn list(state: &mut State, request: &Received) -> Answer {
                let place = request.place();
                let ids = ng::values(request, $ids);
                SHAPE.list(state, request, |at| *at == place, |entity| ng::among(&ids, entity))
            }

            pub(super) fn read(state: &mut State, request: &Received) -> Answer {
                SHAPE.read(state, request, &request.place(), request.id($id))
            }

            pub(super) fn create(state: &mut State, request: &Received) -> Answer {
                let (_, body) = SHAPE.body(request)?;
                SHAPE.create(state, request, &ng::place(request, &body))
            }

            pub(super) fn update(state: &mut State, request: &Received) -> Answer {
                let (_, body) = SHAPE.body(request)?;
                SHAPE.update(state, request, &ng::place(request, &body))
            }

            pub(super) fn delete(state: &mut State, request: &Received) -> Answer {
                SHAPE.delete(state, request, &request.place(), request.id($id))
            }
        }
    };
}

delivered!(
    services,
    "Service",
    "service",
    "serviceIdentifier",
    "serviceIdentifiers"
);
delivered!(
    environments,
    "Environment",
    "environment",
    "environmentIdentifier",
    "envIdentifiers"
);

pub(super) const HANDLERS: &[Handler] = &[
    on("getServiceList", "core_service_view", services::list),
    on("getServiceV2", "core_service_view", services::read),
    on("createServiceV2", "core_service_edit", services::create),
    on("updateServiceV2", "core_service_edit", services::update),
    on("deleteServiceV2", "core_service_delete", services::delete),
    on(
        "getEnvironmentList",
        "core_environment_view",
        environments::list,
    ),
    on(
        "getEnvironmentV2",
        "core_environment_view",
        environments::read,
    ),
    on(
        "createEnvironmentV2",
        "core_environment_edit",
        environments::create,
    ),
    on(
        "updateEnvironmentV2",
        "core_environment_edit",
        environments::update,
    ),
    on(
        "deleteEnvironmentV2",
        "core_environment_delete",
        environments::delete,
    ),
];

/// Returns the sent fields, and those that the server adds.
fn whole(entity: &Entity) -> Value {
    let mut body = entity.body.clone();
    body["deleted"] = false.into();
    body["version"] = entity.version.into();
    body["storeType"] = "INLINE".into();
    body
}
