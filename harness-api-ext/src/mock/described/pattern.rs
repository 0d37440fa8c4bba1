//! Texts that match a regular expression.

use regex::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::words::{mix, pick};

/// Returns the text if it matches the pattern, or else a text generated from the pattern.
///
/// If the pattern is invalid, or contains a look-around, the text is returned unchanged.
pub(super) fn matching(pattern: &str, text: String, seed: u64) -> String {
    if Regex::new(pattern).is_ok_and(|regex| regex.is_match(&text)) {
        return text;
    }
    let parsed = ParserBuilder::new().build().parse(pattern);
    let Ok(hir) = parsed else {
        return text;
    };
    let mut made = String::new();
    match write(&hir, seed, &mut made) {
        Some(()) => made,
        None => text,
    }
}

/// Appends a text that matches an expression; `None` if no text does.
fn write(hir: &Hir, seed: u64, made: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => made.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => made.push(letter(class, seed)?),
        HirKind::Repetition(repetition) => {
            // An optional part is written once. A repeated part is written as rarely as allowed.
            let least = match (repetition.min, repetition.max) {
                (0, Some(1)) => 1,
                (least, _) => least,
            };
            for index in 0..least {
                write(&repetition.sub, mix(seed, &index.to_string()), made)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, seed, made)?,
        HirKind::Concat(parts) => {
            for (index, part) in parts.iter().enumerate() {
                write(part, mix(seed, &index.to_string()), made)?;
            }
        }
        HirKind::Alternation(parts) => write(pick(parts, seed)?, seed, made)?,
    }
    Some(())
}

/// Returns a letter of a class, or else a digit or any other character of it.
fn letter(class: &Class, seed: u64) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let holds = |letter: &char| {
        class
            .iter()
            .any(|range| (range.start()..=range.end()).contains(letter))
    };
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').filter(holds).collect();
    pick(&letters, seed)
        .copied()
        .or_else(|| ('1'..='9').find(holds))
        .or_else(|| class.iter().next().map(|range| range.start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_a_pattern_matches_it() {
        for pattern in [
            "^[a-zA-Z0-9_-]{22}$",
            "^[A-Za-z_][A-Za-z0-9_]*$",
            "^(Critical|High)(,Critical|,High)*$",
            "^([^,]+(,[^,]+)*)?$",
            r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$",
            "^([0-1]?[0-9]|2[0-3]):[0-5][0-9]$",
            r"^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$",
        ] {
            let regex = Regex::new(pattern).unwrap();
            for seed in 0..50 {
                let made = matching(pattern, "no, such: text ".to_owned(), mix(seed, "seed"));
                assert!(regex.is_match(&made), "{pattern}: {made:?}");
            }
        }
    }

    #[test]
    fn a_text_that_matches_stays() {
        assert_eq!(matching("^[a-z]+$", "ledger".to_owned(), 7), "ledger");
        assert_eq!(matching("^(?=a)", "ledger".to_owned(), 7), "ledger");
    }
}
