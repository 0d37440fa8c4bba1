//! Builds the call that requests the page at a position.

use harness_api::{Call, Configure, Paging, Place, Sent, Step};
use serde_json::{Map, Value};

use super::Position;
use crate::error::{Error, Result};

/// Call that is repeated for each page.
pub(super) struct Template {
    pub(super) call: Call,
    pub(super) paging: Option<&'static Paging>,
}

impl Template {
    pub(super) fn paging(&self) -> Result<&'static Paging> {
        self.paging.ok_or_else(|| {
            let name = match self.call.operation() {
                Some(operation) => operation.to_string(),
                None => "an endpoint that the description lacks".to_owned(),
            };
            Error::build(format!("{name}: no paging of its list is known"))
        })
    }

    /// Returns the position of the first page. The page and size of the call itself apply, unless a size is given.
    ///
    /// Without a size, the largest allowed size is requested, but no more items than are needed.
    pub(super) fn begin(&self, size: Option<u32>, limit: Option<u64>) -> Result<Position> {
        let paging = self.paging()?;
        let body = match paging.sent {
            Sent::Body => self.body()?,
            _ => Map::new(),
        };
        let own = |name: Option<&str>| {
            let name = name?;
            match paging.sent {
                Sent::Body => at(&body, name)?.as_u64(),
                _ => self.call.value(self.query(name)?)?.parse().ok(),
            }
        };
        let largest = paging.max_size.map(|max| match limit {
            Some(limit) => u32::try_from(limit).unwrap_or(max).min(max).max(1),
            None => max,
        });
        let size = match (paging.size, size) {
            (None, _) => None,
            (Some(_), Some(size)) => {
                Some(size.clamp(1, paging.max_size.unwrap_or(u32::MAX).max(1)))
            }
            (name, None) => own(name)
                .and_then(|size| u32::try_from(size).ok())
                .filter(|size| *size > 0)
                .or(largest),
        };
        let page = match paging.step {
            Step::Number | Step::Offset => own(paging.page).unwrap_or(paging.first),
            _ => paging.first,
        };
        let before = page.saturating_sub(paging.first);
        Ok(Position {
            page,
            rows: match paging.step {
                Step::Offset => before,
                _ => before.saturating_mul(u64::from(size.or(paging.default_size).unwrap_or(0))),
            },
            size,
            ..Position::default()
        })
    }

    /// Returns the call for the page at a position.
    pub(super) fn call(&self, position: &Position) -> Result<Call> {
        let paging = self.paging()?;
        let mut call = self
            .call
            .try_clone()
            .ok_or_else(|| Error::build("a streamed body cannot be sent for each page"))?;
        let page = match paging.step {
            Step::Number | Step::Offset => paging.page.map(|name| (name, position.page.into())),
            _ => None,
        };
        let size = match paging.step {
            Step::Whole => None,
            _ => paging
                .size
                .zip(position.size)
                .map(|(name, size)| (name, size.into())),
        };
        let tokens = paging.tokens.iter().zip(&position.tokens);
        let tokens = tokens
            .filter(|(_, value)| !value.is_null())
            .map(|(token, value)| (token.name, value.clone()));
        let values = page.into_iter().chain(size).chain(tokens);
        match paging.sent {
            Sent::Body => {
                let mut body = self.body()?;
                let mut changed = false;
                for (name, value) in values {
                    changed = true;
                    put(&mut body, name, value).ok_or_else(|| {
                        Error::build(format!("`{name}` cannot be set in the body"))
                    })?;
                }
                if changed {
                    call.body_json(&body);
                }
            }
            _ => {
                for (name, value) in values {
                    let text = match value {
                        Value::String(text) => text,
                        value => value.to_string(),
                    };
                    match self.query(name) {
                        Some(param) => call.text(param, text),
                        None => call.options().query(name, text),
                    }
                }
            }
        }
        Ok(call)
    }

    fn query(&self, name: &str) -> Option<usize> {
        self.call.operation()?.position(Place::Query, name)
    }

    /// Returns the body of the call, or an empty object if it has none.
    fn body(&self) -> Result<Map<String, Value>> {
        match self.call.body() {
            None => Ok(Map::new()),
            Some(bytes) => serde_json::from_slice(bytes).map_err(|_| {
                Error::build("page and size belong in the body, but it is not a JSON object")
            }),
        }
    }
}

fn at<'a>(body: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => body.get(path),
        Some((first, rest)) => at(body.get(first)?.as_object()?, rest),
    }
}

/// Sets a field and creates the objects that contain it; `None` if another value is in the way.
fn put(body: &mut Map<String, Value>, path: &str, value: Value) -> Option<()> {
    let Some((first, rest)) = path.split_once('.') else {
        body.insert(path.to_owned(), value);
        return Some(());
    };
    let inner = body.entry(first).or_insert(Value::Null);
    if inner.is_null() {
        *inner = Value::Object(Map::new());
    }
    put(inner.as_object_mut()?, rest, value)
}
