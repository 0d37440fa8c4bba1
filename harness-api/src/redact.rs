//! Keeping secrets out of texts that people log.

use reqwest::header::{HeaderName, HeaderValue};

/// Headers whose values are credentials.
pub(crate) fn is_secret_header(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "x-api-key"
            | "authorization"
            | "proxy-authorization"
            | "cookie"
            | "set-cookie"
            | "x-harness-token"
    )
}

/// A header value, marked sensitive where its name says that it is a credential. `None`: the bytes are not allowed.
pub(crate) fn header_value(name: &HeaderName, value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
    if is_secret_header(name) {
        value.set_sensitive(true);
    }
    Some(value)
}

/// A text fit for logs: one line of at most `limit` characters, and `…` where it is cut; without control characters, and
/// with `***` in place of what looks like a platform token.
///
/// ```
/// let text = harness_api::one_line("key pat.account.id.secret\nrefused", 80);
/// assert_eq!(text, "key pat.*** refused");
/// ```
pub fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut left = limit;
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            if left == 0 {
                out.push('…');
                return out;
            }
            out.push(' ');
            left -= 1;
        }
        for piece in word
            .split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'))
        {
            for c in masked(piece) {
                if left == 0 {
                    out.push('…');
                    return out;
                }
                out.push(c);
                left -= 1;
            }
        }
    }
    out
}

/// The characters of a piece; from `pat.<…>.<…>` or `sat.<…>.<…>` on, wherever in it that begins, only the prefix.
fn masked(piece: &str) -> impl Iterator<Item = char> {
    let start = ["pat.", "sat."]
        .iter()
        .filter_map(|prefix| piece.find(prefix))
        .min()
        .filter(|start| piece[*start..].matches('.').count() >= 2);
    let (shown, mask) = match start {
        Some(start) => (&piece[..start + 4], "***"),
        None => (piece, ""),
    };
    let end = piece
        .chars()
        .next_back()
        .filter(|c| start.is_some() && !c.is_ascii_alphanumeric());
    shown.chars().chain(mask.chars()).chain(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_bounded_and_without_tokens() {
        assert_eq!(one_line("a\r\n\tb\u{0}c", 20), "a b c");
        for (text, line) in [
            ("abcdef", "abc…"),
            ("abc def", "abc…"),
            ("ab c", "ab …"),
            ("abc ", "abc"),
        ] {
            assert_eq!(one_line(text, 3), line);
        }
        assert_eq!(
            one_line("key 'pat.acct.id.secret' refused", 80),
            "key 'pat.***' refused"
        );
        assert_eq!(one_line("x-api-key=sat.a.b.c", 80), "x-api-key=sat.***");
        assert_eq!(
            one_line("token_pat.a.b.c Xsat.a.b, compat. v1.2", 80),
            "token_pat.*** Xsat.***, compat. v1.2"
        );
        assert_eq!(one_line("äöü日本", 4), "äöü日…");
    }
}
