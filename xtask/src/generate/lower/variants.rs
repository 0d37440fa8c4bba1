//! Names of enum variants.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;

/// Returns a variant name for each spelling, in the order given. Spellings that would share a name are told apart by
/// how they are written, so that each keeps its name when others come or go.
pub(super) fn name_variants(values: &[String]) -> Vec<(String, String)> {
    let mut by_name: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for value in values {
        by_name.entry(plain(value)).or_default().push(value);
    }
    let mut taken = BTreeSet::new();
    let mut chosen: BTreeMap<&String, String> = BTreeMap::new();
    for (name, mut spellings) in by_name {
        spellings.sort();
        for spelling in &spellings {
            let mut candidate = if spellings.len() == 1 || **spelling == name {
                name.clone()
            } else {
                format!("{name}{}", style(spelling))
            };
            let mut number = 1;
            while !taken.insert(candidate.clone()) {
                number += 1;
                candidate = format!("{name}{}{number}", style(spelling));
            }
            chosen.insert(spelling, candidate);
        }
    }
    values
        .iter()
        .map(|value| {
            let name = chosen.get(value).cloned().unwrap_or_else(|| plain(value));
            (name, value.clone())
        })
        .collect()
}

fn plain(value: &str) -> String {
    let words: String = value
        .chars()
        .map(|c| match c {
            '+' => " Plus ".to_owned(),
            '*' => " Any ".to_owned(),
            '=' => " Equal ".to_owned(),
            '<' => " Less ".to_owned(),
            '>' => " Greater ".to_owned(),
            '!' => " Not ".to_owned(),
            '%' => " Percent ".to_owned(),
            '$' => " Dollar ".to_owned(),
            '#' => " Hash ".to_owned(),
            '&' => " And ".to_owned(),
            c if c.is_ascii_alphanumeric() => c.to_string(),
            _ => " ".to_owned(),
        })
        .collect();
    // A sign in front of a number means something, elsewhere it only joins words.
    let words = match value.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("Minus {words}"),
        _ => words,
    };
    let name = words.to_pascal_case();
    match name.as_str() {
        "" if value.trim().is_empty() => "Empty".to_owned(),
        "" => "Symbol".to_owned(),
        "Self" | "UnknownValue" => format!("{name}Text"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("V{name}"),
        _ => name,
    }
}

fn style(value: &str) -> &'static str {
    let letters = || value.chars().filter(char::is_ascii_alphabetic);
    if value.contains('_') {
        "Snake"
    } else if value.contains('-') {
        "Kebab"
    } else if value.contains(char::is_whitespace) {
        "Spaced"
    } else if letters().all(|c| c.is_ascii_uppercase()) {
        "Upper"
    } else if letters().all(|c| c.is_ascii_lowercase()) {
        "Lower"
    } else if value.starts_with(|c: char| c.is_ascii_lowercase()) {
        "Camel"
    } else {
        "Alt"
    }
}

#[cfg(test)]
mod tests {
    use super::name_variants;

    fn names(values: &[&str]) -> Vec<String> {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        name_variants(&values)
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn spellings_of_one_name_stay_apart() {
        assert_eq!(names(&["windows", "Windows"]), ["WindowsLower", "Windows"]);
        assert_eq!(
            names(&["NOTSTARTED", "NotStarted", "NOT_STARTED"]),
            ["Notstarted", "NotStarted", "NotStartedSnake"]
        );
    }

    #[test]
    fn symbols_digits_and_empty_text_have_names() {
        assert_eq!(
            names(&["", "1h", "-1", ">=", "*"]),
            ["Empty", "V1h", "Minus1", "GreaterEqual", "Any"]
        );
    }

    #[test]
    fn a_name_does_not_depend_on_the_order() {
        let mut forward = names(&["a", "A", "b"]);
        let mut backward = names(&["b", "A", "a"]);
        forward.sort();
        backward.sort();
        assert_eq!(forward, backward);
    }
}
