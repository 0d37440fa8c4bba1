//! Where an response holds its items, their number, and what asks for more.

use anyhow::{Context, Result, bail, ensure};

use super::Types;
use crate::generate::api::{Found, Member, More, Shape, Ty};

/// Members that hold the real response.
const ENVELOPES: [&str; 3] = ["data", "resource", "response"];
/// Lists that hold the items where there are several lists.
const ITEMS: [&str; 4] = ["content", "items", "results", "records"];
/// Objects beside the items that tell about the page.
const ABOUT: [&str; 4] = ["pagination", "page", "_metadata", "nextRequest"];
/// The number of all items. Some responses call it `items`, and their items otherwise.
const TOTALS: [&str; 13] = [
    "totalItems",
    "totalElements",
    "totalCount",
    "total",
    "itemCount",
    "total_elements",
    "total_count",
    "total_commits",
    "totalNoOfInfras",
    "totalNoOfInfrastructures",
    "totalNoOfExperiments",
    "totalNoOfWorkflows",
    "items",
];
/// The size of the page.
const SIZES: [&str; 4] = ["pageSize", "size", "limit", "page_size"];
/// There is more.
const HAS_NEXT: [&str; 4] = ["hasNext", "hasMore", "has_next", "has_more"];

/// What an response says of its list.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Path of the items.
    pub items: String,
    /// Paths of the objects that tell about the page, the closest first.
    about: Vec<String>,
}

/// Finds the items of an response; says why, where they cannot be told.
pub(super) fn rows(types: &Types, response: &Ty) -> Result<Rows> {
    let mut rows = Rows::default();
    let mut ty = response;
    let mut path = String::new();
    loop {
        match ty {
            Ty::List(_) => {
                rows.items = path;
                return Ok(rows);
            }
            Ty::Json => bail!("the description does not say what `{path}` of its response is"),
            _ => {}
        }
        let members = members(types, ty).context("its response is no object")?;
        rows.about.insert(0, path.clone());
        for name in ABOUT {
            if let Some(member) = member(members, name)
                && self::members(types, &member.ty).is_some()
            {
                rows.about.insert(1, join(&path, name));
            }
        }
        if let Some(inside) = enveloped(types, members) {
            path = join(&path, &inside.wire);
            ty = &inside.ty;
            continue;
        }
        let lists: Vec<&str> = lists(members).map(|member| member.wire.as_str()).collect();
        let named = ITEMS.into_iter().find(|name| lists.contains(name));
        let chosen = match (named, lists.as_slice()) {
            (Some(name), _) => name,
            (None, [one]) => one,
            (None, []) => bail!("its response has no list"),
            (None, many) => bail!("its response has several lists: {}", many.join(", ")),
        };
        rows.items = join(&path, chosen);
        return Ok(rows);
    }
}

/// Returns the lists among which [`rows`] does not choose, and whether each has structs as items.
pub(super) fn candidates(types: &Types, response: &Ty) -> Vec<(String, bool)> {
    let mut path = String::new();
    let mut ty = response;
    while let Some(members) = members(types, ty) {
        let Some(inside) = enveloped(types, members) else {
            let lists = lists(members).map(|member| {
                let structs =
                    matches!(&member.ty, Ty::List(item) if self::members(types, item).is_some());
                (join(&path, &member.wire), structs)
            });
            return lists.collect();
        };
        path = join(&path, &inside.wire);
        ty = &inside.ty;
    }
    Vec::new()
}

/// Returns the member that holds the real response.
fn enveloped<'t>(types: &Types, members: &'t [Member]) -> Option<&'t Member> {
    ENVELOPES
        .iter()
        .filter_map(|name| member(members, name))
        .find(|inside| may_hold(types, &inside.ty))
}

fn lists(members: &[Member]) -> impl Iterator<Item = &Member> {
    members
        .iter()
        .filter(|member| matches!(member.ty, Ty::List(_)))
}

impl Rows {
    /// Returns the number of all items.
    pub(super) fn total(&self, types: &Types, response: &Ty) -> Option<String> {
        self.member(types, response, &TOTALS, is_number)
    }

    /// Returns the size of the page.
    pub(super) fn used_size(&self, types: &Types, response: &Ty) -> Option<String> {
        self.member(types, response, &SIZES, is_number)
    }

    /// Returns the member that tells whether there is more.
    pub(super) fn more(&self, types: &Types, response: &Ty) -> Option<More> {
        let next = self.member(types, response, &HAS_NEXT, is_flag);
        next.map(More::HasNext).or_else(|| {
            self.member(types, response, &["last"], is_flag)
                .map(More::Last)
        })
    }

    /// Returns a text or number of this name.
    pub(super) fn token(&self, types: &Types, response: &Ty, name: &str) -> Option<String> {
        self.member(types, response, &[name], |ty| {
            matches!(ty, Ty::Str | Ty::Int)
        })
    }

    fn member(
        &self,
        types: &Types,
        response: &Ty,
        names: &[&str],
        fits: fn(&Ty) -> bool,
    ) -> Option<String> {
        self.about.iter().find_map(|about| {
            let members = members(types, at(types, response, about).ok()??)?;
            let name = names
                .iter()
                .find(|name| member(members, name).is_some_and(|member| fits(&member.ty)))?;
            Some(join(about, name))
        })
    }
}

/// Checks that an response has what a paging names, and gives the type of an item.
pub(super) fn check(
    types: &Types,
    response: &Ty,
    items: &str,
    numbers: &[Option<&Found>],
    more: Option<&More>,
    tokens: &[(String, String)],
) -> Result<Ty> {
    let item = match at(types, response, items)? {
        Some(Ty::List(item)) => (**item).clone(),
        None | Some(Ty::Json) => Ty::Json,
        Some(_) => bail!("`{items}` of its response is no list"),
    };
    let fits = |path: &str, fits: fn(&Ty) -> bool| -> Result<()> {
        let ty = at(types, response, path)?;
        ensure!(
            ty.is_none_or(|ty| *ty == Ty::Json || fits(ty)),
            "`{path}` of its response is of another type"
        );
        Ok(())
    };
    for number in numbers.iter().copied().flatten() {
        if let Found::Member(path) = number {
            fits(path, is_number)?;
        }
    }
    if let Some(More::HasNext(path) | More::Last(path)) = more {
        fits(path, is_flag)?;
    }
    for (_, path) in tokens {
        fits(path, |ty| matches!(ty, Ty::Str | Ty::Int))?;
    }
    Ok(item)
}

/// Returns the type at a path of dots; `None` inside of what the description does not say.
fn at<'t>(types: &'t Types, response: &'t Ty, path: &str) -> Result<Option<&'t Ty>> {
    let mut ty = response;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        if *ty == Ty::Json {
            return Ok(None);
        }
        let members = members(types, ty);
        ty = &members
            .and_then(|members| member(members, name))
            .with_context(|| format!("its response has no `{path}`"))?
            .ty;
    }
    Ok(Some(ty))
}

/// Returns the members of a struct.
pub(super) fn members<'t>(types: &'t Types, ty: &Ty) -> Option<&'t [Member]> {
    let Ty::Named(key) = ty else { return None };
    match &types.get(key)?.shape {
        Shape::Struct { members, .. } => Some(members),
        _ => None,
    }
}

fn member<'t>(members: &'t [Member], wire: &str) -> Option<&'t Member> {
    members.iter().find(|member| member.wire == wire)
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Returns whether there may be a list inside.
fn may_hold(types: &Types, ty: &Ty) -> bool {
    matches!(ty, Ty::List(_) | Ty::Json) || members(types, ty).is_some()
}

/// Returns whether it is a whole number, which some services write as text.
fn is_number(ty: &Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Float | Ty::Str)
}

fn is_flag(ty: &Ty) -> bool {
    *ty == Ty::Bool
}

/// Returns the list that an response consists of: the response itself, the `data` or `resource` of an envelope, or the `items` beside
/// `metadata`.
pub(super) fn only_list(types: &Types, response: &Ty) -> Option<String> {
    if matches!(response, Ty::List(_)) {
        return Some(String::new());
    }
    let members = members(types, response)?;
    let list = |name: &str| {
        member(members, name)
            .is_some_and(|member| matches!(member.ty, Ty::List(_)))
            .then(|| name.to_owned())
    };
    let beside = |names: &[&str], name: &str| {
        members
            .iter()
            .all(|member| member.wire == name || names.contains(&member.wire.as_str()))
    };
    const ENVELOPE: [&str; 5] = [
        "status",
        "metaData",
        "correlationId",
        "correlationID",
        "responseMessages",
    ];
    const ARGO: [&str; 3] = ["metadata", "apiVersion", "kind"];
    [
        ("data", &ENVELOPE[..]),
        ("resource", &ENVELOPE),
        ("items", &ARGO),
    ]
    .into_iter()
    .find_map(|(name, others)| list(name).filter(|_| beside(others, name)))
}
