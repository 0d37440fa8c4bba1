//! Paged lists, in the style of each service.

use harness_api::{Operation, Sent};
use serde_json::{Value, json};

use super::received::Received;
use super::reply::Reply;

/// Page size if neither the request nor the table specifies one.
const DEFAULT_SIZE: u64 = 50;

/// Page of a list.
pub(super) struct Page {
    rows: Vec<Value>,
    /// Number of the page as requested; the first is 0 or 1.
    number: u64,
    first: u64,
    size: u64,
    total: u64,
}

impl Page {
    /// Returns the requested page, by the paging parameters of the operation.
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

    /// Returns the page in the format of the older services. GitOps uses it without envelope.
    pub(super) fn ng(self) -> Value {
        json!({
            "totalPages": self.pages(), "totalItems": self.total, "pageItemCount": self.rows.len(),
            "pageSize": self.size, "pageIndex": self.number, "empty": self.rows.is_empty(),
            "pageToken": null, "content": self.rows,
        })
    }

    /// Returns the page in the format of Spring.
    pub(super) fn spring(self) -> Value {
        json!({
            "totalElements": self.total, "totalPages": self.pages(), "size": self.size,
            "number": self.number, "numberOfElements": self.rows.len(),
            "first": self.number == self.first, "last": self.is_last(), "empty": self.rows.is_empty(),
            "content": self.rows,
        })
    }

    /// Returns only the list, with the total in a header.
    pub(super) fn rest(self) -> Reply {
        Reply::json(200, &Value::Array(self.rows))
            .header("X-Total-Elements", self.total)
            .header("X-Page-Number", self.number)
            .header("X-Page-Size", self.size)
    }

    /// Returns only the list, in the format of the code service.
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

    /// Returns the page in the format of the artifact registry, with its rows in a field of this name.
    pub(super) fn har(self, rows: &str) -> Value {
        let mut data = json!({
            "itemCount": self.total, "pageCount": self.pages(), "pageIndex": self.number,
            "pageSize": self.size,
        });
        data[rows] = Value::Array(self.rows);
        json!({"status": "SUCCESS", "data": data})
    }
}
