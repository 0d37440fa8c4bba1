//! Where a place in a JSON document stands.

use serde_json::Error;

/// One step from a document to a value in it.
enum Step<'d> {
    /// Into a list, at this index.
    Item(usize),
    /// Into an object, at the member of this name, as it is spelt there; `None` where the name is not read yet.
    Member(Option<&'d [u8]>),
}

/// The path, such as `data.content[3].identifier`, of the place at which reading the document ended with a fault; the
/// document itself is `.`.
///
/// It is found by going over the text once more and not by keeping track while decoding: for that the whole decoder would
/// be compiled a second time.
pub(crate) fn path_of(fault: &Error, document: &[u8]) -> String {
    let mut path = String::new();
    for step in steps(until(fault, document)) {
        match step {
            Step::Item(index) => path.push_str(&format!("[{index}]")),
            Step::Member(Some(name)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&String::from_utf8_lossy(name));
            }
            Step::Member(None) => {}
        }
    }
    if path.is_empty() {
        path.push('.');
    }
    path
}

/// What was read until the fault.
fn until<'d>(fault: &Error, document: &'d [u8]) -> &'d [u8] {
    let mut start = 0;
    for _ in 1..fault.line() {
        let rest = document.get(start..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => start += end + 1,
            None => break,
        }
    }
    document
        .get(..start.saturating_add(fault.column()))
        .unwrap_or(document)
}

/// The way to the last value in the beginning of a document, which is that of a valid one.
fn steps(read: &[u8]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(byte) = read.get(at) {
        at += 1;
        match byte {
            b'{' => steps.push(Step::Member(None)),
            b'[' => steps.push(Step::Item(0)),
            b'}' | b']' => {
                steps.pop();
            }
            b',' => match steps.last_mut() {
                Some(Step::Item(index)) => *index += 1,
                Some(Step::Member(name)) => *name = None,
                None => {}
            },
            b'"' => {
                let length = text(read.get(at..).unwrap_or_default());
                if let Some(Step::Member(name @ None)) = steps.last_mut() {
                    *name = read.get(at..at + length);
                }
                at += length + 1;
            }
            _ => {}
        }
    }
    steps
}

/// The length of a text up to its closing quote.
fn text(read: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = read.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    read.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn path(document: &str) -> String {
        let fault = serde_json::from_str::<Value>(document).unwrap_err();
        path_of(&fault, document.as_bytes())
    }

    #[test]
    fn a_fault_is_found_where_reading_ended() {
        for (document, place) in [
            ("", "."),
            ("x", "."),
            ("{} x", "."),
            ("[1, x]", "[1]"),
            ("[x", "[0]"),
            (r#"{"a": x"#, "a"),
            (r#"{"a": 1, x"#, "."),
            (r#"{"a": {"b": [1, {"c": "#, "a.b[1].c"),
            (r#"{"a": {"b": [1, {"c": 2}], "d": x }}"#, "a.d"),
            ("{\"a\": [],\n \"b\": [{},\n {\"c\": x}]}", "b[1].c"),
            (r#"{"a": "[{\"", "b\"{": x}"#, r#"b\"{"#),
            (r#"{"a": "not ended"#, "a"),
            (r#"{"a": "\"#, "a"),
            (r#"{"ä": [[], [0, x]]}"#, "ä[1][1]"),
        ] {
            assert_eq!(path(document), place, "{document}");
        }
    }

    #[test]
    fn a_place_beyond_the_document_is_its_end() {
        let fault = serde_json::from_str::<Value>("[1,\n\n  x").unwrap_err();
        assert_eq!(path_of(&fault, b"[1"), "[0]");
        assert_eq!(path_of(&fault, b""), ".");
    }
}
