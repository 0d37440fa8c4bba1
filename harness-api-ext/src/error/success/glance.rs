//! Successes that are seen at first sight: most responses are, and are read no further.

use std::sync::LazyLock;

use harness_api::{StatusMember, ValueSchema};
use memchr::memmem::Finder;

use super::Judge;
use super::members::Members;
use super::root::is_word;

impl Judge {
    /// Whether an object is a success at first sight: what is described is there, and nothing in the body looks like a
    /// failure. Most responses are, and are read no further.
    pub(super) fn is_plain_success(&self, body: &[u8]) -> bool {
        let needles = &*NEEDLES;
        let schema = self.schema;
        if self.writes && has_any(&needles.written, body) {
            return false;
        }
        if let Some((member, data)) = schema.data {
            let is_plain = schema.confirmations.iter().all(|path| *path == member);
            return is_plain
                && match schema.status {
                    StatusMember::Envelope => has_success_and(member, data, body),
                    _ => has_data(member, data, body) && !needles.tell_failure(body),
                };
        }
        match schema.body {
            ValueSchema::Object { members, .. }
                if !members.is_empty() && schema.confirmations.is_empty() =>
            {
                has_own_member(members, body)
                    && match schema.status {
                        StatusMember::Result => !has(&needles.fault, body),
                        _ => !needles.tell_failure(body),
                    }
            }
            ValueSchema::Any | ValueSchema::Opaque if schema.confirmations.is_empty() => {
                !needles.tell_failure(body)
                    && !has_any(&needles.loose, body)
                    && (body.len() > SMALL || !has_any(&needles.words, body))
            }
            _ => false,
        }
    }
}

/// Texts that failures have, to be looked for where the place of a member in the document is not known.
struct Needles {
    status: Finder<'static>,
    /// What a failing status begins with.
    failing: [Finder<'static>; 6],
    success: Finder<'static>,
    fault: Finder<'static>,
    /// The level of a response message.
    level: Finder<'static>,
    /// Of failures whose operation is not described.
    loose: [Finder<'static>; 3],
    /// Of a small body that is nothing but an error.
    words: [Finder<'static>; 3],
    /// Of what was written and then not stored.
    written: [Finder<'static>; 2],
}

/// To prepare the search for a text costs more than the search in a usual response.
static NEEDLES: LazyLock<Needles> = LazyLock::new(|| Needles {
    status: Finder::new("\"status\""),
    failing: [
        "\"FAIL", "\"Fail", "\"fail", "\"ERROR", "\"Error", "\"error",
    ]
    .map(Finder::new),
    success: Finder::new("\"success\""),
    fault: Finder::new("\"fault\""),
    level: Finder::new("\"level\""),
    loose: ["\"grpc_code\"", "\"http_code\"", "\"errors\""].map(Finder::new),
    words: ["\"code\"", "\"error\"", "\"message\""].map(Finder::new),
    written: ["\"deny\"", "rrorResponse\""].map(Finder::new),
});

impl Needles {
    /// Whether the body of a described object may tell of a failure all the same.
    fn tell_failure(&self, body: &[u8]) -> bool {
        has(&self.success, body)
            || has(&self.fault, body)
            || ((has(&self.status, body) || has(&self.level, body)) && has_any(&self.failing, body))
    }
}

fn has(needle: &Finder<'_>, body: &[u8]) -> bool {
    needle.find(body).is_some()
}

fn has_any(needles: &[Finder<'_>], body: &[u8]) -> bool {
    needles.iter().any(|needle| has(needle, body))
}

/// A body that is nothing but an error is small.
const SMALL: usize = 64 << 10;

/// Whether an envelope says that it is a success, and has its result in this member.
fn has_success_and(member: &str, data: ValueSchema, envelope: &[u8]) -> bool {
    let (mut said, mut fits) = (false, false);
    for (name, value) in Members::of(envelope).into_iter().flatten() {
        if name == b"status" {
            said = value.starts_with(b"\"SUCCESS\"");
            if !said {
                return false;
            }
        } else if name == member.as_bytes() {
            fits = plainly_fits(data, value);
            if !fits {
                return false;
            }
        }
        if said && fits {
            return true;
        }
    }
    false
}

/// Whether an envelope has its result in this member.
fn has_data(member: &str, data: ValueSchema, envelope: &[u8]) -> bool {
    let mut members = Members::of(envelope).into_iter().flatten();
    members.any(|(name, value)| name == member.as_bytes() && plainly_fits(data, value))
}

/// Whether the value that a document begins with is as described, as far as its first bytes tell.
fn plainly_fits(schema: ValueSchema, value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    match schema {
        ValueSchema::Object {
            members: [],
            may_be_empty,
        } => first == b'{' && may_be_empty,
        ValueSchema::Object { members, .. } => first == b'{' && has_own_member(members, value),
        ValueSchema::List => first == b'[',
        ValueSchema::Text => first == b'"' && !value.starts_with(b"\"false\""),
        ValueSchema::Number => first == b'-' || first.is_ascii_digit(),
        ValueSchema::Boolean => first == b't',
        _ => false,
    }
}

/// Whether one of the first members of the object that a document begins with is one of these, and no word of errors.
fn has_own_member(members: &[&str], object: &[u8]) -> bool {
    let own = |name: &[u8]| {
        let own = members.iter().find(|member| member.as_bytes() == name);
        own.is_some_and(|name| !is_word(name))
    };
    let mut names = Members::of(object).into_iter().flatten().take(4);
    names.any(|(name, _)| own(name))
}
