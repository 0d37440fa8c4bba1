//! GitOps agents, which become healthy when they are read, and applications, which become healthy after a sync.

use serde_json::{Value, json};

use super::{Answer, Handler, ng, on};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind, Place};

const AGENT_VIEW: &str = "gitops_agent_view";
const AGENT_EDIT: &str = "gitops_agent_edit";
const VIEW: &str = "gitops_application_view";
const EDIT: &str = "gitops_application_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("AgentServiceForServer_List", AGENT_VIEW, list_agents),
    on("AgentServiceForServer_Get", AGENT_VIEW, read_agent),
    on("AgentServiceForServer_Create", AGENT_EDIT, create_agent),
    on("AgentServiceForServer_Update", AGENT_EDIT, update_agent),
    on(
        "AgentServiceForServer_Delete",
        "gitops_agent_delete",
        delete_agent,
    ),
    on("ApplicationService_ListApps", VIEW, list),
    on("AgentApplicationService_List", VIEW, list_of_agent),
    on("AgentApplicationService_Get", VIEW, read),
    on("AgentApplicationService_Create", EDIT, create),
    on("AgentApplicationService_Update", EDIT, update),
    on(
        "AgentApplicationService_Sync",
        "gitops_application_sync",
        sync,
    ),
    on(
        "AgentApplicationService_Delete",
        "gitops_application_delete",
        delete,
    ),
];

const AGENT: Kind = "agent";
const APPLICATION: Kind = "application";

fn agent(state: &State, entity: &Entity) -> Value {
    let healthy = entity.looks > 1;
    let status = if healthy {
        "HEALTHY"
    } else {
        "HEALTH_STATUS_UNSET"
    };
    let mut agent = entity.body.clone();
    agent["accountIdentifier"] = json!(state.account);
    agent["orgIdentifier"] = json!(entity.place.org);
    agent["projectIdentifier"] = json!(entity.place.project);
    agent["health"] = json!({
        "harnessGitopsAgent": {"status": status, "message": ""},
        "argoAppController": {"status": status}, "argoRepoServer": {"status": status},
        "argoRedisServer": {"status": status},
        "connectionStatus": if healthy { "CONNECTED" } else { "DISCONNECTED" },
    });
    agent
}

fn list_agents(state: &mut State, request: &Received) -> Answer {
    let search = request.query("searchTerm").unwrap_or_default();
    let found = state.store.list(AGENT, &request.place());
    let fitting = found.into_iter().filter(|entity| entity.holds(search));
    let rows = fitting.map(|entity| agent(state, entity)).collect();
    Ok(Reply::json(200, &Page::of(request, rows).ng()))
}

fn read_agent(state: &mut State, request: &Received) -> Answer {
    let entity = state
        .store
        .get(AGENT, &request.place(), request.id("identifier"))?;
    entity.looks += 1;
    let entity = entity.clone();
    Ok(Reply::json(200, &agent(state, &entity)))
}

fn create_agent(state: &mut State, request: &Received) -> Answer {
    let body = request.json();
    let place = ng::place(request, &body);
    let id = body["identifier"].as_str().unwrap_or_default().to_owned();
    if id.is_empty() || body["name"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::invalid(
            "identifier and name of an agent are required",
        ));
    }
    state.exists(&place)?;
    let entity = state.store.create(AGENT, &place, &id, body)?.clone();
    let mut answer = agent(state, &entity);
    // Shown only once.
    answer["credentials"] =
        json!({"privateKey": "mock-private-key", "publicKey": "mock-public-key"});
    Ok(Reply::json(200, &answer))
}

fn update_agent(state: &mut State, request: &Received) -> Answer {
    let body = request.json();
    let place = ng::place(request, &body);
    let entity = state
        .store
        .update(AGENT, &place, request.id("identifier"), body, None)?
        .clone();
    Ok(Reply::json(200, &agent(state, &entity)))
}

fn delete_agent(state: &mut State, request: &Received) -> Answer {
    let (place, id) = (request.place(), request.id("identifier"));
    let entity = state.store.delete(AGENT, &place, id, None)?;
    Ok(Reply::json(200, &agent(state, &entity)))
}

/// Returns a key that contains the agent, because applications of different agents may have the same name.
fn key(request: &Received, name: &str) -> String {
    format!("{}/{name}", request.id("agentIdentifier"))
}

/// Returns the view of an application. `sent` of its body is the sent application, and `synced` is whether a sync was
/// started.
fn view(state: &State, entity: &Entity) -> Value {
    let (agent, name) = entity.id.split_once('/').unwrap_or_default();
    let mut app = entity.body["sent"].clone();
    app["status"] = match (entity.body["synced"].as_bool(), entity.looks) {
        (Some(true), 0 | 1) => json!({
            "sync": {"status": "OutOfSync"}, "health": {"status": "Progressing"},
            "operationState": {"phase": "Running", "message": "syncing"},
        }),
        (Some(true), _) => json!({
            "sync": {"status": "Synced"}, "health": {"status": "Healthy"},
            "operationState": {"phase": "Succeeded", "message": "successfully synced"},
        }),
        _ => json!({"sync": {"status": "OutOfSync"}, "health": {"status": "Missing"}}),
    };
    json!({
        "accountIdentifier": state.account, "orgIdentifier": entity.place.org,
        "projectIdentifier": entity.place.project, "agentIdentifier": agent, "name": name, "app": app,
        "stale": false,
    })
}

fn rows(state: &State, place: &Place, fits: impl Fn(&Entity) -> bool) -> Vec<Value> {
    let found = state.store.list(APPLICATION, place);
    found
        .into_iter()
        .filter(|entity| fits(entity))
        .map(|entity| view(state, entity))
        .collect()
}

fn list(state: &mut State, request: &Received) -> Answer {
    let body = request.json();
    let search = body["searchTerm"].as_str().unwrap_or_default();
    let rows = rows(state, &ng::place(request, &body), |entity| {
        entity.holds(search)
    });
    Ok(Reply::json(200, &Page::of(request, rows).ng()))
}

fn list_of_agent(state: &mut State, request: &Received) -> Answer {
    let start = key(request, "");
    let mut rows = rows(state, &request.place(), |entity| {
        entity.id.starts_with(&start)
    });
    let items: Vec<Value> = rows.iter_mut().map(|row| row["app"].take()).collect();
    Ok(Reply::json(200, &json!({"metadata": {}, "items": items})))
}

fn read(state: &mut State, request: &Received) -> Answer {
    let id = key(request, request.id("request.name"));
    let entity = state.store.get(APPLICATION, &request.place(), &id)?;
    entity.looks += 1;
    give(state, request, &id)
}

fn give(state: &mut State, request: &Received, id: &str) -> Answer {
    let entity = state.store.get(APPLICATION, &request.place(), id)?.clone();
    Ok(Reply::json(200, &view(state, &entity)))
}

/// Returns name and content of the application in a request.
fn sent(request: &Received) -> Result<(String, Value), Refusal> {
    let application = request.json()["application"].take();
    match application["metadata"]["name"].as_str() {
        Some(name) if !name.is_empty() => {
            let body = json!({"name": name, "sent": application, "synced": false});
            Ok((name.to_owned(), body))
        }
        _ => Err(Refusal::invalid("application.metadata.name is required")),
    }
}

fn create(state: &mut State, request: &Received) -> Answer {
    let place = request.place();
    state
        .store
        .get(AGENT, &place, request.id("agentIdentifier"))?;
    let (name, body) = sent(request)?;
    let id = key(request, &name);
    state.store.create(APPLICATION, &place, &id, body)?;
    give(state, request, &id)
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (_, mut body) = sent(request)?;
    let place = request.place();
    let id = key(request, request.id("request.name"));
    body["synced"] = state.store.get(APPLICATION, &place, &id)?.body["synced"].clone();
    state.store.update(APPLICATION, &place, &id, body, None)?;
    give(state, request, &id)
}

fn sync(state: &mut State, request: &Received) -> Answer {
    let id = key(request, request.id("request.name"));
    let entity = state.store.get(APPLICATION, &request.place(), &id)?;
    entity.body["synced"] = true.into();
    entity.looks = 0;
    give(state, request, &id)
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let id = key(request, request.id("request.name"));
    state
        .store
        .delete(APPLICATION, &request.place(), &id, None)?;
    Ok(Reply::json(200, &json!({})))
}
