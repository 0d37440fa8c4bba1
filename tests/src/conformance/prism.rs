//! Prism, a server that validates requests by the published description, and generates its responses from it.
//!
//! It does not know the fixes, so it disagrees with the client where a fix deviates. It also cannot judge everything.
//! Both cases are recognized by rules from its messages; nothing else is excused.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use harness_api::{ErrorKind, Operation};
use harness_api_ext::Error;
use serde::Deserialize;

use super::judge::{Stage, Wrong};

/// Places where the client follows fixes instead of the description of Prism.
#[derive(Debug)]
pub struct Prism {
    deviations: HashMap<String, Vec<Deviation>>,
}

/// One of the places, as `cargo xtask slice` writes them.
#[derive(Debug, Deserialize)]
struct Deviation {
    operation: String,
    place: Vec<String>,
    fix: String,
}

/// Reason why a failed call is not a fault of the client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// These fixes change the place of the failure.
    Fix(String),
    /// Prism cannot judge the call.
    Prism(&'static str),
}

impl fmt::Display for Excuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fix(fixes) => write!(f, "fixed by {fixes}"),
            Self::Prism(reason) => write!(f, "not judged, {reason}"),
        }
    }
}

/// Violation that Prism reports, for a request or for its own response.
#[derive(Debug, Deserialize)]
struct Violation {
    location: Vec<String>,
    code: String,
    message: String,
}

/// Failure as Prism reports it.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    validation: Vec<Violation>,
}

/// Header with the violations of a response.
const VIOLATIONS: &str = "sl-violations";

const UNFIT: &str = "because the response of Prism violates the description";
const DEEP: &str = "because the schema of the response is too deep for Prism";
const OCTETS: &str = "because Prism has no response of this content type";
const DOTS: &str = "because Prism finds no path with a dot in the name of a parameter";
const TEXT: &str = "because Prism only reads JSON bodies and forms";
const PARTS: &str = "because Prism reads each part of a form as text";
const TAGS: &str = "because several variants of a oneOf match, and Prism does not know tags";
const FAILED: &str = "because the response of Prism describes a failure";

impl Prism {
    /// Reads the places from a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or parsed.
    pub fn load(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self::parse(&std::fs::read(path)?)?)
    }

    /// Parses the places from a text.
    ///
    /// # Errors
    ///
    /// Returns an error if the text cannot be parsed.
    pub fn parse(text: &[u8]) -> serde_json::Result<Self> {
        let list: Vec<Deviation> = serde_json::from_slice(text)?;
        let mut deviations: HashMap<_, Vec<_>> = HashMap::new();
        for deviation in list {
            let operation = deviation.operation.clone();
            deviations.entry(operation).or_default().push(deviation);
        }
        Ok(Self { deviations })
    }

    /// Returns the excuse of a failed call, and the stage that the call really reached.
    pub(super) fn excuse(
        &self,
        operation: &Operation,
        media: &str,
        wrong: &Wrong,
    ) -> Option<(Stage, Excuse)> {
        let of_answer = |path: &str| {
            let inner = path.split('.').filter(|name| !name.is_empty());
            let place: Vec<&str> = std::iter::once("answer").chain(inner).collect();
            self.fixes(operation, &place)
        };
        match (wrong.stage, &wrong.error) {
            (Stage::Request, Some(error)) => self.refusal(operation, media, error),
            (Stage::Answer, Some(error)) => {
                let error = error.raw();
                let path = match error.kind() {
                    ErrorKind::Status => return Some((Stage::Value, Excuse::Prism(FAILED))),
                    ErrorKind::Decode => &error.decode_failure()?.path,
                    ErrorKind::EmptyBody | ErrorKind::UnexpectedContent => "",
                    _ => return None,
                };
                let path = path.replace(['[', ']'], ".");
                Some((Stage::Answer, fix([of_answer(&path)])?))
            }
            (Stage::Value, _) => {
                let fixes = wrong.places.iter().map(|place| of_answer(place));
                Some((Stage::Value, fix(fixes)?))
            }
            _ => None,
        }
    }

    fn refusal(
        &self,
        operation: &Operation,
        media: &str,
        error: &Error,
    ) -> Option<(Stage, Excuse)> {
        let problem = Problem::of(error);
        let violations = problem.validation;
        let kind = problem.kind.rsplit('#').next().unwrap_or_default();
        if violations.is_empty() {
            return match kind {
                "NO_PATH_MATCHED_ERROR" | "NO_METHOD_MATCHED_ERROR" => {
                    let dotted = operation.path.split('{').skip(1);
                    let dotted = dotted.filter_map(|rest| rest.split_once('}'));
                    if dotted.into_iter().any(|(name, _)| name.contains('.')) {
                        return Some((Stage::Request, Excuse::Prism(DOTS)));
                    }
                    let fixes = self.places(operation);
                    let fixes = fixes.filter(|it| it.place.first().is_some_and(|it| it == "path"));
                    let fixes = fixes.map(|it| it.fix.as_str()).collect();
                    Some((Stage::Request, fix([fixes])?))
                }
                "SCHEMA_TOO_COMPLEX" => Some((Stage::Answer, Excuse::Prism(DEEP))),
                _ if problem.title.starts_with("Cannot find serializer") => {
                    Some((Stage::Answer, Excuse::Prism(OCTETS)))
                }
                _ => None,
            };
        }
        if violations
            .iter()
            .all(|violation| violation.place().first() == Some(&"response"))
        {
            return Some((Stage::Answer, Excuse::Prism(UNFIT)));
        }
        let changed: Vec<(&Violation, BTreeSet<&str>)> = violations
            .iter()
            .map(|it| (it, self.fixes(operation, &it.place())))
            .filter(|(_, fixes)| !fixes.is_empty())
            .collect();
        // A mismatch of a union at a changed place also lists what every other variant lacks.
        let unions: Vec<&Violation> = violations
            .iter()
            .filter(|it| matches!(it.code.as_str(), "anyOf" | "oneOf"))
            .filter(|it| changed.iter().any(|(inner, _)| inner.is_within(it)))
            .collect();
        let mut limit = None;
        for violation in &violations {
            let is_changed = changed.iter().any(|(it, _)| std::ptr::eq(*it, violation));
            if !is_changed && !unions.iter().any(|union| violation.is_within(union)) {
                limit = Some(violation.limit(media, &violations)?);
            }
        }
        let fixes: Vec<BTreeSet<&str>> = changed.into_iter().map(|(_, fixes)| fixes).collect();
        let excuse = fix(fixes).or(limit.map(Excuse::Prism))?;
        Some((Stage::Request, excuse))
    }

    /// Returns the fixes that change a place, or its surroundings.
    fn fixes(&self, operation: &Operation, place: &[&str]) -> BTreeSet<&str> {
        let around = |deviation: &&Deviation| {
            let changed = &deviation.place;
            // Prism writes the names of parameters in lower case.
            let same = |(name, it): (&String, &&str)| name == "*" || name.eq_ignore_ascii_case(it);
            changed.len() <= place.len() && changed.iter().zip(place).all(same)
        };
        let fixes = self.places(operation).filter(around);
        fixes.map(|deviation| deviation.fix.as_str()).collect()
    }

    fn places(&self, operation: &Operation) -> impl Iterator<Item = &Deviation> {
        self.deviations.get(operation.id).into_iter().flatten()
    }
}

/// Returns the violations that Prism reports, in one line; `None` if it reports none.
pub(super) fn violations(error: &Error) -> Option<String> {
    let violations = Problem::of(error).validation;
    let texts: Vec<String> = violations
        .iter()
        .map(|it| format!("{} ({}): {}", it.location.join("."), it.code, it.message))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

impl Problem {
    /// A response may be another described one: then only the header shows the violations.
    fn of(error: &Error) -> Self {
        let mut problem: Self = serde_json::from_slice(error.body()).unwrap_or_default();
        let header = error.headers().and_then(|headers| headers.get(VIOLATIONS));
        if let Some(list) = header.and_then(|list| list.to_str().ok()) {
            problem.validation = listed(list);
        }
        problem
    }
}

/// Returns the violations in a header. A long list is truncated in the middle; the complete entries count.
fn listed(list: &str) -> Vec<Violation> {
    let start = list.find('[').map_or("", |start| &list[start..]);
    serde_json::from_str(start)
        .or_else(|_| {
            let whole = start.rfind("},{").map_or("", |end| &start[..=end]);
            serde_json::from_str(&format!("{whole}]"))
        })
        .unwrap_or_default()
}

impl Violation {
    /// Returns the path of the violation, including the name of a missing part.
    fn place(&self) -> Vec<&str> {
        let inner = self.location.iter().map(String::as_str);
        let mut place: Vec<&str> = inner.skip_while(|&first| first == "request").collect();
        if self.code == "required" {
            place.extend(self.message.split('\'').nth(1));
        }
        place
    }

    fn is_within(&self, around: &Self) -> bool {
        self.location.starts_with(&around.location)
    }

    /// Returns why Prism cannot judge this place in a body of this content type, if so; `all` are all its reports for
    /// the call.
    fn limit(&self, media: &str, all: &[Violation]) -> Option<&'static str> {
        let ("body", inner) = self
            .place()
            .split_first()
            .map(|(first, rest)| (*first, rest.len()))?
        else {
            return None;
        };
        let form = media == "multipart/form-data";
        // Each mismatched variant is reported: if none is, all match.
        let alone = all.iter().filter(|it| it.is_within(self)).count() == 1;
        match self.code.as_str() {
            "type" if inner == 0 && !form && !media.contains("json") => Some(TEXT),
            "type" if inner == 1 && form => Some(PARTS),
            "oneOf" if alone => Some(TAGS),
            _ => None,
        }
    }
}

/// Returns the excuse if a fix explains each of the violations.
fn fix<'a>(each: impl IntoIterator<Item = BTreeSet<&'a str>>) -> Option<Excuse> {
    let mut all = BTreeSet::new();
    for fixes in each {
        if fixes.is_empty() {
            return None;
        }
        all.extend(fixes);
    }
    let all: Vec<&str> = all.into_iter().collect();
    (!all.is_empty()).then(|| Excuse::Fix(all.join(", ")))
}
