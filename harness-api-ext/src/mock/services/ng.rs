//! Common parts of the older services: envelope, identifiers, governance, and entities that are created, read, replaced
//! and deleted in the same way.

use serde_json::{Value, json};

use super::Answer;
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::{Entity, Kind, Place};

/// Returns a success.
pub(super) fn data(request: &Received, value: Value) -> Answer {
    let body = json!({
        "status": "SUCCESS", "data": value, "metaData": null, "correlationId": request.correlation(),
    });
    Ok(Reply::json(200, &body))
}

/// Kind of entity of these services.
pub(super) struct Shape {
    pub(super) kind: Kind,
    /// Field of a request that contains the entity; `None` if the request is the entity.
    pub(super) sent: Option<&'static str>,
    /// Field of a response that contains the entity.
    pub(super) given: &'static str,
    /// Returns the entity as a response shows it.
    pub(super) view: fn(&Entity) -> Value,
}

impl Shape {
    /// Returns the content of a request, with checked identifier and name.
    pub(super) fn body(&self, request: &Received) -> Result<(String, Value), Refusal> {
        let mut body = request.json();
        if let Some(member) = self.sent {
            body = body[member].take();
        }
        if !body.is_object() {
            let field = self.sent.unwrap_or("body");
            return Err(invalid(vec![(
                field.to_owned(),
                "must not be null".to_owned(),
            )]));
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (id, name) = (text("identifier"), text("name"));
        let mut faults = Vec::new();
        if !is_identifier(&id) {
            faults.push((
                "identifier".to_owned(),
                "must match [a-zA-Z_][0-9a-zA-Z_$]{0,127}".to_owned(),
            ));
        }
        if name.trim().is_empty() {
            faults.push(("name".to_owned(), "must not be empty".to_owned()));
        }
        if faults.is_empty() {
            Ok((id, body))
        } else {
            Err(invalid(faults))
        }
    }

    pub(super) fn create(&self, state: &mut State, request: &Received, place: &Place) -> Answer {
        let (id, body) = self.body(request)?;
        state.exists(place)?;
        if let Some(denial) = self.denial(state, request) {
            return denial;
        }
        let entity = state.store.create(self.kind, place, &id, body)?;
        self.give(request, entity)
    }

    pub(super) fn read(
        &self,
        state: &mut State,
        request: &Received,
        place: &Place,
        id: &str,
    ) -> Answer {
        let entity = state.store.get(self.kind, place, id)?;
        self.give(request, entity)
    }

    pub(super) fn update(&self, state: &mut State, request: &Received, place: &Place) -> Answer {
        let (id, body) = self.body(request)?;
        state.store.get(self.kind, place, &id)?;
        if let Some(denial) = self.denial(state, request) {
            return denial;
        }
        let version = request.header("if-match");
        let entity = state.store.update(self.kind, place, &id, body, version)?;
        self.give(request, entity)
    }

    pub(super) fn delete(
        &self,
        state: &mut State,
        request: &Received,
        place: &Place,
        id: &str,
    ) -> Answer {
        state
            .store
            .delete(self.kind, place, id, request.header("if-match"))?;
        data(request, true.into())
    }

    /// Returns a page of the entities that match a filter and the search text of the request.
    pub(super) fn list(
        &self,
        state: &mut State,
        request: &Received,
        at: impl Fn(&Place) -> bool,
        fits: impl Fn(&Entity) -> bool,
    ) -> Answer {
        let search = request.query("searchTerm").unwrap_or_default();
        let found = state.store.all(self.kind, at);
        let rows = found
            .into_iter()
            .filter(|entity| entity.holds(search) && fits(entity))
            .map(self.view)
            .collect();
        data(request, Page::of(request, rows).ng())
    }

    /// Returns the response if policies deny the request: a success without the entity.
    fn denial(&self, state: &State, request: &Received) -> Option<Answer> {
        let governance = state.governance(&self.kind.to_ascii_lowercase())?;
        let mut denied = json!({"governanceMetadata": governance});
        denied[self.given] = Value::Null;
        Some(data(request, denied))
    }

    fn give(&self, request: &Received, entity: &Entity) -> Answer {
        let reply = data(request, (self.view)(entity))?;
        Ok(reply.header("ETag", entity.version))
    }
}

/// Returns whether an entity has one of these identifiers; always true if there are none.
pub(super) fn among(wanted: &[String], entity: &Entity) -> bool {
    wanted.is_empty() || wanted.contains(&entity.id)
}

/// Returns the texts of a list.
pub(super) fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Returns all values of a query parameter.
pub(super) fn values(request: &Received, name: &str) -> Vec<String> {
    request.query_all(name).map(str::to_owned).collect()
}

/// Returns the place of the entity in a request: from the body, or else from the query.
pub(super) fn place(request: &Received, body: &Value) -> Place {
    let of = |name: &str| {
        body[name]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let given = request.place();
    Place {
        org: of("orgIdentifier").or(given.org),
        project: of("projectIdentifier").or(given.project),
    }
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|next| next.is_ascii_alphanumeric() || next == '_' || next == '$')
        && text.len() <= 128
}

/// Returns a failure that lists fields, with the status of a validation error.
fn invalid(faults: Vec<(String, String)>) -> Refusal {
    Refusal::unprocessable(faults).status(400)
}
