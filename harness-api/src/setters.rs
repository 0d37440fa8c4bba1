//! What generated builders set on their call, which they give away and get back: so a setter of theirs has nothing to drop
//! and is a few instructions, of which there are thousands.

#![allow(
    dead_code,
    reason = "which of them are used depends on the modules that are compiled in"
)]

use std::borrow::Cow;

use serde::Serialize;

use crate::body::{FilePart, RequestBody};
use crate::call::Call;
use crate::model::Part;

impl Call {
    pub(crate) fn with_text(mut self, param: usize, value: impl Into<String>) -> Self {
        self.text(param, value);
        self
    }

    pub(crate) fn with_int(mut self, param: usize, value: i64) -> Self {
        self.int(param, value);
        self
    }

    pub(crate) fn with_number(mut self, param: usize, value: f64) -> Self {
        self.number(param, value);
        self
    }

    pub(crate) fn with_flag(mut self, param: usize, value: bool) -> Self {
        self.flag(param, value);
        self
    }

    pub(crate) fn with_texts<I>(mut self, param: usize, values: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.texts(param, values);
        self
    }

    pub(crate) fn with_ints(mut self, param: usize, values: impl IntoIterator<Item = i64>) -> Self {
        self.ints(param, values);
        self
    }

    pub(crate) fn with_object(mut self, param: usize, value: &impl Serialize) -> Self {
        self.object(param, value);
        self
    }

    pub(crate) fn with_file(mut self, param: usize, file: impl Into<FilePart>) -> Self {
        self.file(param, file.into());
        self
    }

    pub(crate) fn with_body_json(mut self, body: &impl Serialize) -> Self {
        self.body_json(body);
        self
    }

    pub(crate) fn with_body_part(mut self, body: Part<'_>) -> Self {
        self.body_part(body);
        self
    }

    pub(crate) fn with_body_text(
        mut self,
        content_type: &'static str,
        text: impl Into<String>,
    ) -> Self {
        self.body_text(Cow::Borrowed(content_type), text);
        self
    }

    pub(crate) fn with_body_bytes(
        mut self,
        content_type: &'static str,
        body: impl Into<RequestBody>,
    ) -> Self {
        self.body_bytes(Cow::Borrowed(content_type), body);
        self
    }
}
