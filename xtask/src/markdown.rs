//! Text of a description within Markdown: in documentation of generated code and in tables.

/// Returns `text` as a code span that also fits into a cell of a table.
///
/// What would end the span, the cell or the line, and what a reader cannot see, is written as Rust escapes it:
/// documentation is compiled, its code blocks are run, and its HTML is shown.
pub fn code(text: &str) -> String {
    if text.is_empty() {
        return "` `".to_owned();
    }
    let mut span = String::with_capacity(text.len() + 2);
    span.push('`');
    for c in text.chars() {
        match c {
            '`' | '|' => span.extend(c.escape_unicode()),
            '\\' | '"' | '\'' => span.push(c),
            c => span.extend(c.escape_debug()),
        }
    }
    span.push('`');
    span
}

/// Returns `text` as it is if it is a plain word, else as a code span.
pub fn word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric()) {
        text.to_owned()
    } else {
        code(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harmless_is_as_it_is() {
        assert_eq!(
            code("GET /pets/{pet}?a=b&c='d'"),
            "`GET /pets/{pet}?a=b&c='d'`"
        );
        assert_eq!(code("日本 <b>"), "`日本 <b>`");
        assert_eq!(word("cookie"), "cookie");
    }

    #[test]
    fn nothing_ends_the_span_the_cell_or_the_line() {
        assert_eq!(code("a`b|c"), r"`a\u{60}b\u{7c}c`");
        assert_eq!(
            code("a\n```\r\u{2028}"),
            r"`a\n\u{60}\u{60}\u{60}\r\u{2028}`"
        );
        assert_eq!(code("\u{202e}\u{7}\u{1b}[0m"), r"`\u{202e}\u{7}\u{1b}[0m`");
        assert_eq!(code(""), "` `");
        assert_eq!(word("a b"), "`a b`");
    }
}
