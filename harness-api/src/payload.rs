//! A body on its way: kept as a recipe until the request goes out, so that a layer can send it again.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Request, RequestBuilder};

use crate::body::{FilePart, Source};
use crate::error::Error;
use crate::upload::ReadState;

/// What remains to be put into a request. Bytes stand in the request already.
#[derive(Debug)]
pub(crate) enum Payload {
    Source(Source),
    Form(Vec<FormPart>),
}

/// One part of a form.
#[derive(Debug)]
pub(crate) struct FormPart {
    pub(crate) name: &'static str,
    pub(crate) content: FormContent,
}

pub(crate) enum FormContent {
    Text(String),
    Json(Bytes),
    File(FilePart),
}

impl std::fmt::Debug for FormContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "text",
            Self::Json(_) => "JSON",
            Self::File(_) => "a file",
        })
    }
}

impl FormContent {
    pub(crate) fn again(&self) -> Option<Self> {
        Some(match self {
            Self::Text(text) => Self::Text(text.clone()),
            Self::Json(json) => Self::Json(json.clone()),
            Self::File(file) => Self::File(file.again()?),
        })
    }
}

impl Payload {
    /// The same payload again, unless a stream is in it.
    pub(crate) fn again(&self) -> Option<Self> {
        match self {
            Self::Source(source) => source.again().map(Self::Source),
            Self::Form(parts) => {
                let mut again = Vec::with_capacity(parts.len());
                for part in parts {
                    again.push(FormPart {
                        name: part.name,
                        content: part.content.again()?,
                    });
                }
                Some(Self::Form(again))
            }
        }
    }

    /// Opens files and puts the body into the request. What is read while it is sent adds its state.
    pub(crate) async fn put(
        self,
        client: &Client,
        mut request: Request,
        states: &mut Vec<Arc<ReadState>>,
    ) -> Result<Request, Error> {
        match self {
            Self::Source(source) => {
                let (body, length) = source.open(states).await?;
                if let Some(length) = length {
                    request
                        .headers_mut()
                        .insert(CONTENT_LENGTH, HeaderValue::from(length));
                }
                *request.body_mut() = Some(body);
                Ok(request)
            }
            Self::Form(parts) => {
                let form = form(parts, states).await?;
                request.headers_mut().remove(CONTENT_TYPE);
                RequestBuilder::from_parts(client.clone(), request)
                    .multipart(form)
                    .build()
                    .map_err(Error::from_http)
            }
        }
    }
}

async fn form(parts: Vec<FormPart>, states: &mut Vec<Arc<ReadState>>) -> Result<Form, Error> {
    let mut form = Form::new();
    for part in parts {
        let name = part.name;
        let part = match part.content {
            FormContent::Text(text) => Part::text(text),
            FormContent::Json(json) => mime(
                Part::stream_with_length(json.clone(), json.len() as u64),
                name,
                "application/json",
            )?,
            FormContent::File(file) => {
                // A line break in a name would write headers of its own.
                if file.name.chars().any(char::is_control) {
                    return Err(Error::build(format!(
                        "form part `{name}`: the file's name holds control characters"
                    )));
                }
                let (body, length) = file.source.open(states).await?;
                let part = match length {
                    Some(length) => Part::stream_with_length(body, length),
                    None => Part::stream(body),
                };
                mime(part.file_name(file.name), name, &file.mime)?
            }
        };
        form = form.part(name, part);
    }
    Ok(form)
}

fn mime(part: Part, name: &str, mime: &str) -> Result<Part, Error> {
    part.mime_str(mime)
        .map_err(|_| Error::build(format!("form part `{name}`: the media type is not valid")))
}
