//! Lists in pages, each in the style of its service.

use harness_api::{Operation, Sent};
use serde_json::{Value, json};

use super::received::Received;
use super::reply::Reply;

/// How many items a page has where neither request nor table says it.
const DEFAULT_SIZE: u64 = 50;

/// A page of a list.
pub(super) struct Page {
    rows: Vec<Value>,
    /// As it was asked for: the first is 0 or 1.
    number: u64,
    first: u64,
    size: u64,
    total: u64,
}

impl Page {
    /// The page that a request asks for, by the names that its operation has for page and size.
    pub(super) fn of(request: &Received, rows: Vec<Value>) -> Self {
        let paging = request
            .operation()
            .and_then(|operation: &Operation| operation.paging);
        let body = request.json();
        let asked = |name: Option<&str>| {
            let name = name?;
            if paging.is_some_and(|paging| paging.sent == Sent::Body) {
                return body[name].as_u64();
            }
            request.query(name)?.parse().ok()
        };
        let first = paging.map_or(0, |paging| paging.first);
        let number =
            asked(paging.and_then(|paging| paging.page)).map_or(first, |page| page.max(first));
        let default = paging.and_then(|paging| paging.default_size);
        let most = paging.and_then(|paging| paging.max_size);
        let size = asked(paging.and_then(|paging| paging.size))
            .filter(|size| *size > 0)
            .unwrap_or(default.map_or(DEFAULT_SIZE, u64::from))
            .min(most.map_or(u64::MAX, u64::from));
        let before = (number - first).saturating_mul(size);
        let total = rows.len() as u64;
        let skip = usize::try_from(before).unwrap_or(usize::MAX);
        let take = usize::try_from(size).unwrap_or(usize::MAX);
        Self {
            rows: rows.into_iter().skip(skip).take(take).collect(),
            number,
            first,
            size,
            total,
        }
    }

    fn pages(&self) -> u64 {
        self.total.div_ceil(self.size)
    }

    fn is_last(&self) -> bool {
        self.number - self.first + 1 >= self.pages()
    }

    /// The page of the older services; GitOps has it without envelope.
    pub(super) fn ng(self) -> Value {
        json!({
            "totalPages": self.pages(), "totalItems": self.total, "pageItemCount": self.rows.len(),
            "pageSize": self.size, "pageIndex": self.number, "empty": self.rows.is_empty(),
            "pageToken": null, "content": self.rows,
        })
    }

    /// The page of Spring.
    pub(super) fn spring(self) -> Value {
        json!({
            "totalElements": self.total, "totalPages": self.pages(), "size": self.size,
            "number": self.number, "numberOfElements": self.rows.len(),
            "first": self.number == self.first, "last": self.is_last(), "empty": self.rows.is_empty(),
            "content": self.rows,
        })
    }

    /// The list alone, with the total in a header.
    pub(super) fn rest(self) -> Reply {
        Reply::json(200, &Value::Array(self.rows))
            .header("X-Total-Elements", self.total)
            .header("X-Page-Number", self.number)
            .header("X-Page-Size", self.size)
    }

    /// The list alone, as the service of repositories has it.
    pub(super) fn code(self) -> Reply {
        let next = (!self.is_last()).then_some(self.number + 1);
        let pages = self.pages();
        let reply = Reply::json(200, &Value::Array(self.rows))
            .header("x-page", self.number)
            .header("x-per-page", self.size)
            .header("x-total", self.total)
            .header("x-total-pages", pages);
        match next {
            Some(next) => reply.header("x-next-page", next),
            None => reply,
        }
    }

    /// The page of the artifact registry, its rows under their own name.
    pub(super) fn har(self, rows: &str) -> Value {
        let mut data = json!({
            "itemCount": self.total, "pageCount": self.pages(), "pageIndex": self.number,
            "pageSize": self.size,
        });
        data[rows] = Value::Array(self.rows);
        json!({"status": "SUCCESS", "data": data})
    }
}
