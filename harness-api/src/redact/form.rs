//! The forms in which a key may appear in a text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::SHORTEST_KEY;

/// The beginning of a key is masked from this length on.
const SHORTEST_PART: usize = 8;

/// A form in which a key may appear in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) bytes: Vec<u8>,
    /// Whether the letters around it belong to it.
    pub(super) is_base64: bool,
    /// How many of its first bytes are masked without the rest, where it says so.
    pub(super) part: Option<usize>,
}

/// Adds the forms of the key in a header's value, or of a text.
pub(super) fn add(forms: &mut Vec<Form>, value: &[u8]) {
    const SCHEMES: [&[u8]; 5] = [b"apikey", b"basic", b"bearer", b"jwt", b"token"];
    let value = value.trim_ascii();
    let mut words = value.splitn(2, |byte| *byte == b' ');
    let first = words.next().unwrap_or_default();
    let is_scheme = SCHEMES
        .iter()
        .any(|scheme| first.eq_ignore_ascii_case(scheme));
    let key = words
        .next()
        .filter(|_| is_scheme)
        .map_or(value, <[u8]>::trim_ascii);
    encoded(forms, key, true);
    if first.eq_ignore_ascii_case(b"basic")
        && let Ok(login) = STANDARD.decode(key)
    {
        // The user's name is no secret.
        encoded(forms, &login, false);
        if let Some(password) = login.splitn(2, |byte| *byte == b':').nth(1) {
            encoded(forms, password, true);
        }
    }
    // Of a token or a JWT the last part of three or more is the secret.
    let mut parts = key.rsplit(|byte| *byte == b'.');
    let secret = parts.next().filter(|part| part.len() >= SHORTEST_PART);
    if let (Some(secret), 2..) = (secret, parts.count()) {
        encoded(forms, secret, true);
    }
}

/// Adds a key as it is, in hexadecimal digits, and in Base64.
fn encoded(forms: &mut Vec<Form>, key: &[u8], has_parts: bool) {
    if key.len() < SHORTEST_KEY {
        return;
    }
    let mut add = |bytes: Vec<u8>, is_base64: bool| {
        let bytes: Vec<u8> = bytes
            .into_iter()
            .filter(|byte| !byte.is_ascii_whitespace() && !byte.is_ascii_control())
            .collect();
        let part = has_parts.then(|| bytes.len().div_ceil(2).max(SHORTEST_PART));
        let form = Form {
            bytes,
            is_base64,
            part,
        };
        if form.bytes.len() >= SHORTEST_KEY && !forms.contains(&form) {
            forms.push(form);
        }
    };
    add(key.to_vec(), false);
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    add(hex.into_bytes(), false);
    for offset in 0..3 {
        // Only the letters that depend on nothing but the key: not those of what stands before and behind it.
        let behind = [vec![0; offset], key.to_vec()].concat();
        let whole = behind.len() / 3 * 3;
        let skipped = if offset == 0 { 0 } else { 4 };
        for encoded in [
            STANDARD_NO_PAD.encode(&behind[..whole]),
            URL_SAFE_NO_PAD.encode(&behind[..whole]),
        ] {
            let letters = encoded.as_bytes().get(skipped..).unwrap_or_default();
            if letters.len() >= SHORTEST_PART {
                add(letters.to_vec(), true);
            }
        }
    }
}
