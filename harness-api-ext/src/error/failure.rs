//! From the body of a failed call to its parts. Nothing here fails: what is not understood stays in the body.

use harness_api::one_line;
use serde_json::{Map, Value};

use super::details::{DeniedBy, FieldError, PermissionCheck, PolicyDenial, RuleViolation};
use super::envelope::{Envelope, is_status};

/// How many characters of a text are kept.
const TEXT: usize = 500;
/// How many characters of an id or a code are kept.
pub(super) const ID: usize = 100;
/// How many items of a list are kept.
const ITEMS: usize = 100;

/// What a body tells about a failure. Texts are on one line, bounded, without keys of the call and what looks like a token.
#[derive(Default)]
pub(super) struct Failure {
    pub(super) envelope: Option<Envelope>,
    pub(super) code: Option<String>,
    /// The code of the last response message that is no advice: the cause below.
    pub(super) cause_code: Option<String>,
    /// The best text, where it is not the one that `harness_api` finds.
    pub(super) message: Option<String>,
    /// The service's own id of the failure, where it is not called a correlation id.
    pub(super) id: Option<String>,
    pub(super) hints: Vec<String>,
    pub(super) explanations: Vec<String>,
    pub(super) field_errors: Vec<FieldError>,
    pub(super) permission_checks: Vec<PermissionCheck>,
    pub(super) rule_violations: Vec<RuleViolation>,
    pub(super) conflict_files: Vec<String>,
    pub(super) denial: Option<PolicyDenial>,
    pub(super) metadata: Option<Value>,
    /// The HTTP status that the body names.
    pub(super) status: Option<u16>,
    /// The gRPC code that the body names.
    pub(super) grpc: Option<i64>,
    /// Whether the service says that it may go better later.
    pub(super) temporary: bool,
}

impl Failure {
    /// Reads the body of a response. The path of the call tells services of the same shape apart.
    pub(super) fn read(raw: &harness_api::Error) -> Self {
        let only = |envelope| Self {
            envelope: Some(envelope),
            ..Self::default()
        };
        if raw.is_html() {
            return only(Envelope::Html);
        }
        // Where bytes are not UTF-8 the rest is still worth reading.
        let text = String::from_utf8_lossy(raw.body());
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return only(Envelope::Empty);
        }
        let redactor = raw.redactor();
        let plain = |text: &str| Self {
            message: Some(redactor.one_line(text, TEXT)).filter(|text| !text.is_empty()),
            ..only(Envelope::PlainText)
        };
        match raw.body_json() {
            Some(Value::Object(object)) => Self::of_object(&object, raw.path()),
            Some(Value::String(text)) => plain(&text),
            None if is_text(text) => plain(text),
            Some(_) | None => only(Envelope::Raw),
        }
    }

    fn of_object(object: &Map<String, Value>, path: Option<&str>) -> Self {
        let denial = denial(object);
        let envelope = match Envelope::of(object, path) {
            Envelope::Raw | Envelope::MessageOnly | Envelope::Chaos if denial.is_some() => {
                Envelope::PolicyDenied
            }
            envelope => envelope,
        };
        let mut failure = Self {
            envelope: Some(envelope),
            code: code(object, envelope),
            cause_code: cause_code(object),
            ..Self::default()
        };
        failure.read_messages(object, envelope);
        failure.read_fields(object);
        failure.read_unfit(object);
        failure.permission_checks = list(object, "failedPermissionChecks")
            .map(permission_check)
            .collect();
        failure.read_rules(object);
        failure.metadata = ["metadata", "error_metadata"]
            .iter()
            .find_map(|name| object.get(*name).filter(|value| !value.is_null()))
            .cloned();
        match envelope {
            Envelope::Goa => {
                failure.id = id(object, "id");
                failure.temporary = flag(object, "temporary") || flag(object, "timeout");
            }
            Envelope::Fme => failure.id = id(object, "transactionId"),
            Envelope::Grpc => failure.grpc = object.get("code").and_then(Value::as_i64),
            Envelope::GrpcStream => {
                if let Some(Value::Object(error)) = object.get("error") {
                    failure.grpc = error.get("grpc_code").and_then(Value::as_i64);
                    failure.status = error.get("http_code").and_then(status);
                }
            }
            _ => failure.status = object.get("code").and_then(status),
        }
        if let Some(denial) = denial {
            if envelope == Envelope::PolicyDenied {
                failure.message = denial.best_text();
            }
            failure.denial = Some(denial);
        }
        failure
    }

    /// Hints and explanations are advice; the last text of level ERROR is the message, which `harness_api` finds.
    fn read_messages(&mut self, object: &Map<String, Value>, envelope: Envelope) {
        for message in list(object, "responseMessages") {
            let Some(text) = message.get("message").and_then(text) else {
                continue;
            };
            let into = match message.get("code").and_then(Value::as_str) {
                Some("HINT") => &mut self.hints,
                Some("EXPLANATION") => &mut self.explanations,
                _ => continue,
            };
            if !into.contains(&text) {
                into.push(text);
            }
        }
        self.explanations
            .extend(object.get("details").and_then(text));
        if envelope == Envelope::GrpcStream {
            self.message = object
                .get("error")
                .and_then(|error| error.get("message"))
                .and_then(text);
        }
    }

    /// What does not fit in a trigger or an input set, by its place.
    fn read_unfit(&mut self, object: &Map<String, Value>) {
        let Some(Value::Object(data)) = object.get("data") else {
            return;
        };
        if !UNFIT.iter().any(|name| flag(data, name)) {
            return;
        }
        let mut unfit = Vec::new();
        let sets = data
            .get("inputSetErrorWrapper")
            .and_then(|wrapper| wrapper.get("uuidToErrorResponseMap"))
            .and_then(Value::as_object);
        for place in sets
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Value::as_object)
        {
            for error in list(place, "errors") {
                unfit.push(FieldError {
                    field: member(error, &["fieldName"]).unwrap_or_default(),
                    message: member(error, &["message"]).unwrap_or_default(),
                });
            }
        }
        let places = data.get("errors").and_then(Value::as_object);
        for (place, errors) in places.into_iter().flatten() {
            for (field, message) in errors.as_object().into_iter().flatten() {
                unfit.extend(text(message).map(|message| FieldError {
                    field: one_line(&format!("{place}.{field}"), TEXT),
                    message,
                }));
            }
        }
        unfit.truncate(ITEMS);
        self.message = unfit.first().map(|error| error.message.clone());
        self.field_errors.append(&mut unfit);
    }

    /// Field errors of every spelling, and faults of YAML against its schema, which name a place too.
    fn read_fields(&mut self, object: &Map<String, Value>) {
        let schema = object
            .get("metadata")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|metadata| list(metadata, "schemaErrors"));
        self.field_errors = list(object, "errors")
            .chain(schema)
            .filter_map(|error| {
                Some(FieldError {
                    field: member(error, &["fieldId", "field_name", "field", "fqn"])?,
                    message: member(error, &["error", "message"]).unwrap_or_default(),
                })
            })
            .collect();
    }

    fn read_rules(&mut self, object: &Map<String, Value>) {
        for outer in list(object, "violations").chain(list(object, "rule_violations")) {
            let Value::Object(outer) = outer else {
                continue;
            };
            let rule = outer
                .get("rule")
                .and_then(|rule| rule.get("identifier").or_else(|| rule.get("uid")))
                .and_then(text);
            for violation in list(outer, "violations") {
                self.rule_violations.push(RuleViolation {
                    rule: rule.clone(),
                    code: member(violation, &["code"]),
                    message: member(violation, &["message"]).unwrap_or_default(),
                    bypassable: flag(outer, "bypassable"),
                });
            }
        }
        self.rule_violations.truncate(ITEMS);
        self.conflict_files = list(object, "conflict_files").filter_map(text).collect();
        if self.message.is_none() && !object.contains_key("message") {
            self.message = match (&self.rule_violations[..], &self.conflict_files[..]) {
                ([], []) => None,
                ([], files) => Some(one_line(&format!("conflict in {}", files.join(", ")), TEXT)),
                ([first, ..], _) => Some(first.message.clone()).filter(|text| !text.is_empty()),
            };
        }
    }
}

impl PolicyDenial {
    /// The server's text, or those of the policies.
    fn best_text(&self) -> Option<String> {
        self.message.clone().or_else(|| {
            let messages = self.policies.iter().flat_map(|policy| &policy.messages);
            line(&messages.map(String::as_str).collect::<Vec<_>>().join("; "))
        })
    }
}

/// The code of a failure in its text form.
fn code(object: &Map<String, Value>, envelope: Envelope) -> Option<String> {
    match envelope {
        Envelope::Goa => object.get("name").and_then(code_text),
        Envelope::GrpcStream => object
            .get("error")
            .and_then(|error| error.get("grpc_code"))
            .and_then(code_text),
        Envelope::GraphQl => list(object, "errors")
            .find_map(|error| error.get("extensions")?.get("code").and_then(code_text)),
        _ => {
            let own = object.get("code").and_then(code_text);
            own.filter(|code| !matches!(code.as_str(), "HINT" | "EXPLANATION"))
                .or_else(|| cause_code(object))
        }
    }
}

fn cause_code(object: &Map<String, Value>) -> Option<String> {
    list(object, "responseMessages")
        .filter(|message| !is_advice(message))
        .filter_map(|message| message.get("code").and_then(code_text))
        .last()
}

/// A code as a text: it may be a number.
fn code_text(code: &Value) -> Option<String> {
    match code {
        Value::String(_) => text(code).map(|code| one_line(&code, ID)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a response message is of level INFO: a hint or an explanation.
fn is_advice(message: &Value) -> bool {
    message.get("level").and_then(Value::as_str) == Some("INFO")
}

fn permission_check(check: &Value) -> PermissionCheck {
    let scope = |name| {
        check
            .get("resourceScope")
            .and_then(|scope| member(scope, &[name]))
    };
    PermissionCheck {
        permission: member(check, &["permission"]),
        resource_type: member(check, &["resourceType"]),
        resource_identifier: member(check, &["resourceIdentifier"]),
        account: scope("accountIdentifier"),
        org: scope("orgIdentifier"),
        project: scope("projectIdentifier"),
    }
}

/// The names under which answers carry the verdict of policies on a change.
pub(super) const GOVERNANCE: [&str; 2] = ["governanceMetadata", "governance_metadata"];

/// The names under which a trigger or an input set says that it does not fit its pipeline.
pub(super) const UNFIT: [&str; 2] = ["errorResponse", "isErrorResponse"];

/// A denial: in `data` or at the root of a success, or beside a failure.
fn denial(object: &Map<String, Value>) -> Option<PolicyDenial> {
    let data = object.get("data").and_then(Value::as_object);
    let found = [data, Some(object)]
        .into_iter()
        .flatten()
        .find_map(|holder| {
            GOVERNANCE
                .iter()
                .filter_map(|name| holder.get(*name)?.as_object())
                .find(|verdict| flag(verdict, "deny"))
        });
    let verdict = found.or_else(|| object.get("policy_evaluation")?.as_object())?;
    let mut policies = Vec::new();
    for set in either(
        verdict,
        &["details", "detailsList", "policy_set_evaluations"],
    ) {
        let set_name = member(
            set,
            &["policySetName", "policy_set_name", "name", "identifier"],
        );
        let Value::Object(set) = set else { continue };
        for policy in either(
            set,
            &[
                "policyMetadata",
                "policyMetadataList",
                "policy_metadata",
                "details",
            ],
        ) {
            let name = member(policy, &["policyName", "policy_name", "name", "identifier"]);
            let Value::Object(policy) = policy else {
                continue;
            };
            let messages: Vec<_> = either(
                policy,
                &["denyMessages", "denyMessagesList", "deny_messages"],
            )
            .filter_map(text)
            .collect();
            if !messages.is_empty() {
                policies.push(DeniedBy {
                    set: set_name.clone(),
                    policy: name,
                    messages,
                });
            }
        }
    }
    policies.truncate(ITEMS);
    Some(PolicyDenial {
        id: verdict.get("id").and_then(scalar),
        status: verdict.get("status").and_then(text),
        message: verdict.get("message").and_then(text),
        policies,
        raw: Value::Object(verdict.clone()),
    })
}

/// The items of the first of these members that is a list.
fn either<'v>(
    object: &'v Map<String, Value>,
    names: &'v [&str],
) -> impl Iterator<Item = &'v Value> {
    let name = names
        .iter()
        .find(|name| object.get(**name).is_some_and(Value::is_array));
    name.into_iter().flat_map(|name| list(object, name))
}

/// The items of a list; none where the member is something else.
fn list<'v>(
    object: &'v Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'v Value> + use<'v> {
    object
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(ITEMS)
}

/// The first of these members that is a text and not blank.
fn member(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| value.get(name).and_then(text))
}

fn flag(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool) == Some(true)
}

fn id(object: &Map<String, Value>, name: &str) -> Option<String> {
    object
        .get(name)
        .and_then(scalar)
        .map(|id| one_line(&id, ID))
}

/// A text or a number as a text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        value => text(value),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().and_then(line)
}

fn line(text: &str) -> Option<String> {
    Some(one_line(text, TEXT)).filter(|text| !text.is_empty())
}

/// An HTTP status, written as a number or in quotes.
fn status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::String(text) if is_status(text) => text.parse().ok()?,
        value => u16::try_from(value.as_u64()?).ok()?,
    };
    (100..600).contains(&number).then_some(number)
}

/// Whether something that is not JSON is meant to be read: it is text, and not the beginning of a broken document.
fn is_text(text: &str) -> bool {
    let readable =
        |c: char| c != char::REPLACEMENT_CHARACTER && (!c.is_control() || c.is_whitespace());
    !text.starts_with(['{', '[', '"']) && text.chars().all(readable)
}
