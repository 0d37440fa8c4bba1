//! What a successful response looks like, and what in it says that nothing was done.

use super::{Types, answer::members, words};
use crate::generate::api::{
    Answer, Member, Operation, Repeat, ResponseSchema, Shape, StatusMember, Ty, ValueSchema,
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

/// What the rules make of an operation's response; its class of repetition is known.
pub(super) fn of(operation: &Operation, types: &Types) -> ResponseSchema {
    let answer = match &operation.answer {
        Answer::Json(answer) => answer,
        Answer::Empty => &Ty::Json,
        Answer::Text | Answer::Bytes => {
            return ResponseSchema {
                body: ValueSchema::Opaque,
                ..ResponseSchema::default()
            };
        }
    };
    let mut schema = ResponseSchema {
        body: match operation.answer {
            Answer::Empty => ValueSchema::Empty,
            _ => value(answer, types),
        },
        ..ResponseSchema::default()
    };
    let root = members(types, answer).unwrap_or_default();
    let data = data(root);
    schema.data = data.map(|member| (member.wire.clone(), value(&member.ty, types)));
    schema.status = status(operation, root, data.is_some(), types);
    if operation.repeat != Repeat::Safe {
        schema.confirmations = confirmations(operation, &schema, root, data, types);
    }
    schema
}

/// The keys of the types whose members a response names.
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
        Ty::Int | Ty::Num => ValueSchema::Number,
        Ty::Flag => ValueSchema::Boolean,
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
                    may_be_empty: members.iter().all(may_be_left_out),
                }
            }
            _ => ValueSchema::Object {
                members: None,
                may_be_empty: true,
            },
        },
    }
}

/// Whether a service that writes nothing for empty lists and `false` may leave a member out.
fn may_be_left_out(member: &Member) -> bool {
    matches!(member.ty, Ty::List(_) | Ty::Map(_) | Ty::Flag)
}

/// The member that holds the result, if all others belong to an envelope.
fn data(root: &[Member]) -> Option<&Member> {
    let is_envelope = |data: &Member| {
        let others = || root.iter().filter(|member| member.wire != data.wire);
        let fits = others().all(|member| BESIDE.contains(&member.wire.as_str()));
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
            _ => return StatusMember::Result,
        },
        Ty::Str => Vec::new(),
        _ => return StatusMember::Result,
    };
    let is_outcome = |text: &&str| ["SUCCESS", "FAILURE", "FAILED", "ERROR"].contains(text);
    if outcomes.contains(&"SUCCESS") && outcomes.iter().all(|text| is_outcome(text)) {
        return StatusMember::Envelope;
    }
    let is_plain = root.iter().all(|member| {
        let name = member.wire.as_str();
        BESIDE.contains(&name) || DATA.contains(&name)
    });
    if outcomes.is_empty() && is_plain && (has_data || operation.repeat != Repeat::Safe) {
        return StatusMember::Acknowledgement;
    }
    StatusMember::Result
}

fn confirmations(
    operation: &Operation,
    schema: &ResponseSchema,
    root: &[Member],
    data: Option<&Member>,
    types: &Types,
) -> Vec<String> {
    let deletes = operation.method == "DELETE"
        || words(&operation.id)
            .iter()
            .any(|word| matches!(word.as_str(), "delete" | "remove"));
    match schema.body {
        ValueSchema::Boolean => return vec![String::new()],
        // What is not described may be a boolean all the same, and so may what is described as text.
        ValueSchema::Any | ValueSchema::Empty if deletes => {
            return vec![String::new(), "data".to_owned()];
        }
        ValueSchema::Text if deletes => return vec![String::new()],
        _ => {}
    }
    let confirms = |member: &&Member| {
        let name = member.wire.as_str();
        member.ty == Ty::Flag
            && (CONFIRMATIONS.contains(&name)
                || name == "status"
                || (operation.method == "DELETE" && DELETIONS.contains(&name)))
    };
    let mut paths: Vec<String> = root
        .iter()
        .filter(confirms)
        .map(|member| member.wire.clone())
        .collect();
    if let Some(data) = data {
        let may_be_flag = match data.ty {
            Ty::Str | Ty::Json => deletes,
            _ => data.ty == Ty::Flag,
        };
        if may_be_flag {
            paths.push(data.wire.clone());
        }
        let inside = members(types, &data.ty).unwrap_or_default();
        let inside = inside.iter().filter(confirms);
        paths.extend(inside.map(|member| format!("{}.{}", data.wire, member.wire)));
    }
    paths
}

fn find<'m>(members: &'m [Member], wire: &str) -> Option<&'m Member> {
    members.iter().find(|member| member.wire == wire)
}
