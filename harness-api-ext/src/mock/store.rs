//! The entities of the account.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::envelope::{Reason, Refusal};

/// Organization and project of an entity, as far as it has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) org: Option<String>,
    pub(crate) project: Option<String>,
}

impl Place {
    pub(super) fn org(org: &str) -> Self {
        Self {
            org: Some(org.to_owned()),
            project: None,
        }
    }
}

/// Stored entity.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) place: Place,
    pub(super) body: Value,
    pub(super) version: u64,
    /// Creation time, in milliseconds since 1970.
    pub(super) created: i64,
    pub(super) updated: i64,
    /// Number of reads since the entity started to change by itself.
    pub(super) looks: u32,
    /// Value of the change counter of the store at the last change. The latest change has the highest.
    changed: u64,
}

/// Kind of entity, in words for messages.
pub(super) type Kind = &'static str;

#[derive(Debug, Default)]
pub(super) struct Store {
    entities: BTreeMap<(Kind, Place, String), Entity>,
    changes: u64,
}

impl Store {
    pub(super) fn create(
        &mut self,
        kind: Kind,
        place: &Place,
        id: &str,
        body: Value,
    ) -> Result<&mut Entity, Refusal> {
        let key = (kind, place.clone(), id.to_owned());
        if self.entities.contains_key(&key) {
            return Err(Refusal::exists(kind, id));
        }
        let now = now();
        self.changes += 1;
        let entity = Entity {
            id: id.to_owned(),
            place: place.clone(),
            body,
            version: 0,
            created: now,
            updated: now,
            looks: 0,
            changed: self.changes,
        };
        Ok(self.entities.entry(key).or_insert(entity))
    }

    pub(super) fn get(
        &mut self,
        kind: Kind,
        place: &Place,
        id: &str,
    ) -> Result<&mut Entity, Refusal> {
        let key = (kind, place.clone(), id.to_owned());
        let found = self.entities.get_mut(&key);
        found.ok_or_else(|| Refusal::not_found(kind, id))
    }

    /// Replaces the body of an entity, if it still has the expected version.
    pub(super) fn update(
        &mut self,
        kind: Kind,
        place: &Place,
        id: &str,
        body: Value,
        version: Option<&str>,
    ) -> Result<&mut Entity, Refusal> {
        self.changes += 1;
        let changes = self.changes;
        let entity = self.get(kind, place, id)?;
        entity.check(kind, version)?;
        entity.body = body;
        entity.version += 1;
        entity.updated = now();
        entity.changed = changes;
        Ok(entity)
    }

    pub(super) fn delete(
        &mut self,
        kind: Kind,
        place: &Place,
        id: &str,
        version: Option<&str>,
    ) -> Result<Entity, Refusal> {
        self.get(kind, place, id)?.check(kind, version)?;
        let key = (kind, place.clone(), id.to_owned());
        let removed = self.entities.remove(&key);
        removed.ok_or_else(|| Refusal::not_found(kind, id))
    }

    /// Deletes everything in an organization or a project.
    pub(super) fn delete_within(&mut self, place: &Place) {
        self.entities.retain(|(_, at, _), _| {
            at.org != place.org || (place.project.is_some() && at.project != place.project)
        });
    }

    /// Returns the entities of a kind at one level, most recently changed first.
    pub(super) fn list(&self, kind: Kind, place: &Place) -> Vec<&Entity> {
        self.all(kind, |at| at == place)
    }

    /// Returns the matching entities of a kind at all levels, most recently changed first.
    pub(super) fn all(&self, kind: Kind, fits: impl Fn(&Place) -> bool) -> Vec<&Entity> {
        let fitting = self
            .entities
            .iter()
            .filter(|((of, at, _), _)| *of == kind && fits(at));
        let mut found: Vec<&Entity> = fitting.map(|(_, entity)| entity).collect();
        found.sort_by_key(|entity| std::cmp::Reverse(entity.changed));
        found
    }
}

impl Entity {
    fn check(&self, kind: Kind, version: Option<&str>) -> Result<(), Refusal> {
        match version {
            Some(version) if version.trim_matches('"') != self.version.to_string() => {
                Err(Refusal::new(
                    Reason::Stale,
                    format!("{kind} [{}] was changed by another request", self.id),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether identifier, name, description or tags contain a text.
    pub(super) fn holds(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let member = |name: &str| self.body[name].as_str().unwrap_or_default().to_lowercase();
        self.id.to_lowercase().contains(&text)
            || member("name").contains(&text)
            || member("description").contains(&text)
            || self.body["tags"]
                .as_object()
                .is_some_and(|tags| tags.keys().any(|tag| tag.to_lowercase().contains(&text)))
    }
}

/// Returns the current time in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}
