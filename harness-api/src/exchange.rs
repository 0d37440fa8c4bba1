//! A call from its values to a successful answer: one path for every operation.

use std::borrow::Cow;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};

use crate::body::Source;
use crate::call::{Call, Parts, Value};
use crate::content::{is_html_type, is_json_type, takes_html};
use crate::decode::Received;
use crate::encode;
use crate::error::{Error, ErrorKind, Target};
use crate::operation::{Param, Place};
use crate::path;
use crate::payload::{FormContent, FormPart, Payload};
use crate::redact;
use crate::response::{Response, ResponseParts};
use crate::stream::{ByteStream, End};
use crate::transport::{Arrival, BoxFuture, Departure, Incoming, Next, Outgoing};

/// What kind of answer the call asks for.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// JSON, which is also what failures are written in.
    Json,
    /// What the operation declares first.
    Declared,
}

/// An answer of status 2XX, its body not yet read, and what the call knows of it.
struct Success {
    target: Target,
    incoming: Incoming,
    max_body: u64,
    html_is_fine: bool,
}

/// Sends the call and reads the answer to its end.
pub(crate) fn buffered(call: Call, wanted: Wanted) -> BoxFuture<'static, Result<Received, Error>> {
    Box::pin(async move {
        let Success {
            target,
            incoming,
            max_body,
            html_is_fine,
        } = success(call, wanted, true).await?;
        let Arrival {
            head,
            mut body,
            error_body_until: until,
        } = *incoming.0;
        let too_large = body
            .content_length()
            .is_some_and(|length| length > max_body);
        let (bytes, end) = if too_large {
            (Bytes::new(), End::Limit)
        } else {
            body.read(max_body, until).await
        };
        match end {
            End::Whole => Ok(Received {
                parts: ResponseParts::new(target, head, bytes, max_body),
                html_is_fine,
            }),
            End::Limit => {
                let message = format!("the body is larger than {max_body} bytes");
                let error = Error::new(ErrorKind::BodyTooLarge, message);
                Err(error
                    .with_target(&target)
                    .with_answer(head, Bytes::new(), true))
            }
            End::Failed(error) => Err(error.with_target(&target).with_answer(head, bytes, true)),
        }
    })
}

/// Sends the call and gives the body of the answer as it arrives.
pub(crate) async fn stream(call: Call) -> Result<Response<ByteStream>, Error> {
    let Success {
        target,
        incoming,
        max_body,
        html_is_fine,
    } = success(call, Wanted::Declared, false).await?;
    let page = incoming.0.body.content_type().is_some_and(is_html_type);
    if page && !html_is_fine {
        let message = "data was expected, and the answer is an HTML page: login page or proxy?";
        let error = incoming.into_error(ErrorKind::UnexpectedContent, message, 1 << 20);
        return Err(error.await.with_target(&target));
    }
    let Arrival { head, body, .. } = *incoming.0;
    let body = body.aimed(&target);
    Ok(Response::new(
        body,
        ResponseParts::new(target, head, Bytes::new(), max_body),
    ))
}

async fn success(call: Call, wanted: Wanted, whole: bool) -> Result<Success, Error> {
    let client = call.0.client.clone();
    let target = call.0.target.clone();
    let max_body = call.0.options.max_body.unwrap_or_else(|| client.max_body());
    let mut outgoing = outgoing(call, wanted).map_err(|error| error.with_target(&target))?;
    outgoing.0.max_body = whole.then_some(max_body);
    let html_is_fine = html_is_fine(&outgoing);
    let next = Next::new(client.layers(), client.http());
    let mut incoming = next
        .run(outgoing)
        .await
        .map_err(|error| error.with_target(&target).with_redactor(client.redactor()))?;
    incoming.0.head.attached.knows(client.redactor());
    if incoming.status().is_success() {
        return Ok(Success {
            target,
            incoming,
            max_body,
            html_is_fine,
        });
    }
    let message = if incoming.status().is_redirection() {
        "a redirect that was not followed"
    } else {
        ""
    };
    let error = incoming.into_error(ErrorKind::Status, message, client.max_error_body());
    Err(error.await.with_target(&target))
}

/// Whether an HTML page may be the answer: the call asks for it, for anything, or the operation declares it.
fn html_is_fine(outgoing: &Outgoing) -> bool {
    let asked = outgoing.request().headers().get(ACCEPT);
    let declared = outgoing
        .operation()
        .map_or(&[][..], |operation| operation.answers);
    asked.is_some_and(|accepted| takes_html(accepted.as_bytes()))
        || declared.iter().any(|media| takes_html(media.as_bytes()))
}

/// Makes the request.
fn outgoing(call: Call, wanted: Wanted) -> Result<Outgoing, Error> {
    let Parts {
        client,
        target,
        values,
        segments,
        body,
        options,
    } = *call.0;
    if let Some(fault) = options.fault {
        return Err(Error::build(fault));
    }
    let params = target
        .operation()
        .map_or(&[][..], |operation| operation.params);
    let mut placed = Placed::default();
    for (index, value) in values {
        let Some(param) = params.get(index) else {
            return Err(Error::build(format!("there is no parameter {index}")));
        };
        placed.put(param, value)?;
    }
    let set = options.query.into_iter();
    placed
        .query
        .extend(set.map(|(name, value)| (name.into(), value)));
    let path = path::expand(target.path(), |name| {
        let value = placed.path.iter().find(|(param, _)| param.name == name);
        value
            .map(|(param, value)| (value.as_str(), param.place))
            .or_else(|| {
                segments
                    .iter()
                    .rev()
                    .find(|(segment, _)| segment == name)
                    .map(|(_, value)| (value.as_str(), Place::Path))
            })
    })
    .map_err(|fault| Error::build(fault.0))?;
    let mut url = client.base().join(&path)?;
    encode::extend_query(&mut url, &placed.query);
    let method = Method::from_bytes(target.method().as_bytes())
        .map_err(|_| Error::build("the method is not valid"))?;
    let mut request = Request::new(method, url);
    if let Some(timeout) = options.timeout {
        *request.timeout_mut() = Some(timeout);
    }
    let headers = request.headers_mut();
    headers.clone_from(client.headers());
    // With room for what an operation, the layers and the HTTP client put in.
    headers.reserve(4);
    let accepted = Bytes::from_static(accept(&target, wanted).as_bytes());
    let accepted = HeaderValue::from_maybe_shared(accepted)
        .map_err(|_| Error::build("the media type to be accepted is not valid"))?;
    headers.insert(ACCEPT, accepted);
    let mut payload = None;
    if !placed.form.is_empty() {
        if body.is_some() {
            return Err(Error::build(
                "a body and parts of a form exclude each other",
            ));
        }
        payload = Some(Payload::Form(placed.form));
    } else if let Some((media, source)) = body {
        let media = HeaderValue::from_str(&media)
            .map_err(|_| Error::build("the content type of the body is not valid"))?;
        headers.insert(CONTENT_TYPE, media);
        match source {
            Source::Bytes(bytes) => *request.body_mut() = Some(bytes.into()),
            source => payload = Some(Payload::Source(source)),
        }
    }
    let headers = request.headers_mut();
    replace(headers, placed.headers);
    replace(headers, options.headers);
    let mut attached = options.attached;
    attached.knows(client.redactor());
    Ok(Outgoing(Box::new(Departure {
        target,
        request,
        payload,
        attached,
        max_body: None,
    })))
}

/// The headers of the second in place of those of the first.
fn replace(headers: &mut HeaderMap, with: HeaderMap) {
    for (name, value) in with {
        // A name is absent where it is the one before: the map never holds two of one name here.
        if let Some(name) = name {
            headers.insert(name, value);
        }
    }
}

fn accept(target: &Target, wanted: Wanted) -> &'static str {
    let answers = target
        .operation()
        .map_or(&[][..], |operation| operation.answers);
    match wanted {
        Wanted::Json => answers
            .iter()
            .copied()
            .find(|media| is_json_type(media))
            .unwrap_or("application/json"),
        Wanted::Declared => answers.first().copied().unwrap_or("*/*"),
    }
}

/// The values of parameters, each where it goes.
#[derive(Default)]
struct Placed {
    path: Vec<(&'static Param, String)>,
    query: Vec<(Cow<'static, str>, String)>,
    headers: HeaderMap,
    form: Vec<FormPart>,
}

impl Placed {
    fn put(&mut self, param: &'static Param, value: Value) -> Result<(), Error> {
        let name = param.name;
        match param.place {
            Place::Path | Place::PathRef | Place::PathTail => {
                self.path.push((param, plain(name, value)?))
            }
            Place::Query => match value {
                Value::One(text) => self.query.push((name.into(), text)),
                Value::Many(texts) => self
                    .query
                    .extend(texts.into_iter().map(|text| (name.into(), text))),
                Value::Pairs(pairs) => self
                    .query
                    .extend(pairs.into_iter().map(|(key, text)| (key.into(), text))),
                Value::Json(_) | Value::File(_) => return Err(misplaced(name)),
            },
            Place::Header => {
                let text = plain(name, value)?;
                let key = name.parse::<HeaderName>().map_err(|_| {
                    Error::build(format!(
                        "parameter `{name}` is not a valid name of a header"
                    ))
                })?;
                let text = redact::header_value(&key, &text).ok_or_else(|| {
                    Error::build(format!(
                        "parameter `{name}` holds bytes that a header cannot carry"
                    ))
                })?;
                self.headers.insert(key, text);
            }
            Place::Form => match value {
                Value::One(text) => self.part(name, FormContent::Text(text)),
                Value::Many(texts) => texts
                    .into_iter()
                    .for_each(|text| self.part(name, FormContent::Text(text))),
                Value::Json(json) => self.part(name, FormContent::Json(json)),
                Value::File(file) => self.part(name, FormContent::File(file)),
                Value::Pairs(_) => return Err(misplaced(name)),
            },
        }
        Ok(())
    }

    fn part(&mut self, name: &'static str, content: FormContent) {
        self.form.push(FormPart { name, content });
    }
}

/// One text; the items of a list are joined by commas.
fn plain(name: &str, value: Value) -> Result<String, Error> {
    match value {
        Value::One(text) => Ok(text),
        Value::Many(texts) => Ok(texts.join(",")),
        Value::Pairs(_) | Value::Json(_) | Value::File(_) => Err(misplaced(name)),
    }
}

fn misplaced(name: &str) -> Error {
    Error::build(format!(
        "parameter `{name}` cannot hold a value of this kind"
    ))
}
