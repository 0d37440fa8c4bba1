//! Every operation of the Harness Platform API, typed.
//!
//! This is the raw client: generated from the API's description, one Cargo feature a module.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod base;
mod body;
mod call;
mod client;
mod content;
mod decode;
mod encode;
mod error;
mod exchange;
#[allow(
    deprecated,
    clippy::all,
    clippy::unwrap_used,
    reason = "generated: names, lengths and deprecations are the description's"
)]
#[rustfmt::skip]
mod generated;
pub mod model;
mod operation;
mod options;
mod paging;
mod path;
mod payload;
mod position;
mod pruned;
mod query;
mod reading;
mod redact;
mod redirect;
mod request;
mod response;
mod rt;
mod schema;
mod scope_level;
mod server_message;
mod setters;
mod stream;
mod transport;
mod upload;

pub use body::{FilePart, RequestBody};
pub use bytes::Bytes;
pub use call::{Call, Sending};
pub use client::{Client, ClientBuilder, is_loopback};
pub use error::{DecodeFailure, Error, ErrorKind};
pub use generated::*;
pub use operation::{Operation, Param, Place, Provenance, Repeat};
pub use options::{CallOptions, Configure};
pub use paging::{Found, More, Paged, Paging, Sent, Step, Token};
pub use redact::{Redactor, one_line};
pub use redirect::redirect_policy;
pub use request::Request;
pub use reqwest;
pub use response::{Response, ResponseParts};
pub use schema::{ResponseSchema, StatusMember, ValueSchema};
pub use scope_level::ScopeLevel;
pub use stream::ByteStream;
pub use transport::{BoxFuture, Incoming, Layer, Next, Outgoing};
