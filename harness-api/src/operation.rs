//! What the client knows of an operation before it is called: plain data, one static value an operation.
//!
//! Nothing in the runtime is generic over the operation. The generated code holds a table of [`Operation`] values, and
//! every call carries a reference to one of them: to expand the path, to place parameters, to name itself in errors, and
//! for layers that decide by operation (retries, scope, tracing).

use std::fmt;

use crate::paging::Paging;
use crate::schema::ResponseSchema;

/// One operation of the API.
///
/// Generated code fills the table; a value for an endpoint which the table lacks can be made with [`Operation::new`]:
///
/// ```
/// use harness_api::{Operation, Param};
///
/// static GET_WIDGET: Operation = Operation::new("getWidget", "GET", "/v1/widgets/{widget}")
///     .params(&[Param::path("widget"), Param::query("verbose", false)])
///     .answers(&["application/json"]);
/// assert_eq!(GET_WIDGET.required().count(), 1);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The id in the API's description, spelt as published.
    pub id: &'static str,
    /// The name of the Rust method.
    pub name: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path template: placeholders stand in braces.
    pub path: &'static str,
    /// The module of this crate which holds the operation.
    pub module: &'static str,
    /// The tag in the API's description.
    pub tag: &'static str,
    /// The parameters; setters of [`Call`](crate::Call) name them by their position here.
    pub params: &'static [Param],
    /// The content types a request body may have, the default first; empty when there is no body.
    pub bodies: &'static [&'static str],
    /// Whether the description calls the body required. The client does not enforce it: the server may be laxer.
    pub body_required: bool,
    /// The content types of a successful answer, the default first; empty when there is none.
    pub answers: &'static [&'static str],
    /// The body that a successful response is described to have.
    pub response: &'static ResponseSchema,
    /// How sure the types of the operation are.
    pub provenance: Provenance,
    /// Whether the description calls the operation deprecated.
    pub deprecated: bool,
    /// Whether the same request may be sent again when its outcome is not known.
    pub repeat: Repeat,
    /// How its list is paged; `None` when it gives no list.
    pub paging: Option<&'static Paging>,
}

impl Operation {
    /// An operation without parameters, body and declared answers; the other methods add them.
    pub const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        Self {
            id,
            name: id,
            method,
            path,
            module: "",
            tag: "",
            params: &[],
            bodies: &[],
            body_required: false,
            answers: &[],
            response: &ResponseSchema::ANY,
            provenance: Provenance::Package,
            deprecated: false,
            repeat: Repeat::of_method(method),
            paging: None,
        }
    }

    /// The same operation with these parameters.
    #[must_use]
    pub const fn params(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    /// The same operation with these request content types, the default first.
    #[must_use]
    pub const fn bodies(mut self, bodies: &'static [&'static str], required: bool) -> Self {
        self.bodies = bodies;
        self.body_required = required;
        self
    }

    /// The same operation with these content types of a successful answer, the default first.
    #[must_use]
    pub const fn answers(mut self, answers: &'static [&'static str]) -> Self {
        self.answers = answers;
        self
    }

    /// The same operation with a successful response of this schema.
    #[must_use]
    pub const fn response(mut self, response: &'static ResponseSchema) -> Self {
        self.response = response;
        self
    }

    /// The same operation with this class of repetition.
    #[must_use]
    pub const fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// The same operation with a paged list.
    #[must_use]
    pub const fn paged(mut self, paging: &'static Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// The parameters which the description calls required. Only those in the path are enforced by the client.
    pub fn required(&self) -> impl Iterator<Item = &'static Param> {
        self.params.iter().filter(|param| param.required)
    }

    /// Where a parameter stands in [`params`](Self::params), by its place and wire name.
    pub fn position(&self, place: Place, name: &str) -> Option<usize> {
        self.params
            .iter()
            .position(|param| param.place == place && param.name == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

/// One parameter of an operation: where it goes, and what it is called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Param {
    /// Where the value goes.
    pub place: Place,
    /// The name on the wire.
    pub name: &'static str,
    /// Whether the description calls it required.
    pub required: bool,
}

impl Param {
    /// A parameter in the query.
    pub const fn query(name: &'static str, required: bool) -> Self {
        Self {
            place: Place::Query,
            name,
            required,
        }
    }

    /// A parameter in the path: one segment, or a part of one.
    pub const fn path(name: &'static str) -> Self {
        Self {
            place: Place::Path,
            name,
            required: true,
        }
    }

    /// A parameter in the path which may span segments: a reference such as `account/org/project/repository`.
    ///
    /// Its slashes stay as they are, each segment is encoded by itself, and `/+` ends a reference that has a slash.
    pub const fn path_ref(name: &'static str) -> Self {
        Self {
            place: Place::PathRef,
            name,
            required: true,
        }
    }

    /// A parameter in the path which may span segments: a file path or the name of a branch.
    ///
    /// Its slashes stay as they are, each segment is encoded by itself, and nothing is added.
    pub const fn path_tail(name: &'static str) -> Self {
        Self {
            place: Place::PathTail,
            name,
            required: true,
        }
    }

    /// A parameter in a request header.
    pub const fn header(name: &'static str, required: bool) -> Self {
        Self {
            place: Place::Header,
            name,
            required,
        }
    }

    /// A part of a multipart body.
    pub const fn form(name: &'static str, required: bool) -> Self {
        Self {
            place: Place::Form,
            name,
            required,
        }
    }
}

/// Where the value of a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// One segment of the path, or a part of one.
    Path,
    /// A reference of several path segments.
    PathRef,
    /// Several path segments, a file path for example.
    PathTail,
    /// The query.
    Query,
    /// A request header.
    Header,
    /// A part of a multipart body.
    Form,
}

/// Whether a request may be sent again when it is not known what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// It only reads, whatever its method.
    Safe,
    /// It writes, and twice is as good as once: the second may fail as not found or as a duplicate.
    Idempotent,
    /// Twice is not as good as once.
    Never,
}

impl Repeat {
    /// What the method alone tells: HTTP calls GET and HEAD safe, PUT and DELETE idempotent.
    pub const fn of_method(method: &str) -> Self {
        match method.as_bytes() {
            b"GET" | b"HEAD" | b"OPTIONS" => Self::Safe,
            b"PUT" | b"DELETE" => Self::Idempotent,
            _ => Self::Never,
        }
    }
}

/// Where the types of an operation come from, and so how far to trust them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// A published schema.
    Package,
    /// The models published with the vendor's Go library.
    GoSdk,
    /// Inferred from one sample: every member of the body is optional, and the answer is any JSON.
    Sample,
}
