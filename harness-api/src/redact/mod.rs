//! Removal of secrets from texts that people read and log. This is the only place that masks.

mod form;
mod search;
#[cfg(test)]
mod tests;
mod view;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};

use self::form::Form;
use self::view::Unit;

/// What stands in the place of a secret.
const MASK: &str = "***";
/// A key of fewer bytes is no secret, and its text occurs in ordinary words.
const SHORTEST_KEY: usize = 4;
/// How many bytes are searched at a time.
const WINDOW: usize = 16 << 10;
/// How often an encoded text is decoded: a key may be encoded several times over.
const LAYERS: usize = 4;

/// Whether the values of a header are credentials, judged by its name.
pub(crate) fn is_secret_header(name: &HeaderName) -> bool {
    const WORDS: [&str; 13] = [
        "auth",
        "authentication",
        "authorization",
        "apikey",
        "cookie",
        "cookie2",
        "credential",
        "credentials",
        "jwt",
        "passwd",
        "password",
        "secret",
        "token",
    ];
    let name = name.as_str();
    name.split(['-', '_']).any(|word| WORDS.contains(&word))
        || ["api", "access", "private", "secret", "auth"]
            .iter()
            .any(|word| {
                let name = name.strip_suffix("key").unwrap_or_default();
                name.trim_end_matches(['-', '_']).ends_with(word)
            })
}

/// A header value, marked sensitive where its name says that it is a credential. `None`: the bytes are not allowed.
pub(crate) fn header_value(name: &HeaderName, value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
    if is_secret_header(name) {
        value.set_sensitive(true);
    }
    Some(value)
}

/// Returns a text fit for logs: one line of at most `limit` characters, and `…` where it is cut; without control characters,
/// and with `***` in place of what looks like a platform token.
///
/// It knows no keys. [`Redactor`] masks those of a client too, whatever they look like.
///
/// ```
/// let text = harness_api::one_line("key pat.account.id.secret\nrefused", 80);
/// assert_eq!(text, "key pat.*** refused");
/// ```
pub fn one_line(text: &str, limit: usize) -> String {
    Redactor::default().one_line(text, limit)
}

/// Masks keys in texts, for example in those of a server that repeats what it was sent.
///
/// A client's own keys, which are the values of its credential headers, are masked in full, whatever they look like: as they
/// are, percent-encoded, as HTML entities, with the escapes of JSON, in hexadecimal digits, in Base64 alone or behind a user
/// name, and broken by white space or markup. The password in a value for basic authentication, the token behind `Bearer`
/// and the secret part of a token are keys of their own. Keys of fewer than four bytes are left alone.
///
/// Tokens of the platform (`pat.` and `sat.`) are masked whoever they belong to.
///
/// [`Client::redactor`](crate::Client::redactor) and [`Error::redactor`](crate::Error::redactor) give the one that knows
/// the keys of a call. Clones are cheap.
///
/// ```
/// use harness_api::Redactor;
///
/// let redactor = Redactor::new(["first-generation-key"]);
/// assert_eq!(redactor.one_line("no such key:\nfirst%2Dgeneration-key", 80), "no such key: ***");
/// assert_eq!(redactor.mask("refused: Zmlyc3QtZ2VuZXJhdGlvbi1rZXk="), "refused: ***");
/// assert_eq!(redactor.mask("pat.account.id.secret"), "pat.***");
/// ```
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Keys>>);

struct Keys {
    /// Values of headers as they are sent, and texts.
    values: Vec<Vec<u8>>,
    /// What to look for, made when it is first needed.
    forms: OnceLock<Vec<Form>>,
}

impl Redactor {
    /// Returns a redactor that masks these keys beside tokens of the platform.
    pub fn new<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter();
        Self::of(keys.map(|key| key.as_ref().as_bytes().to_vec()).collect())
    }

    fn of(mut values: Vec<Vec<u8>>) -> Self {
        values.retain(|value| value.len() >= SHORTEST_KEY);
        if values.is_empty() {
            return Self::default();
        }
        Self(Some(Arc::new(Keys {
            values,
            forms: OnceLock::new(),
        })))
    }

    /// The same, with the credentials among these headers.
    pub(crate) fn with_headers(&self, headers: &HeaderMap) -> Self {
        let mut new = Vec::new();
        for (name, value) in headers {
            let value = value.is_sensitive().then(|| value.as_bytes());
            let Some(value) = value.filter(|value| !self.knows(value)) else {
                continue;
            };
            new.push(value.to_vec());
            if name == COOKIE {
                let pairs = value.split(|byte| *byte == b';');
                let values = pairs.filter_map(|pair| pair.splitn(2, |byte| *byte == b'=').nth(1));
                new.extend(values.map(|value| value.trim_ascii().to_vec()));
            }
        }
        if new.is_empty() {
            return self.clone();
        }
        self.merged(&Self::of(new))
    }

    /// The keys of both.
    pub(crate) fn merged(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, None) => self.clone(),
            (None, Some(_)) => other.clone(),
            (Some(own), Some(more)) if Arc::ptr_eq(own, more) => self.clone(),
            (Some(own), Some(more)) => {
                let new = more.values.iter().filter(|value| !self.knows(value));
                let new: Vec<Vec<u8>> = new.cloned().collect();
                if new.is_empty() {
                    return self.clone();
                }
                Self::of([&own.values[..], &new].concat())
            }
        }
    }

    /// Whether both mask the same for sure.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    fn knows(&self, value: &[u8]) -> bool {
        let keys = self.0.as_ref();
        keys.is_some_and(|keys| keys.values.iter().any(|known| known == value))
    }

    /// Returns the text on one line of at most `limit` characters, with `…` where it is cut; without control characters, and
    /// with secrets masked.
    pub fn one_line(&self, text: &str, limit: usize) -> String {
        // What is not searched is not shown.
        let shown = limit.saturating_mul(8).saturating_add(1024);
        let text = &text[..boundary(text, shown.saturating_add(self.longest()))];
        let shown = boundary(text, shown);
        let mut line = Line {
            out: String::new(),
            left: limit,
            has_gap: false,
        };
        let secrets = self.secrets(text);
        for piece in pieces(&text[..shown], &secrets) {
            let whole = match piece {
                Piece::Open(open) => open.chars().all(|c| line.push(c)),
                Piece::Secret(mask) => mask.chars().all(|c| line.push(c)),
            };
            if !whole {
                return line.out;
            }
        }
        if shown < text.len() {
            line.out.push('…');
        }
        line.out
    }

    /// Returns the text with secrets masked and everything else as it is.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let secrets = self.secrets(text);
        if secrets.is_empty() {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text, &secrets) {
            out.push_str(match piece {
                Piece::Open(text) | Piece::Secret(text) => text,
            });
        }
        out.into()
    }

    /// The beginning of a text, with secrets masked: at most so many bytes of it.
    pub(crate) fn mask_start(&self, text: &str, limit: usize) -> String {
        let searched = boundary(text, limit.saturating_add(self.longest()));
        let mut masked = self.mask(&text[..searched]).into_owned();
        masked.truncate(boundary(&masked, limit));
        masked
    }

    /// The part of a document around a place, on one line and with secrets masked, which may begin before or end behind it.
    pub(crate) fn excerpt(&self, document: &[u8], part: Range<usize>) -> String {
        let margin = self.longest();
        let from = part.start.saturating_sub(margin);
        let to = part.end.saturating_add(margin).min(document.len());
        let read = |range: Range<usize>| String::from_utf8_lossy(&document[range]).into_owned();
        let before = read(from..part.start);
        let shown = before.len()..before.len() + read(part.clone()).len();
        let text = before + &read(part.clone()) + &read(part.end..to);
        let mut secrets = self.secrets(&text);
        secrets.retain(|secret| secret.start < shown.end && secret.end > shown.start);
        for secret in &mut secrets {
            *secret = secret.start.max(shown.start) - shown.start
                ..secret.end.min(shown.end) - shown.start;
        }
        let mut out = String::new();
        for piece in pieces(&text[shown], &secrets) {
            match piece {
                Piece::Open(open) => {
                    out.extend(open.chars().map(|c| if c.is_control() { ' ' } else { c }));
                }
                Piece::Secret(mask) => out.push_str(mask),
            }
        }
        out
    }

    /// How many bytes the longest form of a key can take in a text, encoded in the longest way.
    fn longest(&self) -> usize {
        let longest = self.forms().iter().map(|form| form.bytes.len()).max();
        1024 + 12 * longest.unwrap_or_default()
    }

    fn forms(&self) -> &[Form] {
        let keys = self.0.as_ref();
        keys.map_or(&[], |keys| {
            keys.forms.get_or_init(|| {
                let mut forms = Vec::new();
                keys.values
                    .iter()
                    .for_each(|value| form::add(&mut forms, value));
                forms
            })
        })
    }

    /// The parts of a text that are secret, in order and apart from each other.
    fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let overlap = self.longest();
        let mut from = 0;
        loop {
            let end = boundary(text, from + WINDOW + overlap);
            self.search(&text[from..end], from, end == text.len(), &mut found);
            if end == text.len() {
                break;
            }
            from = boundary(text, from + WINDOW);
        }
        found.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    /// Looks at a text as it is, and decoded as often as there is something to decode.
    fn search(&self, text: &str, offset: usize, is_end: bool, found: &mut Vec<Range<usize>>) {
        let mut view = view::plain(text);
        for _ in 0..=LAYERS {
            let mut add = |units: &[Unit]| {
                if let (Some(first), Some(last)) = (units.first(), units.last()) {
                    found.push(offset + first.start..offset + last.end);
                }
            };
            search::tokens(&view, &mut add);
            search::keys(&view, self.forms(), is_end, &mut add);
            let is_encoded = |unit: &Unit| matches!(unit.byte, b'%' | b'&' | b'\\' | b'<');
            if !view.iter().any(is_encoded) {
                break;
            }
            let decoded = view::decode(&view);
            if decoded.len() == view.len() {
                break;
            }
            view = decoded;
        }
    }
}

/// The number of its keys, and nothing of them.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.as_ref().map_or(0, |keys| keys.values.len());
        write!(f, "Redactor({keys} keys)")
    }
}

/// The largest boundary of a character up to an index.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A line that is written, white space in it run together.
struct Line {
    out: String,
    left: usize,
    has_gap: bool,
}

impl Line {
    /// Whether there was room.
    fn push(&mut self, c: char) -> bool {
        if c.is_whitespace() || c.is_control() {
            self.has_gap = !self.out.is_empty();
            return true;
        }
        let gap = std::mem::take(&mut self.has_gap).then_some(' ');
        for c in gap.into_iter().chain([c]) {
            if self.left == 0 {
                self.out.push('…');
                return false;
            }
            self.out.push(c);
            self.left -= 1;
        }
        true
    }
}

enum Piece<'t> {
    Open(&'t str),
    Secret(&'static str),
}

/// The pieces of a text between secrets, and what to show in the place of these.
fn pieces<'t>(text: &'t str, secrets: &[Range<usize>]) -> impl Iterator<Item = Piece<'t>> {
    let secrets = secrets.iter().filter(|secret| secret.start < text.len());
    let ends = std::iter::once(0).chain(secrets.clone().map(|secret| secret.end));
    let starts = secrets.map(|secret| secret.start);
    let starts = starts.map(Some).chain([None]);
    ends.zip(starts)
        .flat_map(move |(end, start)| {
            let open = text.get(end..start.unwrap_or(text.len()));
            let mask = start.map(|start| match text.get(start..start + 4) {
                Some("pat.") => "pat.***",
                Some("sat.") => "sat.***",
                _ => MASK,
            });
            let open = open.filter(|open| !open.is_empty()).map(Piece::Open);
            [open, mask.map(Piece::Secret)]
        })
        .flatten()
}
