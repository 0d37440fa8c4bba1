//! How an operation differs, as its method, its request and the table show it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    change::{Change, Detail, Details, Level, What},
    renames::Renames,
};
use crate::{
    generate::api::{Answer, Api, Body, Operation, Param, Ty},
    surface::{self, ty_text},
};

/// The changes of all operations.
pub(super) fn compare(old: &Api, new: &Api, renames: &Renames) -> Vec<Change> {
    let before = by_id(old);
    let after = by_id(new);
    let gone = || {
        before
            .iter()
            .filter(|(id, _)| !after.contains_key(*id))
            .map(|(_, operation)| *operation)
    };
    let fresh = after
        .iter()
        .filter(|(id, _)| !before.contains_key(*id))
        .map(|(_, operation)| *operation);
    // What is called at the same place is the same operation, whatever its id.
    let place = |operation: &Operation| (operation.method.clone(), shape(&operation.path));
    let mut renamed: BTreeMap<&str, &Operation> = BTreeMap::new();
    let mut changes = Vec::new();
    for operation in fresh {
        match gone().find(|other| place(other) == place(operation)) {
            Some(other) => {
                renamed.insert(&other.id, operation);
            }
            None => changes.push(whole(operation, What::Added, Level::Additive)),
        }
    }
    for operation in before.values() {
        let now = after
            .get(operation.id.as_str())
            .or_else(|| renamed.get(operation.id.as_str()));
        match now {
            Some(now) => changes.extend(pair(operation, now, renames)),
            None => changes.push(whole(operation, What::Removed, Level::Breaking)),
        }
    }
    changes
}

fn by_id(api: &Api) -> BTreeMap<&str, &Operation> {
    let operations = api.modules.iter().flat_map(|module| &module.operations);
    operations
        .map(|operation| (operation.id.as_str(), operation))
        .collect()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| {
        shape + "{}" + part.split_once('}').map_or("", |(_, rest)| rest)
    })
}

fn rust(operation: &Operation) -> Vec<String> {
    vec![format!("{}::Api::{}", operation.module, operation.name)]
}

fn whole(operation: &Operation, what: What, level: Level) -> Change {
    let text = format!(
        "`{} {}`: `{} -> {}`",
        operation.method,
        operation.path,
        surface::call(operation),
        surface::answer(&operation.answer)
    );
    Change {
        used_by: Vec::new(),
        what,
        name: operation.id.clone(),
        was: None,
        rust: rust(operation),
        level,
        details: vec![Detail { level, text }],
    }
}

fn pair(old: &Operation, new: &Operation, renames: &Renames) -> Option<Change> {
    let mut details = Details::default();
    let quoted = |text: &String| format!("`{text}`");
    if (&old.module, &old.name) != (&new.module, &new.name) {
        let text = format!(
            "method: was `{}`, is `{}`",
            rust(old).concat(),
            rust(new).concat()
        );
        details.add(Level::Breaking, text);
    }
    details.differs(Level::Patch, "id", (&old.id, &new.id), quoted);
    details.differs(
        Level::Patch,
        "HTTP method",
        (&old.method, &new.method),
        quoted,
    );
    details.differs(Level::Patch, "path", (&old.path, &new.path), quoted);
    details.differs(Level::Patch, "tag", (&old.tag, &new.tag), quoted);
    details.differs(
        Level::Patch,
        "content types of answers",
        (&old.answers, &new.answers),
        |types| types.join(", "),
    );
    details.differs(
        Level::Patch,
        "provenance",
        (&old.provenance, &new.provenance),
        quoted,
    );
    details.differs(
        Level::Patch,
        "repetition",
        (old.repeat, new.repeat),
        |class| surface::repeat(class).to_owned(),
    );
    arguments(old, new, renames, &mut details);
    setters(old, new, renames, &mut details);
    body(old, new, renames, &mut details);
    let before = match &old.answer {
        Answer::Json(ty) => Answer::Json(renames.ty(ty)),
        answer => answer.clone(),
    };
    details.differs(
        Level::Breaking,
        "answer",
        (&before, &new.answer),
        |answer| quoted(&surface::answer(answer)),
    );
    paging(old, new, renames, &mut details);
    let mut what = if old.id == new.id {
        What::Changed
    } else {
        What::Renamed
    };
    match (old.deprecated, new.deprecated) {
        (false, true) => {
            what = What::Deprecated;
            details.add(Level::Additive, "it is deprecated");
        }
        (true, false) => details.add(Level::Patch, "it is no longer deprecated"),
        _ => {}
    }
    details.change(what, (&old.id, &new.id), rust(new))
}

/// The type of a parameter in terms of the newer side; a file for `None`.
type Value = Option<Ty>;

fn value(param: &Param, renames: Option<&Renames>) -> Value {
    let ty = param.ty.as_ref()?;
    Some(renames.map_or_else(|| ty.clone(), |renames| renames.ty(ty)))
}

fn value_text(value: &Value) -> String {
    value.as_ref().map_or_else(|| "file".to_owned(), ty_text)
}

/// Arguments go by their place: a new name alone breaks nothing, two of one type that change places do, unseen.
fn arguments(old: &Operation, new: &Operation, renames: &Renames, details: &mut Details) {
    let list = |operation: &Operation, renames: Option<&Renames>| -> Vec<(String, Value)> {
        let required = operation.params.iter().filter(|param| param.required);
        required
            .map(|param| (param.ident.clone(), value(param, renames)))
            .collect()
    };
    let (before, after) = (list(old, Some(renames)), list(new, None));
    let types = |list: &[(String, Value)]| -> Vec<Value> {
        list.iter().map(|(_, ty)| ty.clone()).collect()
    };
    let names = |list: &[(String, Value)]| -> BTreeSet<String> {
        list.iter().map(|(name, _)| name.clone()).collect()
    };
    let renamed = types(&before) == types(&after) && names(&before) != names(&after);
    let level = if renamed {
        Level::Patch
    } else {
        Level::Breaking
    };
    details.differs(level, "arguments", (&before, &after), |list| {
        let each = list
            .iter()
            .map(|(name, ty)| format!("{name}: {}", value_text(ty)));
        format!("`({})`", each.collect::<Vec<_>>().join(", "))
    });
}

fn setters(old: &Operation, new: &Operation, renames: &Renames, details: &mut Details) {
    let map =
        |operation: &Operation, renames: Option<&Renames>| -> BTreeMap<String, (Value, String)> {
            let optional = operation.params.iter().filter(|param| !param.required);
            optional
                .map(|param| {
                    (
                        param.ident.clone(),
                        (value(param, renames), param.wire.clone()),
                    )
                })
                .collect()
        };
    let (before, after) = (map(old, Some(renames)), map(new, None));
    for (name, (ty, wire)) in &before {
        match after.get(name) {
            None => details.add(Level::Breaking, format!("setter `{name}` is gone")),
            Some((now, now_wire)) => {
                details.differs(
                    Level::Breaking,
                    &format!("setter `{name}`"),
                    (ty, now),
                    value_text,
                );
                let what = format!("setter `{name}` on the wire");
                details.differs(Level::Patch, &what, (wire, now_wire), |wire| {
                    format!("`{wire}`")
                });
            }
        }
    }
    for (name, (ty, _)) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        details.add(
            Level::Additive,
            format!("new setter `{name}: {}`", value_text(ty)),
        );
    }
}

fn body(old: &Operation, new: &Operation, renames: &Renames, details: &mut Details) {
    let level = match (&old.body, &new.body) {
        (None, None) => return,
        (None, Some(body)) if body.required => Level::Breaking,
        (None, Some(_)) => Level::Additive,
        (Some(_), None) => Level::Breaking,
        (Some(before), Some(after)) => {
            let json = before.json.as_ref().map(|ty| renames.ty(ty));
            let kept = json == after.json || json.is_none();
            let media = before.media.iter().all(|media| after.media.contains(media));
            // The first form has the plain name; another first one gives it to another body.
            let first = before.media.first() == after.media.first();
            let form = !before.form || after.form;
            let required = before.required == after.required;
            if kept && media && first && form && required {
                Level::Additive
            } else {
                Level::Breaking
            }
        }
    };
    let text = |body: &Option<Body>, renames: Option<&Renames>| match body {
        None => "none".to_owned(),
        Some(body) => {
            let json = body
                .json
                .as_ref()
                .map(|ty| ty_text(&renames.map_or_else(|| ty.clone(), |r| r.ty(ty))));
            let media = body
                .media
                .iter()
                .filter(|media| *media != "application/json")
                .cloned();
            let form = body.form.then(|| "form".to_owned());
            let forms: Vec<String> = json.into_iter().chain(media).chain(form).collect();
            let optional = if body.required { "" } else { "optional " };
            format!("{optional}`{}`", forms.join(" | "))
        }
    };
    let (before, after) = (text(&old.body, Some(renames)), text(&new.body, None));
    details.differs(level, "body", (before, after), |text| text);
}

fn paging(old: &Operation, new: &Operation, renames: &Renames, details: &mut Details) {
    match (&old.paging, &new.paging) {
        (None, None) => {}
        (None, Some(now)) => details.add(
            Level::Additive,
            format!("it can be read page by page: {}", surface::paging(now)),
        ),
        (Some(_), None) => details.add(Level::Breaking, "it can no longer be read page by page"),
        (Some(was), Some(now)) => {
            let items = (renames.ty(&was.item), now.item.clone());
            details.differs(Level::Breaking, "items of pages", items, |ty| {
                format!("`{}`", ty_text(&ty))
            });
            let pages = (surface::paging(was), surface::paging(now));
            details.differs(Level::Patch, "pages", pages, |text| text);
        }
    }
}
