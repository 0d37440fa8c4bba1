//! The bytes of a text without what hides a secret: white space, markup, encodings.

use std::ops::Range;

/// The longest HTML tag that is looked for.
const TAG: usize = 200;

/// One byte of a text, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) byte: u8,
    /// What was left out before it.
    pub(super) gap: Gap,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands between two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    None,
    /// Something that does not show.
    Hidden,
    Space,
    /// The end of a line, white space around it included.
    Line,
}

/// The bytes of a text, without white space and characters that do not show.
pub(super) fn plain(text: &str) -> Vec<Unit> {
    let mut view = View::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        view.push_char(c, start, start + c.len_utf8());
    }
    view.units
}

struct View {
    units: Vec<Unit>,
    gap: Gap,
}

impl View {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            units: Vec::with_capacity(capacity),
            gap: Gap::None,
        }
    }

    fn skip(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn push_byte(&mut self, byte: u8, start: usize, end: usize) {
        self.units.push(Unit {
            byte,
            gap: std::mem::replace(&mut self.gap, Gap::None),
            start,
            end,
        });
    }

    fn push_char(&mut self, c: char, start: usize, end: usize) {
        match c {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.skip(Gap::Line),
            // The soft hyphen, joiners, marks of direction, the byte order mark.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}' => {
                self.skip(Gap::Hidden);
            }
            c if c.is_whitespace() || c.is_control() => self.skip(Gap::Space),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    self.push_byte(byte, start, end);
                }
            }
        }
    }
}

/// Decodes what is percent-encoded, HTML entities and the escapes of JSON and the like, and leaves out HTML tags.
pub(super) fn decode(view: &[Unit]) -> Vec<Unit> {
    let mut out = View::with_capacity(view.len());
    let mut rest = view;
    while let Some(first) = rest.first() {
        let decoded = match first.byte {
            b'%' => percent(rest),
            b'&' => entity(rest),
            b'\\' => escape(rest),
            b'<' => tag(rest),
            _ => None,
        };
        let (length, decoded) = decoded.unwrap_or((1, Decoded::Byte(first.byte)));
        let length = length.min(rest.len());
        let end = rest[length - 1].end;
        out.skip(first.gap);
        match decoded {
            Decoded::Byte(byte) if byte.is_ascii() => {
                out.push_char(byte.into(), first.start, end);
            }
            Decoded::Byte(byte) => out.push_byte(byte, first.start, end),
            Decoded::Char(c) => out.push_char(c, first.start, end),
            Decoded::Gap(gap) => out.skip(gap),
        }
        rest = &rest[length..];
    }
    out.units
}

/// What some bytes stand for.
enum Decoded {
    Byte(u8),
    Char(char),
    Gap(Gap),
}

/// The bytes of a short text.
fn bytes(view: &[Unit], range: Range<usize>) -> Option<String> {
    let units = view.get(range)?;
    let bytes = units.iter().map(|unit| unit.byte);
    bytes
        .map(|byte| byte.is_ascii().then_some(char::from(byte)))
        .collect()
}

fn hexadecimal(view: &[Unit], range: Range<usize>) -> Option<u32> {
    let digits = bytes(view, range)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(&digits, 16).ok().filter(|_| is_number)
}

/// How many bytes from an index on have a property, up to a limit.
fn run(view: &[Unit], from: usize, limit: usize, is: impl Fn(u8) -> bool) -> usize {
    let units = view.get(from..).unwrap_or_default();
    let units = units.iter().take(limit);
    units.take_while(|unit| is(unit.byte)).count()
}

/// `%2E` and `%u002E`.
fn percent(view: &[Unit]) -> Option<(usize, Decoded)> {
    if let Some(code) = hexadecimal(view, 1..3) {
        return Some((3, Decoded::Byte(u8::try_from(code).ok()?)));
    }
    let is_wide = view.get(1)?.byte.eq_ignore_ascii_case(&b'u');
    let code = hexadecimal(view, 2..6).filter(|_| is_wide)?;
    Some((6, Decoded::Char(char::from_u32(code)?)))
}

/// `&#46;`, `&#x2e;` and `&period;`; the semicolon may be absent behind a number.
fn entity(view: &[Unit]) -> Option<(usize, Decoded)> {
    const NAMES: [(&str, char); 31] = [
        ("amp", '&'),
        ("apos", '\''),
        ("ast", '*'),
        ("bsol", '\\'),
        ("colon", ':'),
        ("comma", ','),
        ("commat", '@'),
        ("dash", '\u{2010}'),
        ("dollar", '$'),
        ("equals", '='),
        ("excl", '!'),
        ("grave", '`'),
        ("gt", '>'),
        ("hyphen", '-'),
        ("lowbar", '_'),
        ("lpar", '('),
        ("lt", '<'),
        ("nbsp", ' '),
        ("newline", '\n'),
        ("num", '#'),
        ("percnt", '%'),
        ("period", '.'),
        ("plus", '+'),
        ("quest", '?'),
        ("quot", '"'),
        ("rpar", ')'),
        ("semi", ';'),
        ("shy", '\u{ad}'),
        ("sol", '/'),
        ("tab", '\t'),
        ("zerowidthspace", '\u{200b}'),
    ];
    if view.get(1)?.byte == b'#' {
        let is_hex = view.get(2)?.byte.eq_ignore_ascii_case(&b'x');
        let (from, radix) = if is_hex { (3, 16) } else { (2, 10) };
        let digits = run(view, from, 8, |byte| char::from(byte).is_digit(radix));
        let code = u32::from_str_radix(&bytes(view, from..from + digits)?, radix).ok()?;
        let end = from + digits;
        let end = end + run(view, end, 1, |byte| byte == b';');
        return Some((end, Decoded::Char(char::from_u32(code)?)));
    }
    let length = run(view, 1, 16, |byte| byte.is_ascii_alphabetic());
    if view.get(1 + length)?.byte != b';' {
        return None;
    }
    let name = bytes(view, 1..1 + length)?.to_ascii_lowercase();
    let known = NAMES.binary_search_by_key(&name.as_str(), |(name, _)| name);
    Some((length + 2, Decoded::Char(NAMES[known.ok()?].1)))
}

/// `\u002e`, `\u{2e}`, `\x2e`, `\056`, `\n`, `\/`, and one at the end of a line.
fn escape(view: &[Unit]) -> Option<(usize, Decoded)> {
    let Unit {
        byte: next, gap, ..
    } = *view.get(1)?;
    if gap == Gap::Line {
        return Some((1, Decoded::Gap(Gap::Line)));
    }
    let braced = || {
        let digits = run(view, 3, 6, |byte| byte.is_ascii_hexdigit());
        let is_closed =
            view.get(2)?.byte == b'{' && digits > 0 && view.get(3 + digits)?.byte == b'}';
        let code = hexadecimal(view, 3..3 + digits).filter(|_| is_closed)?;
        Some((4 + digits, code))
    };
    let code = match next {
        b'u' | b'U' => braced().or_else(|| Some((6, hexadecimal(view, 2..6)?))),
        b'x' | b'X' => braced().or_else(|| Some((4, hexadecimal(view, 2..4)?))),
        b'0'..=b'3' if run(view, 1, 3, |byte| matches!(byte, b'0'..=b'7')) == 3 => {
            let digits = bytes(view, 1..4)?;
            Some((4, u32::from_str_radix(&digits, 8).ok()?))
        }
        b'n' | b'r' => return Some((2, Decoded::Gap(Gap::Line))),
        b't' | b'b' | b'f' | b'v' | b'0' => return Some((2, Decoded::Gap(Gap::Space))),
        next if next.is_ascii() && !next.is_ascii_alphanumeric() => {
            return Some((2, Decoded::Byte(next)));
        }
        _ => None,
    };
    let (length, code) = code?;
    Some((length, Decoded::Char(char::from_u32(code)?)))
}

/// `<b>`, `</b>`, `<br/>`.
fn tag(view: &[Unit]) -> Option<(usize, Decoded)> {
    let next = view.get(1)?.byte;
    if !next.is_ascii_alphabetic() && !matches!(next, b'/' | b'!' | b'?') {
        return None;
    }
    let length = run(view, 1, TAG, |byte| !matches!(byte, b'<' | b'>'));
    if view.get(1 + length)?.byte != b'>' {
        return None;
    }
    let is_break = bytes(view, 1..3).is_some_and(|name| name.eq_ignore_ascii_case("br"));
    let gap = if next == b'/' || is_break {
        Gap::Line
    } else {
        Gap::Hidden
    };
    Some((length + 2, Decoded::Gap(gap)))
}
