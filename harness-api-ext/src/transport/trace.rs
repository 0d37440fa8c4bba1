//! The outermost layer: it sets the request id, opens the tracing span, and attaches the call info.

use std::borrow::Cow;
use std::sync::Arc;

use harness_api::reqwest::header::{HeaderName, HeaderValue};
use harness_api::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
use tracing::field::{Empty, debug, display};
use tracing::{Instrument, Span, info_span};

use super::progress::Progress;
use crate::scope::ScopePlace;

/// Header with the id under which most services log. They generate one if it is absent.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-requestid");

pub(super) struct Trace;

impl Layer for Trace {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let id = request_id(&mut request);
        let span = span(&request, &id);
        let progress = Arc::new(Progress::new());
        request.attach(Arc::clone(&progress));
        let call = async move {
            let outcome = next.run(request).await;
            let info = progress.info(id);
            let span = Span::current();
            span.record("attempts", info.attempts);
            let status = match &outcome {
                Ok(answer) => Some(answer.status()),
                Err(error) => error.status(),
            };
            if let Some(status) = status {
                span.record("http.response.status_code", status.as_u16());
            }
            match outcome {
                Ok(mut answer) => {
                    if !answer.status().is_success() {
                        span.record("error.type", display(answer.status().as_u16()));
                    }
                    answer.attach(info);
                    Ok(answer)
                }
                Err(error) => {
                    span.record("error.type", debug(error.kind()));
                    Err(error.with_attached(info))
                }
            }
        };
        Box::pin(call.instrument(span))
    }
}

/// Returns the span of a call. It describes the operation and its outcome, and contains no values of path, query,
/// headers or body.
fn span(request: &Outgoing, id: &str) -> Span {
    let span = info_span!(
        "harness.call",
        "otel.kind" = "client",
        operation = Empty,
        "http.request.method" = request.request().method().as_str(),
        "url.template" = template(request).as_ref(),
        "harness.org" = Empty,
        "harness.project" = Empty,
        request_id = id,
        "http.response.status_code" = Empty,
        "error.type" = Empty,
        attempts = Empty,
    );
    if let Some(operation) = request.operation() {
        span.record("operation", operation.id);
    }
    if let Some(place) = request.attached::<ScopePlace>() {
        if let Some(org) = &place.org {
            span.record("harness.org", &**org);
        }
        if let Some(project) = &place.project {
            span.record("harness.project", &**project);
        }
    }
    span
}

/// Returns the path template. The template of an endpoint outside the description comes from the caller and may contain
/// anything, so it is masked.
fn template(request: &Outgoing) -> Cow<'_, str> {
    match request.operation() {
        Some(operation) => operation.path.into(),
        None => request
            .redactor()
            .mask(request.template())
            .into_owned()
            .into(),
    }
}

/// Returns the request id: the masked id of the caller, or a new one, which it sets.
fn request_id(request: &mut Outgoing) -> String {
    if let Some(value) = request.request().headers().get(REQUEST_ID) {
        let id = String::from_utf8_lossy(value.as_bytes());
        return request.redactor().mask(&id).into_owned();
    }
    let id = new_id();
    if let Ok(value) = HeaderValue::from_str(&id) {
        request
            .request_mut()
            .headers_mut()
            .insert(REQUEST_ID, value);
    }
    id
}

/// Returns a random id in the format of the services: a version 4 UUID.
fn new_id() -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = fastrand::u128(..).to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut id = String::with_capacity(36);
    for (place, byte) in bytes.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            id.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_4_uuids_and_differ() {
        let id = new_id();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, new_id());
    }
}
