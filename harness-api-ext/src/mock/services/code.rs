//! Git repositories of Harness Code.

use serde_json::{Value, json};

use super::{Answer, Handler, on};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind, Place};

const VIEW: &str = "code_repo_view";
const EDIT: &str = "code_repo_edit";

pub(super) const HANDLERS: &[Handler] = &[
    on("listRepos", VIEW, list),
    on("getRepository", VIEW, read),
    on("createRepository", EDIT, create),
    on("updateRepository", EDIT, update),
    on("deleteRepository", "code_repo_delete", delete),
];

const KIND: Kind = "repository";

/// Returns place and identifier of the repository of a request. Its reference contains the place, or the query does.
fn repository(request: &Received) -> (Place, &str) {
    let reference = request.id("repo_identifier");
    let Some((place, id)) = reference.rsplit_once('/') else {
        return (request.place(), reference);
    };
    let mut parts = place.split('/').skip(1).map(str::to_owned);
    let place = Place {
        org: parts.next(),
        project: parts.next(),
    };
    (place, id)
}

fn view(account: &str, entity: &Entity) -> Value {
    let mut repository = entity.body.clone();
    let places = [
        Some(account),
        entity.place.org.as_deref(),
        entity.place.project.as_deref(),
    ];
    let parts: Vec<&str> = places.into_iter().flatten().chain([&*entity.id]).collect();
    repository["path"] = parts.join("/").into();
    repository["created"] = entity.created.into();
    repository["updated"] = entity.updated.into();
    repository["git_url"] = format!("https://git.example.com/{}.git", parts.join("/")).into();
    repository
}

fn list(state: &mut State, request: &Received) -> Answer {
    let search = request.query("query").unwrap_or_default();
    let found = state.store.list(KIND, &request.place());
    let fitting = found.into_iter().filter(|entity| entity.holds(search));
    let rows = fitting.map(|entity| view(&state.account, entity)).collect();
    Ok(Page::of(request, rows).code())
}

fn read(state: &mut State, request: &Received) -> Answer {
    let (place, id) = repository(request);
    let entity = state.store.get(KIND, &place, id)?;
    Ok(Reply::json(200, &view(&state.account, entity)))
}

fn create(state: &mut State, request: &Received) -> Answer {
    let sent = request.json();
    let id = sent["identifier"].as_str().unwrap_or_default().to_owned();
    if id.is_empty() || id.contains('/') {
        return Err(Refusal::invalid(
            "the identifier of the repository is required, and must not contain a slash",
        ));
    }
    let place = request.place();
    state.exists(&place)?;
    let body = json!({
        "identifier": id, "description": sent["description"].as_str().unwrap_or_default(),
        "default_branch": sent["default_branch"].as_str().unwrap_or("main"),
        "is_public": sent["is_public"].as_bool().unwrap_or(false), "is_empty": true, "state": 0,
        "num_pulls": 0, "num_open_pulls": 0,
    });
    let entity = state.store.create(KIND, &place, &id, body)?;
    Ok(Reply::json(201, &view(&state.account, entity)))
}

fn update(state: &mut State, request: &Received) -> Answer {
    let (place, id) = repository(request);
    let mut body = state.store.get(KIND, &place, id)?.body.clone();
    if let Some(description) = request.json()["description"].as_str() {
        body["description"] = description.into();
    }
    let entity = state.store.update(KIND, &place, id, body, None)?;
    Ok(Reply::json(200, &view(&state.account, entity)))
}

fn delete(state: &mut State, request: &Received) -> Answer {
    let (place, id) = repository(request);
    state.store.delete(KIND, &place, id, None)?;
    Ok(Reply::status(204))
}
