//! The paging of an operation, from the names of what it is asked with and the shape of its response.

use anyhow::{Result, bail};

use super::{
    Described, Types,
    list::{self, join},
    retry,
};
use crate::generate::api::{
    Found, Location, Operation, Paging, ResponseBody, RetryClass, Step, Ty,
};

/// Names that go together, for page and size, and what the page says.
const FAMILIES: [(&str, &str, Step); 12] = [
    ("pageIndex", "pageSize", Step::Number),
    ("pageNumber", "pageSize", Step::Number),
    ("pageNo", "pageSize", Step::Number),
    ("page", "limit", Step::Number),
    ("page", "size", Step::Number),
    ("page", "pageSize", Step::Number),
    ("page", "page_size", Step::Number),
    ("page", "per_page", Step::Number),
    ("offset", "limit", Step::Offset),
    ("offset", "pageSize", Step::Offset),
    ("skip", "limit", Step::Offset),
    ("start", "limit", Step::Offset),
];

/// Names of what the page before tells, and of the size.
const TOKEN_FAMILIES: [(&[&str], &str); 4] = [
    (&["cursor"], "limit"),
    (&["after"], "limit"),
    (&["nextMarker"], "limit"),
    (&["lastSeenExecutionId", "lastSeenStartTime"], "size"),
];

/// A member of a body that holds page and size.
const HOLDER: &str = "pagination";

const TOTAL_HEADERS: [&str; 3] = ["x-total-elements", "x-total-items", "x-total"];
const SIZE_HEADERS: [&str; 2] = ["x-page-size", "x-per-page"];

/// A paging that may still lack its items.
#[derive(Debug)]
pub(super) struct Draft {
    /// How it is paged, as far as it is known.
    pub paging: Paging,
    /// Why the items are not known; the table can name them.
    pub unknown: Option<String>,
    /// Why it is no list after all.
    pub none: bool,
}

/// Returns the paging that the rules find; `None` when nothing says that the operation returns a list.
pub(super) fn draft(
    operation: &Operation,
    described: &Described<'_>,
    types: &Types,
) -> Option<Draft> {
    // What a DELETE takes of a page leaked from the type that its GET shares.
    if operation.method == "DELETE" {
        return None;
    }
    let Some(asked) = asked(operation, types) else {
        return whole(operation, described, types);
    };
    let mut paging = Paging {
        step: asked.step,
        in_body: asked.in_body,
        page: asked.page,
        size: Some(asked.size),
        tokens: Vec::new(),
        first: 0,
        default_size: None,
        max_size: None,
        items: String::new(),
        item: Ty::Json,
        total: None,
        used_size: None,
        more: None,
        omits_empty: false,
    };
    let number = |name: &Option<String>, keyword| {
        let name = name.as_deref().filter(|_| !paging.in_body)?;
        described.number(name, keyword)
    };
    let first = number(&paging.page, "default").filter(|first| *first <= 1);
    let default_size = number(&paging.size, "default").and_then(|size| u32::try_from(size).ok());
    let max_size = number(&paging.size, "maximum").and_then(|size| u32::try_from(size).ok());
    if paging.step == Step::Number {
        paging.first = first.unwrap_or(0);
    }
    paging.default_size = default_size;
    paging.max_size = max_size;
    let unknown = match from_response(&mut paging, &asked.tokens, operation, described, types) {
        Ok(()) => None,
        Err(why) => Some(why.to_string()),
    };
    Some(Draft {
        paging,
        unknown,
        none: false,
    })
}

impl Draft {
    /// Returns the paging, held against the response; `None` when the table says that it is no list.
    pub(super) fn finish(self, operation: &Operation, types: &Types) -> Result<Option<Paging>> {
        let Self {
            mut paging,
            unknown,
            none,
        } = self;
        if none {
            return Ok(None);
        }
        if let Some(why) = unknown {
            bail!("{why}");
        }
        if paging.omits_empty && paging.items.is_empty() {
            bail!("a list that is the response itself cannot be left out");
        }
        let ResponseBody::Json(response) = &operation.response else {
            bail!("its response is no JSON");
        };
        paging.item = list::check(
            types,
            response,
            &paging.items,
            &[paging.total.as_ref(), paging.used_size.as_ref()],
            paging.more.as_ref(),
            &paging.tokens,
        )?;
        Ok(Some(paging))
    }
}

/// How a page is asked for.
struct Asked {
    step: Step,
    in_body: bool,
    page: Option<String>,
    size: String,
    /// Names under which a token may be sent.
    tokens: Vec<String>,
}

fn asked(operation: &Operation, types: &Types) -> Option<Asked> {
    let query: Vec<&str> = operation
        .params
        .iter()
        .filter(|param| param.location == Location::Query)
        .map(|param| param.wire.as_str())
        .collect();
    if let Some(asked) = family(&query, "", false) {
        return Some(asked);
    }
    let body = operation.body.as_ref()?.json.as_ref()?;
    let members = list::members(types, body)?;
    let names: Vec<&str> = members.iter().map(|member| member.wire.as_str()).collect();
    family(&names, "", true).or_else(|| {
        let holder = members.iter().find(|member| member.wire == HOLDER)?;
        let inside = list::members(types, &holder.ty)?;
        let names: Vec<&str> = inside.iter().map(|member| member.wire.as_str()).collect();
        family(&names, HOLDER, true)
    })
}

fn family(names: &[&str], holder: &str, in_body: bool) -> Option<Asked> {
    let has = |name: &str| names.contains(&name);
    let numbered = FAMILIES
        .iter()
        .find(|(page, size, _)| has(page) && has(size))
        .map(|(page, size, step)| Asked {
            step: *step,
            in_body,
            page: Some(join(holder, page)),
            size: join(holder, size),
            tokens: has("pageToken")
                .then(|| join(holder, "pageToken"))
                .into_iter()
                .collect(),
        });
    numbered.or_else(|| {
        TOKEN_FAMILIES
            .iter()
            .find(|(tokens, size)| tokens.iter().all(|token| has(token)) && has(size))
            .map(|(tokens, size)| Asked {
                step: Step::Token,
                in_body,
                page: None,
                size: join(holder, size),
                tokens: tokens.iter().map(|token| join(holder, token)).collect(),
            })
    })
}

/// Fills in what the response says.
fn from_response(
    paging: &mut Paging,
    tokens: &[String],
    operation: &Operation,
    described: &Described<'_>,
    types: &Types,
) -> Result<()> {
    let ResponseBody::Json(response) = &operation.response else {
        bail!("its response is no JSON");
    };
    let header = |names: &[&str]| {
        let name = described.header(names)?;
        Some(Found::Header(name.to_owned()))
    };
    paging.total = header(&TOTAL_HEADERS);
    paging.used_size = header(&SIZE_HEADERS);
    let rows = list::rows(types, response)?;
    if let Some(total) = rows.total(types, response) {
        paging.total = Some(Found::Member(total));
    }
    if let Some(size) = rows.used_size(types, response) {
        paging.used_size = Some(Found::Member(size));
    }
    paging.more = rows.more(types, response);
    for sent in tokens {
        let name = sent.rsplit('.').next().unwrap_or(sent);
        match rows.token(types, response, name) {
            Some(member) => paging.tokens.push((sent.clone(), member)),
            None if paging.step == Step::Token => {
                bail!("its response has no `{name}` that asks for the next page")
            }
            None => {}
        }
    }
    paging.items = rows.items;
    Ok(())
}

/// Returns the paging of a list that comes in one response: nothing limits it, and the response is a list and little else.
fn whole(operation: &Operation, described: &Described<'_>, types: &Types) -> Option<Draft> {
    const LIMITS: [&str; 6] = ["limit", "size", "page", "count", "max", "top"];
    let limited = operation
        .params
        .iter()
        .any(|param| LIMITS.contains(&param.wire.as_str()));
    let ResponseBody::Json(response) = &operation.response else {
        return None;
    };
    if operation.method != "GET"
        || retry::of(operation, false) != RetryClass::Safe
        || limited
        || described.header(&TOTAL_HEADERS).is_some()
    {
        return None;
    }
    let items = list::only_list(types, response)?;
    Some(Draft {
        paging: Paging {
            step: Step::Whole,
            in_body: false,
            page: None,
            size: None,
            tokens: Vec::new(),
            first: 0,
            default_size: None,
            max_size: None,
            items,
            item: Ty::Json,
            total: None,
            used_size: None,
            more: None,
            omits_empty: false,
        },
        unknown: None,
        none: false,
    })
}
