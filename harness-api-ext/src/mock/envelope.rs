//! Failures, in the format of each service.

use serde_json::{Value, json};

use super::store::Place;

/// Failure, before it is written in the format of the requested service.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    reason: Reason,
    message: String,
    status: Option<u16>,
    faults: Vec<(String, String)>,
    denied: Option<Box<Denied>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NotFound,
    Exists,
    /// The entity was changed since it was read.
    Stale,
    Invalid,
    Denied,
    Unauthenticated,
    /// The body does not match its content type.
    Unreadable,
    /// The request violates the description.
    Unprocessable,
    NotImplemented,
    Other,
}

/// Missing permission.
#[derive(Clone, Debug)]
pub(crate) struct Denied {
    pub(crate) permission: String,
    pub(crate) resource: String,
    pub(crate) account: String,
    pub(crate) place: Place,
}

impl Reason {
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Denied,
            404 => Self::NotFound,
            409 => Self::Exists,
            422 => Self::Unprocessable,
            501 => Self::NotImplemented,
            400..=499 => Self::Invalid,
            _ => Self::Other,
        }
    }
}

impl Refusal {
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            status: None,
            faults: Vec::new(),
            denied: None,
        }
    }

    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        Self::new(Reason::NotFound, format!("{kind} [{id}] not found"))
    }

    pub(super) fn exists(kind: &str, id: &str) -> Self {
        Self::new(Reason::Exists, format!("{kind} [{id}] already exists"))
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, message)
    }

    pub(super) fn denied(denied: Denied) -> Self {
        let message = format!(
            "Missing permission {} on {}",
            denied.permission, denied.resource
        );
        Self {
            denied: Some(Box::new(denied)),
            ..Self::new(Reason::Denied, message)
        }
    }

    /// Returns a failure that lists the violations of a request by field.
    pub(super) fn unprocessable(faults: Vec<(String, String)>) -> Self {
        let list: Vec<String> = faults
            .iter()
            .map(|(field, fault)| format!("{field}: {fault}"))
            .collect();
        Self {
            faults,
            ..Self::new(Reason::Unprocessable, list.join("; "))
        }
    }

    /// Sets a status that differs from the usual one of the service.
    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

/// Services with different formats of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Java services.
    Ng,
    /// Newer REST API under `/v1`.
    Rest,
    Goa,
    Chaos,
    Code,
    Gitops,
    /// Artifact registry and feature flags.
    StringCode,
    MessageOnly,
}

impl Service {
    pub(super) fn of(path: &str) -> Self {
        let path = path.strip_prefix("/gateway").unwrap_or(path);
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        if starts(&["/v1/dbops"]) || (starts(&["/v1/"]) && path.contains("/dbschema")) {
            Self::MessageOnly
        } else if starts(&[
            "/v1/",
            "/v2/",
            "/v3/",
            "/v4/",
            "/ssca-manager",
            "/rmg/",
            "/api/",
        ]) {
            Self::Rest
        } else if starts(&["/iacm/", "/pm/", "/sto/"]) {
            Self::Goa
        } else if starts(&["/chaos/"]) {
            Self::Chaos
        } else if starts(&["/code/"]) {
            Self::Code
        } else if starts(&["/gitops/"]) {
            Self::Gitops
        } else if starts(&["/har/", "/cf/"]) {
            Self::StringCode
        } else if starts(&["/log-service", "/storage/", "/lw/"]) {
            Self::MessageOnly
        } else {
            Self::Ng
        }
    }

    /// Returns the status and the body of a failure.
    pub(super) fn write(self, refusal: &Refusal, correlation: &str) -> (u16, Value) {
        let status = refusal
            .status
            .unwrap_or_else(|| self.status(refusal.reason));
        let message = &refusal.message;
        let code = refusal.reason.symbol();
        let mut body = match self {
            // The framework below the service rejects what cannot be parsed.
            Self::Ng | Self::Rest if refusal.reason == Reason::Unreadable => {
                json!({"code": status, "message": message})
            }
            Self::Ng => ng(refusal, status, code, correlation),
            Self::Rest => {
                let faults: Vec<Value> = refusal
                    .faults
                    .iter()
                    .map(|(field, fault)| json!({"field_name": field, "message": fault}))
                    .collect();
                json!({"code": code, "message": message, "errors": faults})
            }
            Self::Goa => json!({
                "name": refusal.reason.goa_name(), "id": correlation, "message": message,
                "temporary": false, "timeout": false, "fault": status >= 500,
            }),
            Self::Chaos => json!({"message": "the request failed", "description": message}),
            Self::Code => json!({"message": message}),
            Self::Gitops => {
                json!({"error": message, "code": refusal.reason.grpc(), "message": message, "details": []})
            }
            Self::StringCode => {
                json!({"code": status.to_string(), "message": message, "details": null})
            }
            Self::MessageOnly => json!({"message": message}),
        };
        // No real service has this field: it shows the findings of the mock.
        if refusal.reason == Reason::Unprocessable {
            let faults = refusal.faults.iter();
            body["faults"] = faults
                .map(|(pointer, message)| json!({"pointer": pointer, "message": message}))
                .collect();
        }
        (status, body)
    }

    fn status(self, reason: Reason) -> u16 {
        match reason {
            Reason::NotFound => 404,
            Reason::Exists => match self {
                Self::Ng | Self::Rest => 400,
                Self::Chaos => 500,
                _ => 409,
            },
            Reason::Stale => match self {
                Self::Ng => 400,
                _ => 409,
            },
            Reason::Invalid | Reason::Unreadable => 400,
            Reason::Denied => 403,
            Reason::Unauthenticated => 401,
            Reason::Unprocessable => 422,
            Reason::NotImplemented => 501,
            Reason::Other => 500,
        }
    }
}

fn ng(refusal: &Refusal, status: u16, code: &str, correlation: &str) -> Value {
    let message = &refusal.message;
    if status == 400 || status == 422 {
        let faults: Vec<Value> = refusal
            .faults
            .iter()
            .map(|(field, fault)| json!({"fieldId": field, "error": fault}))
            .collect();
        return json!({
            "status": "FAILURE", "code": code, "message": message, "correlationId": correlation,
            "errors": if faults.is_empty() { Value::Null } else { faults.into() },
        });
    }
    let mut body = json!({
        "status": "ERROR", "code": code, "message": message, "correlationId": correlation,
        "detailedMessage": null, "metadata": null,
        "responseMessages": [{
            "code": code, "level": "ERROR", "message": message,
            "exception": null, "failureTypes": [], "additionalInfo": {},
        }],
    });
    if let Some(denied) = &refusal.denied {
        body["failedPermissionChecks"] = json!([{
            "permission": denied.permission,
            "resourceType": denied.resource.to_ascii_uppercase(),
            "resourceIdentifier": null,
            "resourceScope": {
                "accountIdentifier": denied.account,
                "orgIdentifier": denied.place.org,
                "projectIdentifier": denied.place.project,
            },
        }]);
    }
    body
}

impl Reason {
    fn symbol(self) -> &'static str {
        match self {
            Self::NotFound => "RESOURCE_NOT_FOUND_EXCEPTION",
            Self::Exists => "DUPLICATE_FIELD",
            Self::Stale => "OPTIMISTIC_LOCKING_EXCEPTION",
            Self::Denied => "NG_ACCESS_DENIED",
            Self::Unauthenticated => "INVALID_TOKEN",
            Self::Invalid | Self::Unreadable | Self::Unprocessable => "INVALID_REQUEST",
            Self::NotImplemented | Self::Other => "GENERAL_ERROR",
        }
    }

    fn goa_name(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Exists => "already_exists",
            Self::Stale => "conflict",
            Self::Denied => "forbidden",
            Self::Unauthenticated => "unauthorized",
            Self::Invalid | Self::Unreadable | Self::Unprocessable => "bad_request",
            Self::NotImplemented => "not_implemented",
            Self::Other => "internal_error",
        }
    }

    fn grpc(self) -> u8 {
        match self {
            Self::Invalid | Self::Unreadable | Self::Unprocessable => 3,
            Self::NotFound => 5,
            Self::Exists => 6,
            Self::Denied => 7,
            Self::Stale => 10,
            Self::NotImplemented => 12,
            Self::Other => 13,
            Self::Unauthenticated => 16,
        }
    }
}
