//! Everything that is shown, logged or traced.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Texts with their sources. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<(String, String)>>>);

impl Capture {
    pub(crate) fn text(&self, from: impl Into<String>, text: impl Into<String>) {
        let mut texts = self.0.lock().expect("no panic");
        texts.push((from.into(), text.into()));
    }

    pub(crate) fn debug(&self, from: &str, value: &impl Debug) {
        self.text(from, format!("{value:?}"));
        self.text(from, format!("{value:#?}"));
    }

    pub(crate) fn both(&self, from: &str, value: &(impl Debug + Display)) {
        self.debug(from, value);
        self.text(from, format!("{value}"));
        self.text(from, format!("{value:#}"));
    }

    /// Adds an error with all its sources.
    pub(crate) fn error(&self, from: &str, error: &(dyn StdError + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.text(from, format!("{error:?} {error:#?} {error} {error:#}"));
            next = error.source();
        }
    }

    /// Returns the texts captured since the last call.
    pub(crate) fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }

    pub(crate) fn all(&self) -> Vec<(String, String)> {
        self.0.lock().expect("no panic").clone()
    }
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        *self.0 += &format!(" {}={value:?}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        *self.0 += &format!(" {}={value}", field.name());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> tracing_subscriber::Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = attributes.metadata().name().to_owned();
        attributes.record(&mut Fields(&mut text));
        self.text(format!("span of {}", attributes.metadata().target()), text);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut text = String::new();
        values.record(&mut Fields(&mut text));
        self.text("record of a span", text);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = event.metadata().name().to_owned();
        event.record(&mut Fields(&mut text));
        self.text(format!("event of {}", event.metadata().target()), text);
    }
}

/// Captures the log of dependencies.
impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.text(
            format!("log of {}", record.target()),
            record.args().to_string(),
        );
    }

    fn flush(&self) {}
}
