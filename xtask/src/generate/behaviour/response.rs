//! What a successful response looks like, and what in it says that nothing was done.

use super::{Types, list::members, words};
use crate::generate::api::{
    Member, Operation, ResponseBody, ResponseSchema, RetryClass, Shape, StatusMember, Ty,
    ValueSchema,
};

/// Members that hold the result of an envelope.
const DATA: [&str; 3] = ["data", "resource", "response"];
/// Members that an envelope has beside its result.
const BESIDE: [&str; 9] = [
    "correlationID",
    "correlationId",
    "errors",
    "message",
    "metaData",
    "responseMessages",
    "status",
    "success",
    "ts",
];
/// Members that a list has beside its items, and a change beside what was changed.
const ABOUT: [&str; 11] = [
    "auditAction",
    "categoriesCount",
    "count",
    "countDetails",
    "fault",
    "faultCategoriesCount",
    "isProcessed",
    "page",
    "pagination",
    "totalCount",
    "totalNoOfProbes",
];
/// Booleans that are `false` when a write was not carried out.
const CONFIRMATIONS: [&str; 9] = [
    "isFullSyncTriggered",
    "isRollbackTriggered",
    "isStopped",
    "ok",
    "rollbackTriggered",
    "signed",
    "success",
    "successful",
    "successfullyDeleted",
];
/// Booleans that are `false` when nothing was deleted. Elsewhere they are the state of what is told about.
const DELETIONS: [&str; 2] = ["deleted", "isDeleted"];

/// Returns the schema of a response that the rules find; the retry class of the operation is known.
pub(super) fn of(operation: &Operation, types: &Types) -> ResponseSchema {
    let response = match &operation.response {
        ResponseBody::Json(response) => response,
        ResponseBody::Empty => &Ty::Json,
        ResponseBody::Text | ResponseBody::Bytes => {
            return ResponseSchema {
                body: ValueSchema::Opaque,
                ..ResponseSchema::default()
            };
        }
    };
    let mut schema = ResponseSchema {
        body: match operation.response {
            ResponseBody::Empty => ValueSchema::Empty,
            _ => value(response, types),
        },
        ..ResponseSchema::default()
    };
    let root = members(types, response).unwrap_or_default();
    let data = data(root);
    schema.data = data.map(|member| (member.wire.clone(), value(&member.ty, types)));
    schema.status = status(operation, root, data.is_some(), types);
    if operation.retry != RetryClass::Safe {
        schema.confirmations = confirmations(operation, &schema, root, data, types);
    }
    schema
}

/// Returns the keys of the types whose members a response names.
pub(super) fn named(schema: &ResponseSchema) -> impl Iterator<Item = &str> {
    let data = schema.data.as_ref().map(|(_, data)| data);
    // An envelope needs no other member than its result.
    [data.is_none().then_some(&schema.body), data]
        .into_iter()
        .flatten()
        .filter_map(|value| match value {
            ValueSchema::Object { members, .. } => members.as_deref(),
            _ => None,
        })
}

fn value(ty: &Ty, types: &Types) -> ValueSchema {
    match ty {
        Ty::Str | Ty::Time => ValueSchema::Text,
        Ty::Int | Ty::Float => ValueSchema::Number,
        Ty::Bool => ValueSchema::Boolean,
        Ty::Json => ValueSchema::Any,
        Ty::List(_) => ValueSchema::List,
        Ty::Map(_) => ValueSchema::Object {
            members: None,
            may_be_empty: true,
        },
        Ty::Named(key) => match types.get(key).map(|ty| &ty.shape) {
            Some(Shape::Enum(_)) => ValueSchema::Text,
            Some(Shape::Struct { members, extra, .. }) if !extra && !members.is_empty() => {
                ValueSchema::Object {
                    members: Some(key.clone()),
                    may_be_empty: false,
                }
            }
            // One of several objects, which all have members.
            Some(Shape::Union { .. }) => ValueSchema::Object {
                members: None,
                may_be_empty: false,
            },
            _ => ValueSchema::Object {
                members: None,
                may_be_empty: true,
            },
        },
    }
}

/// Returns the member that holds the result, if all others belong to an envelope.
fn data(root: &[Member]) -> Option<&Member> {
    let is_envelope = |data: &Member| {
        let others = || root.iter().filter(|member| member.wire != data.wire);
        let fits = others().all(|member| {
            let name = member.wire.as_str();
            BESIDE.contains(&name) || (data.wire == "data" && ABOUT.contains(&name))
        });
        // `response` is a usual name for other things too.
        fits && (data.wire != "response" || others().any(|member| member.wire == "success"))
    };
    DATA.iter()
        .filter_map(|name| find(root, name))
        .find(|member| is_envelope(member))
}

fn status(operation: &Operation, root: &[Member], has_data: bool, types: &Types) -> StatusMember {
    let Some(status) = find(root, "status") else {
        return StatusMember::Absent;
    };
    let outcomes = match &status.ty {
        Ty::Named(key) => match types.get(key).map(|ty| &ty.shape) {
            Some(Shape::Enum(variants)) => variants.iter().map(|(_, text)| text.as_str()).collect(),
            _ => return StatusMember::Absent,
        },
        Ty::Str => Vec::new(),
        // A text would be the status of something else.
        _ => return StatusMember::Absent,
    };
    let is_outcome = |text: &&str| ["SUCCESS", "FAILURE", "FAILED", "ERROR"].contains(text);
    if outcomes.contains(&"SUCCESS") && outcomes.iter().all(is_outcome) {
        return StatusMember::Envelope;
    }
    let is_plain = root.iter().all(|member| {
        let name = member.wire.as_str();
        BESIDE.contains(&name) || DATA.contains(&name)
    });
    if outcomes.is_empty() && is_plain && (has_data || operation.retry != RetryClass::Safe) {
        return StatusMember::Acknowledgement;
    }
    StatusMember::Result
}

/// Returns what has to be `true` after a write. Many a service returns `false`, in `data` or alone, where another response is described
/// or none.
fn confirmations(
    operation: &Operation,
    schema: &ResponseSchema,
    root: &[Member],
    data: Option<&Member>,
    types: &Types,
) -> Vec<String> {
    let is_delete = operation.method == "DELETE";
    let deletes = is_delete
        || words(&operation.id)
            .iter()
            .any(|word| matches!(word.as_str(), "delete" | "remove"));
    let usual = || vec![String::new(), "data".to_owned()];
    match schema.body {
        ValueSchema::Empty | ValueSchema::Any if is_delete => {
            let deletions = DELETIONS.iter().map(|name| (*name).to_owned());
            return usual().into_iter().chain(deletions).collect();
        }
        ValueSchema::Empty => return usual(),
        ValueSchema::Any if deletes => return usual(),
        ValueSchema::Boolean | ValueSchema::Text => return vec![String::new()],
        _ => {}
    }
    let confirms = |member: &&Member| {
        let name = member.wire.as_str();
        member.ty == Ty::Bool
            && (CONFIRMATIONS.contains(&name)
                || name == "status"
                || (is_delete && DELETIONS.contains(&name)))
    };
    let mut paths: Vec<String> = root
        .iter()
        .filter(confirms)
        .map(|member| member.wire.clone())
        .collect();
    match data {
        Some(data) => {
            if matches!(data.ty, Ty::Bool | Ty::Str | Ty::Json) {
                paths.push(data.wire.clone());
            }
            if deletes && data.wire != "data" {
                paths.push("data".to_owned());
            }
            let inside = members(types, &data.ty).unwrap_or_default();
            let inside = inside.iter().filter(confirms);
            paths.extend(inside.map(|member| format!("{}.{}", data.wire, member.wire)));
        }
        None => {
            let says_only = matches!(
                schema.status,
                StatusMember::Envelope | StatusMember::Acknowledgement
            );
            let is_object = matches!(schema.body, ValueSchema::Object { .. });
            if is_object && (deletes || says_only) && find(root, "data").is_none() {
                paths.push("data".to_owned());
            }
        }
    }
    paths
}

fn find<'m>(members: &'m [Member], wire: &str) -> Option<&'m Member> {
    members.iter().find(|member| member.wire == wire)
}
