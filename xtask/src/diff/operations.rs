//! How an operation differs, as its method, its request and the table show it.

use std::collections::BTreeMap;

use super::{
    change::{Change, Detail, Details, Level, What},
    class::Class,
    renames::Renames,
};
use crate::{
    generate::{
        api::{Api, Operation, ResponseBody, Ty},
        emit::{Method, Signature},
    },
    markdown::code,
    surface,
};

/// An operation with what a program can name of it.
pub(super) struct Emitted<'a> {
    pub(super) operation: &'a Operation,
    pub(super) signature: Signature,
}

/// Returns the changes of all operations.
pub(super) fn compare(old: &[Emitted<'_>], new: &[Emitted<'_>], renames: &Renames) -> Vec<Change> {
    let (before, after) = (by_id(old), by_id(new));
    let gone = || before.values().filter(|old| !after.contains_key(old.id()));
    let fresh = after.values().filter(|new| !before.contains_key(new.id()));
    // What is called at the same place is the same operation, whatever its id.
    let place = |of: &Emitted<'_>| (of.operation.method.clone(), shape(&of.operation.path));
    let mut renamed = BTreeMap::new();
    let mut changes = Vec::new();
    for new in fresh {
        match gone().find(|old| place(old) == place(new)) {
            Some(old) => {
                renamed.insert(old.id(), *new);
            }
            None => changes.push(added(new)),
        }
    }
    for old in before.values() {
        match after.get(old.id()).or_else(|| renamed.get(old.id())) {
            Some(new) => changes.extend(pair(old, new, renames)),
            None => changes.push(removed(old)),
        }
    }
    changes
}

fn by_id<'e>(operations: &'e [Emitted<'_>]) -> BTreeMap<&'e str, &'e Emitted<'e>> {
    let operations = operations.iter();
    operations
        .map(|operation| (operation.id(), operation))
        .collect()
}

/// Returns the operations of an API.
pub(super) fn emitted(api: &Api) -> Vec<Emitted<'_>> {
    let operations = api.modules.iter().flat_map(|module| &module.operations);
    operations
        .map(|operation| Emitted {
            operation,
            signature: Signature::of(operation),
        })
        .collect()
}

impl Emitted<'_> {
    fn id(&self) -> &str {
        &self.operation.id
    }

    /// Returns the method, as a Rust item.
    pub(super) fn rust(&self) -> String {
        let Operation { module, name, .. } = self.operation;
        format!("{module}::Api::{name}")
    }

    fn http(&self) -> String {
        let Operation { method, path, .. } = self.operation;
        code(&format!("{method} {path}"))
    }

    fn is_sampled(&self) -> bool {
        self.operation.provenance == "sample"
    }

    fn method(&self, suffix: &str) -> Option<&Method> {
        let mut methods = self.signature.methods.iter();
        methods.find(|method| method.suffix == suffix)
    }

    /// Returns the types of the body, by what takes it: the usual method (no name), or setters.
    fn bodies(&self, renames: Option<&Renames>) -> Vec<(String, String)> {
        let usual = self.method("").and_then(|method| method.body.clone());
        let argument = usual.map(|ty| (String::new(), ty));
        let setters = self.signature.bodies.iter().cloned();
        let all = argument.into_iter().chain(setters);
        match renames {
            Some(renames) => all.map(|(name, ty)| (name, renames.text(&ty))).collect(),
            None => all.collect(),
        }
    }
}

/// Returns a path without the names of its parameters.
fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| {
        shape + "{}" + part.split_once('}').map_or("", |(_, rest)| rest)
    })
}

fn added(new: &Emitted<'_>) -> Change {
    let text = format!("{} -> {}", new.http(), code(&new.signature.response));
    Change {
        what: What::Added,
        name: new.id().to_owned(),
        modules: vec![new.operation.module.clone()],
        rust: vec![new.rust()],
        level: Level::Additive,
        details: vec![Detail {
            level: Level::Additive,
            class: Class::OperationAdded,
            text,
        }],
        ..Change::default()
    }
}

fn removed(old: &Emitted<'_>) -> Change {
    Change {
        what: What::Removed,
        name: old.id().to_owned(),
        modules: vec![old.operation.module.clone()],
        rust: vec![old.rust()],
        rust_was: vec![old.rust()],
        sampled: old.is_sampled(),
        level: Level::Breaking,
        details: vec![Detail {
            level: Level::Breaking,
            class: Class::OperationRemoved,
            text: old.http(),
        }],
        ..Change::default()
    }
}

fn pair(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames) -> Option<Change> {
    let mut details = Details::default();
    let (before, after) = (old.operation, new.operation);
    let [was, is] = [old, new].map(|of| of.rust());
    details.differs(Level::Breaking, Class::MethodRenamed, "", (&was, &is));
    methods(old, new, renames, &mut details);
    setters(old, new, renames, &mut details);
    body(old, new, renames, &mut details);
    response(old, new, renames, &mut details);
    paging(old, new, renames, &mut details);
    beside(before, after, &mut details);
    let mut what = if before.id == after.id {
        What::Changed
    } else {
        What::Renamed
    };
    match (before.deprecated, after.deprecated) {
        (false, true) => {
            what = What::Deprecated;
            details.add(Level::Additive, Class::Deprecated, "");
        }
        (true, false) => details.add(Level::Patch, Class::Undeprecated, ""),
        _ => {}
    }
    details.change(Change {
        what,
        name: after.id.clone(),
        was: (before.id != after.id).then(|| before.id.clone()),
        modules: vec![after.module.clone()],
        rust: vec![new.rust()],
        rust_was: vec![old.rust()],
        sampled: old.is_sampled(),
        ..Change::default()
    })
}

/// Compares what no item shows.
fn beside(old: &Operation, new: &Operation, details: &mut Details) {
    let types = |operation: &Operation| operation.response_media.join(", ");
    let retry = |operation: &Operation| surface::retry(operation.retry).to_owned();
    let texts = [
        (Class::OperationId, old.id.clone(), new.id.clone()),
        (Class::HttpMethod, old.method.clone(), new.method.clone()),
        (Class::Path, old.path.clone(), new.path.clone()),
        (Class::Tag, old.tag.clone(), new.tag.clone()),
        (Class::ContentType, types(old), types(new)),
        (
            Class::Provenance,
            old.provenance.clone(),
            new.provenance.clone(),
        ),
        (Class::Idempotency, retry(old), retry(new)),
    ];
    for (class, was, is) in texts {
        details.differs(Level::Patch, class, "", (&was, &is));
    }
}

/// Compares the methods that make a request: each is known by the form of the body that it takes.
fn methods(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames, details: &mut Details) {
    for was in &old.signature.methods {
        let Some(is) = new.method(was.suffix) else {
            details.add(Level::Breaking, Class::MethodRemoved, code(&was.name));
            continue;
        };
        // A new name of the operation is told once.
        let expected = was
            .name
            .replacen(&old.operation.name, &new.operation.name, 1);
        if expected != is.name && !was.suffix.is_empty() {
            let names = (was.name.as_str(), is.name.as_str());
            details.differs(Level::Breaking, Class::MethodRenamed, "", names);
        }
        // What another method takes as well is told once.
        if was.suffix.is_empty() || Some(&was.arguments) != old.method("").map(|m| &m.arguments) {
            arguments(old, new, (was, is), renames, details);
        }
    }
    for is in &new.signature.methods {
        if old.method(is.suffix).is_none() {
            details.add(Level::Additive, Class::MethodAdded, code(&is.name));
        }
    }
}

/// Compares arguments by position. A new name alone breaks nothing where it means the same part of the path; any other argument
/// in the place of one of its type compiles, and sends something else.
fn arguments(
    old: &Emitted<'_>,
    new: &Emitted<'_>,
    (was, is): (&Method, &Method),
    renames: &Renames,
    details: &mut Details,
) {
    let renamed = |at: usize| {
        let (Some((before, _)), Some((after, _))) = (was.arguments.get(at), is.arguments.get(at))
        else {
            return false;
        };
        before != after
            && was.arguments.len() == is.arguments.len()
            && !was.arguments.iter().any(|(name, _)| name == after)
            && !is.arguments.iter().any(|(name, _)| name == before)
            && segment(old.operation, before).is_some_and(|at| {
                segment(new.operation, after) == Some(at)
                    && shape(&old.operation.path) == shape(&new.operation.path)
            })
    };
    let names = |method: &Method| -> Vec<String> {
        let names = method.arguments.iter().map(|(name, _)| name.clone());
        names.collect()
    };
    let mut kept = Vec::new();
    for (at, (name, ty)) in was.arguments.iter().enumerate() {
        let same = is.arguments.iter().find(|(other, _)| other == name);
        let now = match same {
            Some(same) => same,
            None if renamed(at) => {
                let (now, _) = &is.arguments[at];
                details.differs(Level::Patch, Class::ArgumentRenamed, "", (name, now));
                &is.arguments[at]
            }
            None => {
                details.add(
                    Level::Breaking,
                    Class::ArgumentRemoved,
                    code(&format!("{name}: {ty}")),
                );
                continue;
            }
        };
        kept.push(now.0.clone());
        let about = code(name);
        details.differs(
            Level::Breaking,
            Class::ArgumentType,
            &about,
            (&renames.text(ty), &now.1),
        );
    }
    let mut order = names(is);
    for (name, ty) in &is.arguments {
        if !kept.contains(name) {
            details.add(
                Level::Breaking,
                Class::ArgumentAdded,
                code(&format!("{name}: {ty}")),
            );
        }
    }
    order.retain(|name| kept.contains(name));
    if order != kept {
        let (was, is) = (names(was).join(", "), names(is).join(", "));
        details.differs(Level::Breaking, Class::ArgumentOrder, "", (&was, &is));
    }
}

/// Returns the position of an argument among the parameters of the path.
fn segment(operation: &Operation, ident: &str) -> Option<usize> {
    let param = operation.params.iter().find(|param| {
        param.location.in_path() && (param.ident == ident || format!("{}_", param.ident) == ident)
    })?;
    let mut names = operation.path.split('{').skip(1);
    names.position(|part| part.split('}').next() == Some(param.wire.as_str()))
}

fn setters(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames, details: &mut Details) {
    let map = |emitted: &Emitted<'_>| -> BTreeMap<String, String> {
        emitted.signature.setters.iter().cloned().collect()
    };
    let (before, after) = (map(old), map(new));
    for (name, ty) in &before {
        match after.get(name) {
            None => details.add(
                Level::Breaking,
                Class::SetterRemoved,
                code(&format!("{name}: {ty}")),
            ),
            Some(now) => {
                let types = (renames.text(ty), now.clone());
                let about = code(name);
                let types = (types.0.as_str(), types.1.as_str());
                details.differs(Level::Breaking, Class::SetterType, &about, types);
            }
        }
    }
    for (name, ty) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        details.add(
            Level::Additive,
            Class::SetterAdded,
            code(&format!("{name}: {ty}")),
        );
    }
    for was in &old.operation.params {
        let mut params = new.operation.params.iter();
        if let Some(is) = params.find(|is| is.ident == was.ident) {
            let about = code(&was.ident);
            details.differs(Level::Patch, Class::WireName, &about, (&was.wire, &is.wire));
        }
    }
}

/// Compares the body as the usual method or a setter takes it; other methods are compared as such.
fn body(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames, details: &mut Details) {
    let (before, after) = (old.bodies(Some(renames)), new.bodies(None));
    let is_argument = |bodies: &[(String, String)]| bodies.iter().any(|(name, _)| name.is_empty());
    let kept = before.iter().all(|body| after.contains(body));
    let level = if kept && is_argument(&before) == is_argument(&after) {
        Level::Additive
    } else {
        Level::Breaking
    };
    let json = |emitted: &Emitted<'_>| {
        let body = emitted.operation.body.as_ref();
        body.and_then(|body| body.json.clone())
    };
    let class = match (json(old), json(new)) {
        (Some(Ty::Json), Some(now)) if now != Ty::Json => Class::BodyTyped,
        _ => Class::BodyChanged,
    };
    let text = |bodies: &[(String, String)]| {
        let types: Vec<&str> = bodies.iter().map(|(_, ty)| ty.as_str()).collect();
        let optional = if types.is_empty() || is_argument(bodies) {
            ""
        } else {
            "optional "
        };
        format!("{optional}{}", types.join(" or "))
    };
    details.differs(level, class, "", (&text(&before), &text(&after)));
}

fn response(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames, details: &mut Details) {
    let json = ResponseBody::Json(Ty::Json);
    let class = match (&old.operation.response, &new.operation.response) {
        (_, ResponseBody::Empty) => Class::ResponseEmpty,
        (was, _) if *was == json => Class::ResponseTyped,
        (_, is) if *is == json => Class::ResponseUntyped,
        _ => Class::ResponseChanged,
    };
    let was = renames.text(&old.signature.response);
    // That it was JSON says the class.
    let types = (was.as_str(), new.signature.response.as_str());
    match class {
        Class::ResponseTyped if types.0 != types.1 => {
            details.add(Level::Breaking, class, code(types.1));
        }
        _ => details.differs(Level::Breaking, class, "", types),
    }
}

fn paging(old: &Emitted<'_>, new: &Emitted<'_>, renames: &Renames, details: &mut Details) {
    match (&old.operation.paging, &new.operation.paging) {
        (None, None) => {}
        (None, Some(now)) => details.add(
            Level::Additive,
            Class::PagingAdded,
            code(&surface::paging(now)),
        ),
        (Some(_), None) => details.add(Level::Breaking, Class::PagingRemoved, ""),
        (Some(was), Some(now)) => {
            let item = |emitted: &Emitted<'_>| emitted.signature.item.clone().unwrap_or_default();
            let items = (renames.text(&item(old)), item(new));
            details.differs(Level::Breaking, Class::PageItem, "", (&items.0, &items.1));
            let pages = (surface::paging(was), surface::paging(now));
            details.differs(Level::Patch, Class::Paging, "", (&pages.0, &pages.1));
        }
    }
}
