//! Percent-encoding, in one place.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use reqwest::Url;

/// Everything but the unreserved characters of RFC 3986.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What may not stand in a path as it is; separators and escapes which are already there stay.
const LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Appends a value, so encoded that it cannot be taken for anything but a value.
pub(crate) fn push_value(out: &mut String, value: &str) {
    out.extend(utf8_percent_encode(value, VALUE));
}

/// Appends a fixed part of a path template.
pub(crate) fn push_literal(out: &mut String, literal: &str) {
    out.extend(utf8_percent_encode(literal, LITERAL));
}

/// Adds pairs to the query of a URL.
pub(crate) fn extend_query<N: AsRef<str>, V: AsRef<str>>(url: &mut Url, pairs: &[(N, V)]) {
    if pairs.is_empty() {
        return;
    }
    let mut all = pairs.iter();
    if all.all(|(name, value)| is_plain(name.as_ref()) && is_plain(value.as_ref())) {
        // As a form writes them, which is the same here, and the URL is not read once more.
        url.query_pairs_mut().extend_pairs(pairs);
        return;
    }
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in pairs {
        push_pair(&mut query, name.as_ref(), value.as_ref());
    }
    url.set_query(Some(&query));
}

/// Whether a query has a key of this name.
pub(crate) fn has_key(query: &str, name: &str) -> bool {
    let mut pairs = query.as_bytes().split(|byte| *byte == b'&');
    pairs.any(|pair| {
        if let Some(rest) = pair.strip_prefix(name.as_bytes())
            && matches!(rest.first(), None | Some(b'='))
        {
            return !pair.is_empty();
        }
        // All of the pair is looked at, which is faster than to find the end of the key before.
        let has_escapes = pair
            .iter()
            .fold(false, |found, byte| found | matches!(byte, b'%' | b'+'));
        has_escapes && decoded(pair) == name
    })
}

/// What the key of a pair means that has escapes.
fn decoded(pair: &[u8]) -> String {
    let key = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    let spaced: Vec<u8> = key
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

/// Whether a text stays as it is both in a query of ours and in a form.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

/// Appends `name=value` to a query, with `&` in front where something stands before.
fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    push_value(query, name);
    query.push('=');
    push_value(query, value);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_percent_20_and_a_plus_is_never_bare() {
        let mut query = String::new();
        push_pair(&mut query, "searchTerm", "a b+c");
        push_pair(&mut query, "filter[x]", "");
        push_pair(&mut query, "t", "é&=~-._/?#'%");
        assert_eq!(
            query,
            "searchTerm=a%20b%2Bc&filter%5Bx%5D=&t=%C3%A9%26%3D~-._%2F%3F%23%27%25"
        );
    }

    #[test]
    fn plain_pairs_and_others_are_written_alike() {
        let url = |pairs: &[(&str, &str)]| {
            let mut url = Url::parse("https://h.example/a").unwrap();
            extend_query(&mut url, pairs);
            url.to_string()
        };
        assert_eq!(url(&[]), "https://h.example/a");
        for byte in 0..=127_u8 {
            let value = char::from(byte).to_string();
            let mut query = String::new();
            push_pair(&mut query, "a.b-c_D9", &value);
            assert_eq!(
                url(&[("a.b-c_D9", &value)]),
                format!("https://h.example/a?{query}")
            );
        }
        assert_eq!(url(&[("a", "1"), ("", "")]), "https://h.example/a?a=1&=");
        let mut mixed = Url::parse("https://h.example/a?x=%20").unwrap();
        extend_query(&mut mixed, &[("y", "b")]);
        extend_query(&mut mixed, &[("z", "b c")]);
        assert_eq!(mixed.as_str(), "https://h.example/a?x=%20&y=b&z=b%20c");
    }

    #[test]
    fn keys_are_read_as_they_were_meant() {
        let query = "a=1&&b%5Bx%5D=%3D&c+d&e~=f=g&";
        for name in ["a", "b[x]", "c d", "e~"] {
            assert!(has_key(query, name), "{name}");
        }
        for name in ["1", "b", "c", "f", "g", "=", "d", "f=g"] {
            assert!(!has_key(query, name), "{name}");
        }
        assert!(!has_key("", "a"));
    }

    #[test]
    fn literals_keep_their_separators() {
        let mut out = String::new();
        push_literal(&mut out, "/v1/a:b/+/c d\\e%2F");
        assert_eq!(out, "/v1/a:b/+/c%20d%5Ce%2F");
    }
}
