//! Percent-encoding, in one place.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

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

/// Appends `name=value` to a query, with `&` in front where something stands before.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    push_value(query, name);
    query.push('=');
    push_value(query, value);
}

#[cfg(test)]
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
    fn literals_keep_their_separators() {
        let mut out = String::new();
        push_literal(&mut out, "/v1/a:b/+/c d\\e%2F");
        assert_eq!(out, "/v1/a:b/+/c%20d%5Ce%2F");
    }
}
