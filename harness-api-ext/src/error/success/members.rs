//! The members of a JSON object, one after the other, without reading what is in their values.
//!
//! It looks no further than it is asked to, and does not check that the document is one: whoever decodes it does.

use memchr::memchr2;

/// The members of an object: the name as it is written, and the document from the first byte of the value on.
///
/// Ends early where the document is broken, or a name has an escape.
#[derive(Clone)]
pub(super) struct Members<'b> {
    rest: &'b [u8],
    /// Whether `rest` begins with the value of the last member that was given.
    inside: bool,
}

impl<'b> Members<'b> {
    /// The members of the object that the document begins with.
    pub(super) fn of(object: &'b [u8]) -> Option<Self> {
        let rest = object.strip_prefix(b"{")?;
        Some(Self {
            rest,
            inside: false,
        })
    }

    fn name(&mut self) -> Option<&'b [u8]> {
        let text = self.rest.trim_ascii_start().strip_prefix(b"\"")?;
        let end = memchr2(b'"', b'\\', text)?;
        let (name, rest) = text.split_at(end);
        let rest = rest.strip_prefix(b"\"")?.trim_ascii_start();
        self.rest = rest.strip_prefix(b":")?.trim_ascii_start();
        Some(name)
    }
}

impl<'b> Iterator for Members<'b> {
    type Item = (&'b [u8], &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.inside {
            let rest = behind(self.rest)?.trim_ascii_start();
            self.rest = rest.strip_prefix(b",")?;
        }
        let name = self.name()?;
        self.inside = true;
        Some((name, self.rest))
    }
}

/// What is behind the value that the document begins with.
fn behind(document: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_usize;
    let mut rest = document;
    loop {
        let (first, behind) = rest.split_first()?;
        rest = match first {
            b'"' => behind_text(behind)?,
            b'{' | b'[' => {
                depth += 1;
                behind
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                behind
            }
            _ => {
                let end = |byte: &u8| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b',');
                let end = behind.iter().position(end).unwrap_or(behind.len());
                behind.get(end..)?
            }
        };
        if depth == 0 {
            return Some(rest);
        }
    }
}

/// What is behind the text whose first quote was passed.
fn behind_text(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    loop {
        let at = memchr2(b'"', b'\\', rest)?;
        match rest.get(at)? {
            b'"' => return rest.get(at + 1..),
            _ => rest = rest.get(at + 2..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(object: &str) -> Vec<(&str, char)> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        let members = Members::of(object.as_bytes()).into_iter().flatten();
        members
            .map(|(name, value)| (text(name), text(value).chars().next().unwrap_or(' ')))
            .collect()
    }

    #[test]
    fn members_are_given_in_their_order() {
        let object = r#"{ "a" : {"x":["}",{"y":"\"]"}]}, "b":"tea,\"cup" ,"c":-1.5e3,"d":null,"e":[],"":true}"#;
        let expected = [
            ("a", '{'),
            ("b", '"'),
            ("c", '-'),
            ("d", 'n'),
            ("e", '['),
            ("", 't'),
        ];
        assert_eq!(names(object), expected);
        assert_eq!(names("{}"), []);
        assert_eq!(names("[]"), []);
    }

    #[test]
    fn what_is_broken_ends() {
        assert_eq!(names(r#"{"a":1,"b"#), [("a", '1')]);
        assert_eq!(names(r#"{"a":"x\"#), [("a", '"')]);
        assert_eq!(names(r#"{"a":[1,2"#), [("a", '[')]);
        assert_eq!(names(r#"{"a":1 "b":2}"#), [("a", '1')]);
        assert_eq!(names(r#"{"a":1},"b":2}"#), [("a", '1')]);
        assert_eq!(names(r#"{"\u0061":1}"#), []);
        assert_eq!(names(r#"{"a":"#), [("a", ' ')]);
    }
}
