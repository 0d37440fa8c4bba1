//! The search for secrets in the view of a text.

use super::form::Form;
use super::view::{Gap, Unit};

/// The beginning of a key at the end of a text, which may be cut there, is masked from this length on.
const SHORTEST_TAIL: usize = 6;

/// Finds the forms of keys, and their beginnings.
pub(super) fn keys(view: &[Unit], forms: &[Form], is_end: bool, found: &mut impl FnMut(&[Unit])) {
    for start in 0..view.len() {
        for form in forms {
            let same = view[start..]
                .iter()
                .zip(&form.bytes)
                .take_while(|(unit, byte)| unit.byte.eq_ignore_ascii_case(byte))
                .count();
            let mut end = start + same;
            let is_tail = is_end && end == view.len() && same >= SHORTEST_TAIL;
            let is_part = form.part.is_some_and(|part| same >= part || is_tail);
            if same < form.bytes.len() && !is_part {
                continue;
            }
            let mut start = start;
            if form.is_base64 {
                // The letters that hold a part of the key, and of what it was encoded with.
                let is_letter = |unit: &Unit| {
                    unit.byte.is_ascii_alphanumeric() || b"+/-_=".contains(&unit.byte)
                };
                while start > 0 && view[start].gap == Gap::None && is_letter(&view[start - 1]) {
                    start -= 1;
                }
                let behind = &view[end..];
                let is_joined = |unit: &&Unit| unit.gap == Gap::None && is_letter(unit);
                end += behind.iter().take_while(is_joined).count();
            }
            found(&view[start..end]);
        }
    }
}

/// Finds `pat.<…>.<…>` and `sat.<…>.<…>`, wherever in a word that begins.
pub(super) fn tokens(view: &[Unit], found: &mut impl FnMut(&[Unit])) {
    let mut start = 0;
    while start + 4 <= view.len() {
        let begin = [0, 1, 2, 3].map(|at| view[start + at].byte);
        let is_whole = view[start + 1..start + 4]
            .iter()
            .all(|unit| unit.gap <= Gap::Hidden);
        if !is_whole || !matches!(&begin, b"pat." | b"sat.") {
            start += 1;
            continue;
        }
        let mut end = start + 4;
        while end < view.len() && is_of_token(view[end].byte) && goes_on(view, end) {
            end += 1;
        }
        let dots = view[start..end].iter().filter(|unit| unit.byte == b'.');
        if dots.count() >= 2 {
            found(&view[start..end]);
        }
        start = end;
    }
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// Whether a byte belongs to the token before it: a token may be broken at the end of a line, which what follows has to show.
fn goes_on(view: &[Unit], at: usize) -> bool {
    match view[at].gap {
        Gap::None | Gap::Hidden => true,
        Gap::Space => false,
        Gap::Line => {
            let next = view[at..].iter().enumerate();
            let next = next.take_while(|(index, unit)| {
                is_of_token(unit.byte) && (*index == 0 || unit.gap <= Gap::Hidden)
            });
            let next: Vec<u8> = next.map(|(_, unit)| unit.byte).collect();
            let has_dot = next
                .windows(2)
                .any(|two| two[0] == b'.' && is_of_token(two[1]));
            !view[at - 1].byte.is_ascii_alphanumeric()
                || has_dot
                || next.iter().any(u8::is_ascii_digit)
        }
    }
}
