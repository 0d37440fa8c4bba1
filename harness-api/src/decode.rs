//! From the bytes of a successful answer to its value.

use std::any::Any;
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::ops::Range;

use reqwest::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _};
use serde_json::Value;
use serde_path_to_error::{Deserializer as Tracked, Track};

use crate::content::{is_html, is_html_type, is_json_type, without_bom};
use crate::error::{DecodeFailure, Error, ErrorKind};
use crate::model::{Bare, Place, Slot};
use crate::operation::{Operation, Repeat};
use crate::position;
use crate::redact;
use crate::response::{Response, ResponseParts};

/// How many characters of the path to a place that does not fit are kept.
const PATH: usize = 200;

/// A successful answer, read to its end.
pub(crate) struct Received {
    pub(crate) parts: Box<ResponseParts>,
    /// Whether the call asked for HTML or for anything.
    pub(crate) html_is_fine: bool,
}

impl Received {
    fn media(&self) -> Option<&str> {
        self.parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
    }

    fn is_blank(&self) -> bool {
        without_bom(&self.parts.bytes).trim_ascii().is_empty()
    }

    /// Whether the server did what was asked and left it at the status, as some do after a creation or an update. Who reads
    /// wants the body.
    fn is_done(&self) -> bool {
        let writes = |operation: &Operation| operation.repeat != Repeat::Safe;
        self.is_blank() && self.parts.operation().is_some_and(writes)
    }

    fn is_html(&self) -> bool {
        self.media().is_some_and(is_html_type) || is_html(&self.parts.bytes)
    }

    fn with<T>(self, value: T) -> Response<T> {
        Response::new(value, self.parts)
    }

    fn error(self, kind: ErrorKind, message: impl Into<String>) -> Error {
        self.parts.into_error(kind, message)
    }

    fn unexpected(self, wanted: &str) -> Error {
        let mut message = match self.media() {
            Some(media) => format!(
                "{wanted} was expected, and the answer is {}",
                self.parts.redactor().one_line(media, 80)
            ),
            None => format!("{wanted} was expected, and the answer is something else"),
        };
        if self.is_html() {
            let _ = write!(message, " (an HTML page: login page or proxy?)");
        }
        self.error(ErrorKind::UnexpectedContent, message)
    }
}

/// A JSON document of a type.
pub(crate) fn json<T: DeserializeOwned + 'static>(
    received: Received,
) -> Result<Response<T>, Error> {
    // The fast path: where the place of a fault is wanted, the document is read a second time.
    let body = without_bom(&received.parts.bytes);
    match received.parts.within_memory(|| whole(body))? {
        Ok(value) => Ok(received.with(value)),
        Err(_) => Err(misfit(received, std::any::type_name::<T>(), &mut |body| {
            locate(without_bom(body), PhantomData::<T>)
        })),
    }
}

/// Decodes a document. Any JSON goes by way of the model, which accounts for the memory that it takes.
fn whole<T: DeserializeOwned + 'static>(body: &[u8]) -> serde_json::Result<T> {
    let mut value = None::<T>;
    match (&mut value as &mut dyn Any).downcast_mut::<Option<Value>>() {
        Some(any) => *any = Some(serde_json::from_slice::<Bare<Value>>(body)?.0),
        None => value = Some(serde_json::from_slice(body)?),
    }
    value.ok_or_else(|| serde_json::Error::custom("no value"))
}

/// A JSON document of a generated type, or a bare list or map, into its place.
pub(crate) fn place(
    received: Received,
    slot: Slot<'_>,
    type_name: &str,
) -> Result<Box<ResponseParts>, Error> {
    if received.is_done() && may_be_blank(&slot) {
        return Ok(received.parts);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(without_bom(&received.parts.bytes));
    let mut item = String::new();
    let place = Place {
        slot,
        item: Some(&mut item),
    };
    let read = received.parts.within_memory(|| {
        place
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end())
    })?;
    let Err(fault) = read else {
        return Ok(received.parts);
    };
    Err(misfit(received, type_name, &mut |body| {
        let path = match item.as_str() {
            "" => position::path_of(&fault, without_bom(body)),
            item => item.to_owned(),
        };
        Some(describe(path, &fault))
    }))
}

/// Whether a value is complete with nothing in it.
fn may_be_blank(slot: &Slot<'_>) -> bool {
    match slot {
        Slot::Model(model) => model.required().is_empty(),
        Slot::List(_) | Slot::Map(_) | Slot::OneJson(_) => true,
        _ => false,
    }
}

/// A JSON document of a type, or no body at all.
pub(crate) fn json_or_empty<T: DeserializeOwned + 'static>(
    received: Received,
) -> Result<Response<Option<T>>, Error> {
    if received.is_blank() {
        Ok(received.with(None))
    } else {
        json::<T>(received).map(|response| response.map(Some))
    }
}

/// A text, whatever its media type, in UTF-8.
pub(crate) fn text(received: Received) -> Result<Response<String>, Error> {
    if received.is_html() && !received.html_is_fine {
        return Err(received.unexpected("text"));
    }
    match std::str::from_utf8(without_bom(&received.parts.bytes)) {
        Ok(text) => {
            let text = text.to_owned();
            Ok(received.with(text))
        }
        Err(fault) => {
            let message = format!(
                "the answer is not text in UTF-8: byte {} does not belong there",
                fault.valid_up_to()
            );
            Err(received.error(ErrorKind::Decode, message))
        }
    }
}

/// Nothing: a body is kept as bytes and not looked at, unless it is a page which shows that something else answered.
pub(crate) fn nothing(received: Received) -> Result<Response<()>, Error> {
    if received.is_html() && !received.html_is_fine {
        return Err(received.unexpected("no content"));
    }
    Ok(received.with(()))
}

/// The error for a body of which a part, which stands at a path, does not fit a type.
#[cold]
pub(crate) fn part_misfit<T: DeserializeOwned>(
    received: Received,
    part: Range<usize>,
    path: &str,
) -> Error {
    misfit(received, std::any::type_name::<T>(), &mut |body| {
        let failure = locate(body.get(part.clone())?, PhantomData::<T>)?;
        Some(failure.within(path, body.get(..part.start)?))
    })
}

impl DecodeFailure {
    /// The same failure, seen from the document in which the part stands at a path, behind these bytes.
    fn within(mut self, path: &str, before: &[u8]) -> Self {
        self.path = match (path, self.path.as_str()) {
            ("", _) => self.path,
            (path, "" | ".") => path.to_owned(),
            (path, inner) if inner.starts_with('[') => format!("{path}{inner}"),
            (path, inner) => format!("{path}.{inner}"),
        };
        if self.line == 1 {
            self.column += before
                .iter()
                .rev()
                .take_while(|byte| **byte != b'\n')
                .count();
        }
        if self.line > 0 {
            self.line += before.iter().filter(|byte| **byte == b'\n').count();
        }
        self
    }
}

/// The error for a body that is not what was declared.
#[cold]
fn misfit(
    received: Received,
    type_name: &str,
    locate: &mut dyn FnMut(&[u8]) -> Option<DecodeFailure>,
) -> Error {
    let declared = short(type_name);
    if received.is_blank() {
        let message = format!(
            "the server answered {} without a body, {declared} was declared",
            received.parts.status.as_u16()
        );
        return received.error(ErrorKind::EmptyBody, message);
    }
    let looks_like_json = without_bom(&received.parts.bytes)
        .trim_ascii_start()
        .first()
        .is_some_and(|first| {
            matches!(first, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9')
                || matches!(first, b't' | b'f' | b'n') && received.parts.bytes.len() < 8
        });
    if received.is_html() || !looks_like_json && !received.media().is_none_or(is_json_type) {
        return received.unexpected("JSON");
    }
    let Some(mut failure) = locate(&received.parts.bytes) else {
        return received.error(
            ErrorKind::Decode,
            format!("the answer does not fit {declared}"),
        );
    };
    // Keys of maps are values of the server.
    failure.path = received.parts.redactor().one_line(&failure.path, PATH);
    let message = match failure.path.as_str() {
        "" | "." => format!("the answer does not fit {declared}: {}", failure.reason),
        path => format!(
            "the answer does not fit {declared} at {path}: {}",
            failure.reason
        ),
    };
    received
        .error(ErrorKind::Decode, message)
        .with_decode_failure(failure)
}

/// Reads once more, keeping track of the place.
#[cold]
fn locate<'b>(body: &'b [u8], seed: impl DeserializeSeed<'b>) -> Option<DecodeFailure> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let mut track = Track::new();
    let read = seed.deserialize(Tracked::new(&mut deserializer, &mut track));
    match read {
        Ok(_) => Some(describe(".".to_owned(), &deserializer.end().err()?)),
        Err(fault) => Some(describe(track.path().to_string(), &fault)),
    }
}

fn describe(path: String, fault: &serde_json::Error) -> DecodeFailure {
    let text = fault.to_string();
    let place = format!(" at line {} column {}", fault.line(), fault.column());
    let reason = without_values(text.strip_suffix(&place).unwrap_or(&text));
    DecodeFailure {
        path,
        reason,
        line: fault.line(),
        column: fault.column(),
    }
}

/// A reason with the value it quotes left out: what was found is named by its kind alone.
fn without_values(reason: &str) -> String {
    let (found, expected) = match reason.rfind(", expected ") {
        Some(at) => reason.split_at(at),
        None => (reason, ""),
    };
    let of_schema = found.starts_with("missing field") || found.starts_with("duplicate field");
    let found = if of_schema {
        found
    } else {
        found.split(['"', '`', '\'']).next().unwrap_or_default()
    };
    redact::one_line(&format!("{}{expected}", found.trim_end()), 200)
}

/// A type's name without the paths in it.
fn short(name: &str) -> String {
    let mut out = String::new();
    let mut word = 0;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ':' && chars.peek() == Some(&':') {
            chars.next();
            out.truncate(word);
        } else {
            out.push(c);
            if !c.is_alphanumeric() && c != '_' {
                word = out.len();
            }
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::Target;
    use crate::model::{About, Cell, Model, Parts};
    use crate::options::Attached;
    use bytes::Bytes;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;
    use serde::Deserialize;

    static OPERATION: Operation = Operation::new("getThing", "GET", "/things/{id}");

    #[derive(Debug, Deserialize)]
    struct Thing {
        #[allow(dead_code)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        #[allow(dead_code)]
        count: u32,
        #[allow(dead_code)]
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        A,
    }

    fn received(media: &'static str, body: &'static [u8]) -> Received {
        let mut headers = HeaderMap::new();
        if !media.is_empty() {
            headers.insert(CONTENT_TYPE, media.parse().unwrap());
        }
        Received {
            parts: Box::new(ResponseParts {
                status: StatusCode::OK,
                headers,
                bytes: Bytes::from_static(body),
                attached: Attached::default(),
                target: Target::Table(&OPERATION),
                max_body: 1 << 20,
            }),
            html_is_fine: false,
        }
    }

    fn fault(media: &'static str, body: &'static [u8]) -> Error {
        json::<Thing>(received(media, body)).unwrap_err()
    }

    #[test]
    fn a_misfit_is_named_by_its_place_and_no_value_is_shown() {
        let error = fault(
            "application/json",
            br#"{"items":[{"count":1,"kind":"A"},{"count":"hidden, expected secret"}]}"#,
        );
        assert_eq!(
            error.to_string(),
            "getThing (GET /things/{id}): the answer does not fit Thing at items[1].count: invalid type: string, \
             expected u32 (the server answered 200 OK)"
        );
        let failure = error.decode_failure().unwrap();
        assert_eq!((failure.path.as_str(), failure.line), ("items[1].count", 1));
        assert!(error.excerpt().unwrap().contains("hidden"));
        assert!(!format!("{error:?}").contains("hidden"));
        let variant = fault("", br#"{"items":[{"count":1,"kind":"hidden"}]}"#).to_string();
        assert!(
            variant.contains("at items[0].kind: unknown variant, expected `A`"),
            "{variant}"
        );
        let missing = fault("", br#"{"items":[{"count":1}]}"#).to_string();
        assert!(
            missing.contains("at items[0]: missing field `kind`"),
            "{missing}"
        );
    }

    #[test]
    fn a_part_that_does_not_fit_is_placed_in_the_whole() {
        let body: &[u8] = b"{\n \"data\": [{}, {\"count\": 1,\n \"kind\": \"hidden\"}]}";
        let start = 16;
        assert_eq!(&body[start..start + 8], b"{\"count\"");
        let part = start..body.len() - 2;
        let error = part_misfit::<Item>(received("", body), part, "data[1]");
        assert_eq!(error.kind(), ErrorKind::Decode);
        let failure = error.decode_failure().unwrap();
        assert_eq!((failure.path.as_str(), failure.line), ("data[1].kind", 3));
        assert!(error.excerpt().unwrap().contains("hidden"));
        let first = part_misfit::<Item>(received("", body), 12..14, "data[0]");
        let failure = first.decode_failure().unwrap();
        assert_eq!((failure.path.as_str(), failure.line), ("data[0]", 2));
        assert_eq!(failure.column, 12);
        let whole = part_misfit::<Thing>(received("", b"[]"), 0..2, "");
        assert!(whole.decode_failure().is_some());
        // A range that is not in the body is no reason to panic.
        let outside = part_misfit::<Item>(received("", body), 90..99, "data[9]");
        assert!(outside.decode_failure().is_none());
    }

    #[test]
    fn broken_and_trailing_documents_are_decode_errors() {
        for body in [
            &b"{\"items\":[}"[..],
            b"{\"items\":[]} x",
            b"{\"items\":[",
            b"\"\xff\"",
            b"[]",
        ] {
            assert_eq!(
                fault("application/json", body).kind(),
                ErrorKind::Decode,
                "{body:?}"
            );
        }
    }

    #[test]
    fn other_contents_are_named() {
        let page = fault(
            "text/html; charset=utf-8",
            b"<!doctype html><title>Sign in</title>",
        );
        assert_eq!(page.kind(), ErrorKind::UnexpectedContent);
        assert!(
            page.to_string()
                .contains("text/html; charset=utf-8 (an HTML page: login page or proxy?)"),
            "{page}"
        );
        assert_eq!(
            fault("application/json", b" <html>").kind(),
            ErrorKind::UnexpectedContent
        );
        assert_eq!(
            fault("application/yaml", b"a: 1").kind(),
            ErrorKind::UnexpectedContent
        );
        assert_eq!(
            fault("text/plain", b"{\"items\":3}").kind(),
            ErrorKind::Decode
        );
        assert_eq!(
            text(received("text/html", b"<html>")).unwrap_err().kind(),
            ErrorKind::UnexpectedContent
        );
        assert_eq!(
            nothing(received("text/html", b"<html>"))
                .unwrap_err()
                .kind(),
            ErrorKind::UnexpectedContent
        );
    }

    #[test]
    fn nothing_is_its_own_error_or_none() {
        for body in [&b""[..], b" \r\n", b"\xef\xbb\xbf"] {
            let error = fault("application/json", body);
            assert_eq!(error.kind(), ErrorKind::EmptyBody);
            assert!(
                error
                    .to_string()
                    .contains("200 without a body, Thing was declared"),
                "{error}"
            );
            assert!(
                json_or_empty::<Thing>(received("", body))
                    .unwrap()
                    .is_none()
            );
        }
        assert!(
            json_or_empty::<Thing>(received("", b"{\"items\":[]}"))
                .unwrap()
                .is_some()
        );
        assert!(json_or_empty::<Thing>(received("", b"{}")).is_err());
    }

    fn typed<T: Cell>(received: Received) -> Result<T, Error> {
        let mut value = T::blank();
        place(received, value.slot(), std::any::type_name::<T>())?;
        Ok(value)
    }

    #[test]
    fn a_write_may_be_answered_with_nothing() {
        static MAKE: Operation = Operation::new("makeThing", "POST", "/things");
        const fn about(required: &'static [usize]) -> About {
            About {
                name: "Made",
                names: &["id"],
                required,
                secrets: &[],
                tagged: &[],
            }
        }
        #[derive(Debug)]
        struct Made(&'static About);
        impl Model for Made {
            fn blank() -> Self {
                Self(&const { about(&[]) })
            }
            fn about(&self) -> &'static About {
                self.0
            }
            fn slot(&mut self, _index: usize) -> Slot<'_> {
                Slot::Model(self)
            }
            fn parts<'a>(&'a self, _to: &mut Parts<'a, '_>) {}
        }
        let made = |body| {
            let mut received = received("", body);
            received.parts.target = Target::Table(&MAKE);
            received
        };
        for body in [&b""[..], b" \r\n"] {
            assert!(typed::<Made>(made(body)).is_ok());
            assert!(typed::<Vec<String>>(made(body)).unwrap().is_empty());
            assert!(typed::<serde_json::Value>(made(body)).unwrap().is_null());
            // Neither is a value that has to be there, nor the answer to a question.
            let mut demanding = Made(&const { about(&[0]) });
            for error in [
                place(made(body), Slot::Model(&mut demanding), "Made")
                    .map(|_| ())
                    .unwrap_err(),
                typed::<String>(made(body)).unwrap_err(),
                typed::<Made>(received("", body)).unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::EmptyBody);
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_tolerated() {
        assert!(json::<Thing>(received("", b"\xef\xbb\xbf{\"items\":[]}")).is_ok());
        assert_eq!(
            text(received("text/yaml", b"\xef\xbb\xbfa: 1\n"))
                .unwrap()
                .into_inner(),
            "a: 1\n"
        );
        assert_eq!(
            text(received("text/yaml", b"a\xff")).unwrap_err().kind(),
            ErrorKind::Decode
        );
    }

    #[test]
    fn names_of_types_are_short() {
        assert_eq!(short("alloc::vec::Vec<a::b::Thing>"), "Vec<Thing>");
        assert_eq!(
            short("std::collections::HashMap<alloc::string::String, x::Y_z>"),
            "HashMap<String, Y_z>"
        );
        assert_eq!(short("u32"), "u32");
    }
}
