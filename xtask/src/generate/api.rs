//! The API in terms of Rust: what the refinement makes of the description and what the emitter writes down.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::call::Call;

/// Type of a member, parameter, body or response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Text.
    Str,
    /// A 64-bit integer.
    Int,
    /// A double.
    Float,
    /// A boolean.
    Bool,
    /// A point in time.
    Time,
    /// Any JSON.
    Json,
    /// A generated type, by its key in [`Api::types`].
    Named(String),
    /// A list.
    List(Box<Ty>),
    /// A map with text keys.
    Map(Box<Ty>),
}

impl Ty {
    /// Returns the generated type inside, if there is one.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(key) => Some(key),
            Self::List(inner) | Self::Map(inner) => inner.named(),
            _ => None,
        }
    }
}

/// A member of a struct.
#[derive(Clone, Debug)]
pub struct Member {
    /// Rust name.
    pub ident: String,
    /// Name on the wire.
    pub wire: String,
    /// Type of the value.
    pub ty: Ty,
    /// Whether a value cannot be made without it.
    pub required: bool,
    /// Whether absent and `null` are told apart.
    pub nullable: bool,
    /// Whether `Debug` leaves its value out.
    pub secret: bool,
    /// Whether the description calls it deprecated.
    pub deprecated: bool,
    /// What the one sample held that it is known from; it takes any JSON then.
    pub sample: Option<String>,
}

/// A union whose tag is another member of the struct it is a member of.
#[derive(Clone, Debug)]
pub struct OuterTag {
    /// Rust name of the member that is the tag.
    pub tag: String,
    /// Type of the tag.
    pub tag_ty: Ty,
    /// Whether the tag is required.
    pub tag_required: bool,
    /// Rust name of the member that is the union.
    pub union: String,
    /// Whether the union is required.
    pub union_required: bool,
}

/// What a generated type is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Named members.
    Struct {
        /// The members, in the order of the description.
        members: Vec<Member>,
        /// Whether members beyond the named ones are kept.
        extra: bool,
        /// Unions among the members whose tag is a member too.
        outer_tags: Vec<OuterTag>,
    },
    /// Text of known values: variant and spelling.
    Enum(Vec<(String, String)>),
    /// One of several structs.
    Union {
        /// Member that holds the tag, when it is inside.
        tag: Option<String>,
        /// Whether the tag is beside the union, in the parent.
        parent: bool,
        /// Variant and the key of its type.
        variants: Vec<(String, String)>,
        /// Tag value and index of the variant.
        tags: Vec<(String, usize)>,
    },
}

/// A generated type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Rust name.
    pub name: String,
    /// What the description calls it, or where in the description it stands.
    pub origin: String,
    /// What it is.
    pub shape: Shape,
    /// Whether it is only ever sent.
    pub sent_only: bool,
    /// Whether the table of operations names its members: it is the body of a response, or the result in an envelope.
    pub in_table: bool,
}

impl Type {
    /// Returns whether it is a struct.
    pub fn is_struct(&self) -> bool {
        matches!(self.shape, Shape::Struct { .. })
    }

    /// Returns whether it is an enum of text values.
    pub fn is_enum(&self) -> bool {
        matches!(self.shape, Shape::Enum(_))
    }
}

/// Where a parameter's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// One segment of the path.
    Path,
    /// A reference of several segments of the path, ended by `/+`.
    PathRef,
    /// Several segments of the path, as they are.
    PathTail,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of a multipart form.
    Form,
}

impl Location {
    /// Returns whether it is a part of the path.
    pub fn in_path(self) -> bool {
        matches!(self, Self::Path | Self::PathRef | Self::PathTail)
    }
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Param {
    /// Rust name.
    pub ident: String,
    /// Name on the wire.
    pub wire: String,
    /// Where the value goes.
    pub location: Location,
    /// Whether the operation cannot be called without it.
    pub required: bool,
    /// Type of the value; a file for `None`.
    pub ty: Option<Ty>,
}

/// What an operation takes as its body.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Content types, the default first; without multipart forms.
    pub media: Vec<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Type of the JSON form, if there is one.
    pub json: Option<Ty>,
    /// Whether a multipart form can stand for it.
    pub form: bool,
}

/// How a response is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ResponseBody {
    /// No body.
    #[default]
    Empty,
    /// JSON of this type.
    Json(Ty),
    /// Text: YAML, HTML, plain.
    Text,
    /// Bytes, as a stream.
    Bytes,
}

/// An operation.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// As the description spells it.
    pub id: String,
    /// Rust name of the method.
    pub name: String,
    /// Module it belongs to.
    pub module: String,
    /// First tag.
    pub tag: String,
    /// HTTP method in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Parameters; the required ones first.
    pub params: Vec<Param>,
    /// Body, if it takes one.
    pub body: Option<Body>,
    /// How its response is read by default.
    pub response: ResponseBody,
    /// Content types of its responses, the default first.
    pub response_media: Vec<String>,
    /// Statuses of the errors that the description declares.
    pub errors: Vec<String>,
    /// How sure the description is of the types.
    pub provenance: String,
    /// The same of the body alone, where it differs.
    pub body_provenance: String,
    /// Whether the description calls it deprecated.
    pub deprecated: bool,
    /// Whether it may be sent again when its outcome is not known.
    pub retry: RetryClass,
    /// How its list is paged, if it gives one.
    pub paging: Option<Paging>,
    /// The body of its successful response.
    pub response_schema: ResponseSchema,
    /// How it is called.
    pub call: Call,
}

/// The body of a successful response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseSchema {
    /// The body as a whole.
    pub body: ValueSchema,
    /// The member that holds the result, and its value, where the body is an envelope.
    pub data: Option<(String, ValueSchema)>,
    /// What a `status` at its root says.
    pub status: StatusMember,
    /// Paths of booleans that are `false` when nothing was done.
    pub confirmations: Vec<String>,
}

/// What a value in a response is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ValueSchema {
    /// No content.
    Empty,
    /// Any JSON.
    #[default]
    Any,
    /// An object.
    Object {
        /// The key of the type whose members it has, unless it may have any.
        members: Option<String>,
        /// Whether it may have none.
        may_be_empty: bool,
    },
    /// A list.
    List,
    /// Text.
    Text,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Not JSON.
    Opaque,
}

impl ValueSchema {
    /// Says of an object that it may have no members.
    pub(super) fn allow_empty(&mut self) {
        if let Self::Object { may_be_empty, .. } = self {
            *may_be_empty = true;
        }
    }
}

/// What a `status` at the root of a response says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusMember {
    /// There is none.
    #[default]
    Absent,
    /// Whether the call succeeded.
    Envelope,
    /// What became of the call, in words of the service.
    Acknowledgement,
    /// The state of what the response is about.
    Result,
}

/// Whether an operation may be sent again when its outcome is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryClass {
    /// It only reads.
    Safe,
    /// A second execution changes nothing more.
    Idempotent,
    /// A second execution may do more, or it is not known.
    #[default]
    Never,
}

/// How a list is paged. Names of members are paths with dots; the empty path is the whole body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// How the next page is asked for.
    pub step: Step,
    /// Whether page, size and tokens are members of the body; else they are in the query.
    pub in_body: bool,
    /// What says which page or offset is wanted.
    pub page: Option<String>,
    /// What says how many items a page has.
    pub size: Option<String>,
    /// What asks for the next page, and the member of the response that it is taken from.
    pub tokens: Vec<(String, String)>,
    /// The number of the first page.
    pub first: u64,
    /// How many items a page has when nothing is said.
    pub default_size: Option<u32>,
    /// How many items a page has at most.
    pub max_size: Option<u32>,
    /// The member that holds the items.
    pub items: String,
    /// Type of an item.
    pub item: Ty,
    /// Where the number of all items stands.
    pub total: Option<Found>,
    /// Where the size of pages stands that the server used.
    pub used_size: Option<Found>,
    /// What tells whether there are more pages.
    pub more: Option<More>,
    /// Whether the server leaves the member that holds the items out when there are none.
    pub omits_empty: bool,
}

/// How the next page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// By its number.
    Number,
    /// By the number of items before it.
    Offset,
    /// By what the page before it says.
    Token,
    /// Not at all.
    #[serde(skip)]
    Whole,
}

/// Where a number stands in an response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// In a member of the body.
    Member(String),
    /// In a header.
    Header(String),
}

/// What tells whether there are more pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum More {
    /// A boolean member that is true while there are more.
    HasNext(String),
    /// A boolean member that is true on the last page.
    Last(String),
}

/// A module of the client.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Rust module and Cargo feature.
    pub name: String,
    /// One line on what it is about.
    pub title: String,
    /// Its operations, by tag and then by name.
    pub operations: Vec<Operation>,
    /// Keys of the types that only this module uses, with the tags that use them.
    pub types: BTreeMap<String, BTreeSet<String>>,
    /// Indexes of the operations in each file.
    pub files: BTreeMap<String, Vec<usize>>,
    /// Keys of the types in each file.
    pub type_files: BTreeMap<String, Vec<String>>,
}

/// Types that several modules use.
#[derive(Clone, Debug)]
pub struct Group {
    /// Rust module.
    pub name: String,
    /// The modules that use every type of it.
    pub modules: BTreeSet<String>,
    /// Keys of the types.
    pub types: BTreeSet<String>,
}

/// The whole client.
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// Modules by name.
    pub modules: Vec<Module>,
    /// Shared types, by the set of modules that use them.
    pub groups: Vec<Group>,
    /// All types by key: the Rust name, for a type that belongs to one operation behind `module.`.
    pub types: BTreeMap<String, Type>,
}

/// Returns the Rust name in a type key.
pub fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
