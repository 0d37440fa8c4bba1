//! Prism, a server that judges requests by the description as it was published, and makes its answers from it.
//!
//! It knows no fixes, so it is bound to disagree where one deviates. And there are things that it cannot judge. Both are
//! told by rules from what it says; nothing else is excused.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use harness_api::{ErrorKind, Operation};
use harness_api_ext::Error;
use serde::Deserialize;

use super::judge::{Stage, Wrong};

/// Where the client follows fixes instead of the description that Prism has.
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

/// Why a call that went wrong is no fault of the client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// It went wrong at a place that these fixes change.
    Fix(String),
    /// Prism cannot judge it.
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

/// What Prism finds wrong with a request, or with the answer that it made.
#[derive(Debug, Deserialize)]
struct Violation {
    location: Vec<String>,
    code: String,
    message: String,
}

/// A failure in Prism's own words.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    validation: Vec<Violation>,
}

/// The header with the violations of any answer.
const VIOLATIONS: &str = "sl-violations";

const UNFIT: &str = "because the answer that Prism makes does not fit the description";
const DEEP: &str = "because the schema of the answer is too deep for Prism to make one";
const OCTETS: &str = "because Prism has no answers of this content type";
const DOTS: &str = "because Prism finds no path with a dot in the name of a parameter";
const TEXT: &str = "because Prism reads bodies of JSON and forms alone";
const DENIED: &str = "because the answer that Prism makes says that a policy denied the change";

impl Prism {
    /// Reads the places from a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is not as it should be.
    pub fn load(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self::parse(&std::fs::read(path)?)?)
    }

    fn parse(text: &[u8]) -> serde_json::Result<Self> {
        let list: Vec<Deviation> = serde_json::from_slice(text)?;
        let mut deviations: HashMap<_, Vec<_>> = HashMap::new();
        for deviation in list {
            let operation = deviation.operation.clone();
            deviations.entry(operation).or_default().push(deviation);
        }
        Ok(Self { deviations })
    }

    /// Why it is no fault of the client that a call went wrong, and how far the call came in truth.
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
            (Stage::Answer, Some(error)) if error.policy_denial().is_some() => {
                Some((Stage::Value, Excuse::Prism(DENIED)))
            }
            (Stage::Answer, Some(error)) => {
                let path = match error.raw().kind() {
                    ErrorKind::Decode => &error.raw().decode_failure()?.path,
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
        let problem: Problem = serde_json::from_slice(error.body()).unwrap_or_default();
        let listed = error
            .headers()
            .and_then(|headers| headers.get(VIOLATIONS))
            .and_then(|list| serde_json::from_slice(list.as_bytes()).ok());
        let violations: Vec<Violation> = listed.unwrap_or(problem.validation);
        let kind = problem.kind.rsplit('#').next().unwrap_or_default();
        if violations.is_empty() {
            return match kind {
                "NO_PATH_MATCHED_ERROR" | "NO_METHOD_MATCHED_ERROR" => {
                    let dotted = operation.path.split('{').skip(1);
                    let dotted = dotted.filter_map(|rest| rest.split_once('}'));
                    if dotted.into_iter().any(|(name, _)| name.contains('.')) {
                        return Some((Stage::Request, Excuse::Prism(DOTS)));
                    }
                    Some((Stage::Request, fix([self.fixes(operation, &["path"])])?))
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
        let mut fixes = Vec::new();
        let mut limit = None;
        for violation in &violations {
            let place = violation.place();
            let by = self.fixes(operation, &place);
            if !by.is_empty() {
                fixes.push(by);
            } else if place == ["body"] && violation.code == "type" && !is_read(media) {
                limit = Some(TEXT);
            } else {
                return None;
            }
        }
        let excuse = fix(fixes).or(limit.map(Excuse::Prism))?;
        Some((Stage::Request, excuse))
    }

    /// The fixes that change a place, or what is around it.
    fn fixes(&self, operation: &Operation, place: &[&str]) -> BTreeSet<&str> {
        let all = self.deviations.get(operation.id).into_iter().flatten();
        all.filter(|deviation| {
            let changed = &deviation.place;
            changed.len() <= place.len()
                && changed
                    .iter()
                    .zip(place)
                    .all(|(name, it)| name == "*" || name.eq_ignore_ascii_case(it))
        })
        .map(|deviation| deviation.fix.as_str())
        .collect()
    }
}

impl Violation {
    /// Where it is; what is missing is named too.
    fn place(&self) -> Vec<&str> {
        let inner = self.location.iter().map(String::as_str);
        let mut place: Vec<&str> = inner.skip_while(|&first| first == "request").collect();
        if self.code == "required" {
            place.extend(self.message.split('\'').nth(1));
        }
        place
    }
}

/// The excuse that a fix is behind each of these, if it is so.
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

/// Whether Prism reads bodies of a content type.
fn is_read(media: &str) -> bool {
    media.contains("json")
        || media == "multipart/form-data"
        || media == "application/x-www-form-urlencoded"
}
