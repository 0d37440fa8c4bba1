//! Finds secrets in texts, in any encoding.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Secret that must not be shown: a name for reports, and its text.
pub(crate) struct Mark {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

pub(crate) struct Detector(Vec<(&'static str, BTreeSet<String>)>);

impl Detector {
    pub(crate) fn new(marks: &[Mark]) -> Self {
        let forms = |mark: &Mark| (mark.name, forms(mark.text));
        Self(marks.iter().map(forms).collect())
    }

    /// Returns the marks that a text contains in any form.
    pub(crate) fn find(&self, text: &str) -> Vec<&'static str> {
        let is_in = |forms: &BTreeSet<String>| forms.iter().any(|form| text.contains(form));
        let found = self.0.iter().filter(|(_, forms)| is_in(forms));
        found.map(|(name, _)| *name).collect()
    }
}

/// Returns the forms of a text: unchanged, its first and second half, and encoded for URLs, JSON, headers and dumps.
fn forms(text: &str) -> BTreeSet<String> {
    let half = text.len() / 2;
    let (first, last) = (&text[..half], &text[half..]);
    let mut forms = BTreeSet::new();
    for part in [text, first, last] {
        forms.insert(part.to_owned());
        forms.insert(percent(part, "%20"));
        forms.insert(percent(part, "%20").to_ascii_lowercase());
        forms.insert(percent(part, "+"));
        forms.insert(part.escape_debug().to_string());
        forms.insert(part.escape_default().to_string());
        let json = serde_json::to_string(part).expect("a text");
        forms.insert(json.trim_matches('"').to_owned());
        forms.insert(hex(part));
        forms.insert(hex(part).to_ascii_uppercase());
        forms.insert(numbers(part));
    }
    for alphabet in [STANDARD, URL_SAFE] {
        for offset in 0..3 {
            forms.insert(base64(text, offset, alphabet));
        }
    }
    forms
}

pub(crate) fn percent(text: &str, blank: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out += blank,
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte.into())
            }
            byte => write!(out, "%{byte:02X}").expect("a string grows"),
        }
    }
    out
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the text as a list of bytes.
fn numbers(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    bytes.join(", ")
}

pub(crate) const STANDARD: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const URL_SAFE: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Returns the base64 form of a text after this number of other bytes: the characters that do not depend on its
/// surroundings.
pub(crate) fn base64(text: &str, offset: usize, alphabet: &[u8; 64]) -> String {
    let bytes: Vec<u8> = std::iter::repeat_n(0, offset).chain(text.bytes()).collect();
    let letters: String = bytes
        .chunks_exact(3)
        .flat_map(|three| {
            let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            [18, 12, 6, 0].map(|shift| char::from(alphabet[(bits >> shift & 63) as usize]))
        })
        .collect();
    letters[if offset == 0 { 0 } else { 4 }..].to_owned()
}
