//! Random servers: lists of any length, sizes clipped in either way, totals told or not, lists that grow or shrink.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};

use harness_api_ext::page::Pager;
use harness_api_ext::raw::{Found, More, Paging, Step, Token};
use proptest::prelude::*;
use serde_json::json;

use crate::server::{Ask, Reply, Server};
use crate::styles::rows;
use crate::{Row, client, ids};

const TOKENS: &[Token] = &[Token::new("token", "token")];

const fn paging(step: Step) -> Paging {
    Paging::new(step, "rows")
        .page("page", 0)
        .size("size")
        .tokens(TOKENS)
        .total(Found::Member("total"))
        .used_size(Found::Member("used"))
        .more(More::HasNext("more"))
}

static NUMBER: Paging = paging(Step::Number);
static OFFSET: Paging = paging(Step::Offset);
static TOKEN: Paging = paging(Step::Token);

#[derive(Debug, Clone, Copy)]
struct World {
    step: u8,
    all: u64,
    size: u32,
    /// The server gives no more than this.
    clip: u64,
    /// Pages are counted by the size asked for, and clipped then.
    counts_by_asked: bool,
    tells_total: bool,
    tells_used: bool,
    tells_more: bool,
    /// How many items are added at the end, or taken from it, after each of the first pages.
    growth: i64,
    prefetch: bool,
}

impl World {
    fn paging(&self) -> &'static Paging {
        match self.step {
            0 => &NUMBER,
            1 => &OFFSET,
            _ => &TOKEN,
        }
    }

    /// Whether the end can be told at all: a server that clips has to give some sign.
    fn is_honest(&self) -> bool {
        let clips = self.clip < u64::from(self.size);
        !clips || self.tells_total || self.tells_used || self.tells_more || self.step == 2
    }

    /// How long the list is after so many pages.
    fn length_after(&self, pages: i64) -> u64 {
        self.all.saturating_add_signed(self.growth * pages.min(5))
    }

    fn reply(&self, ask: &Ask, all: u64) -> Reply {
        let asked = ask.number("size").expect("a size");
        let size = asked.min(self.clip);
        let from = match self.step {
            0 if self.counts_by_asked => ask.number("page").expect("a page") * asked,
            0 => ask.number("page").expect("a page") * size,
            1 => ask.number("page").expect("an offset"),
            _ => ask.number("token").unwrap_or(0),
        };
        let more = from + size < all;
        let told = |tells: bool, value| if tells { value } else { json!(null) };
        Reply::json(json!({
            "rows": rows(from, size, all),
            "total": told(self.tells_total, json!(all)),
            "used": told(self.tells_used, json!(size)),
            "more": told(self.tells_more, json!(more)),
            "token": told(self.step == 2 && more, json!(from + size)),
        }))
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let flags = any::<[bool; 5]>();
    (0..3_u8, 0..60_u64, 1..25_u32, 1..25_u64, -4..5_i64, flags).prop_map(
        |(step, all, size, clip, growth, [asked, total, used, more, prefetch])| World {
            step,
            all,
            size,
            clip,
            counts_by_asked: asked,
            tells_total: total,
            tells_used: used,
            tells_more: more,
            growth,
            prefetch,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_ends_and_an_honest_server_gives_each_item_once(world in worlds()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (seen, requests) = runtime.block_on(async {
            let count = AtomicI64::new(0);
            let server = Server::start(move |ask| {
                let now = world.length_after(count.fetch_add(1, Ordering::SeqCst));
                world.reply(ask, now)
            })
            .await;
            let client = client(&server);
            let pager = Pager::<Row>::with(client.request("GET", "/list"), world.paging());
            let rows = pager.page_size(world.size).prefetch(world.prefetch).collect_all().await.unwrap();
            assert!(server.most_at_once() <= 1);
            (ids(&rows), server.asks().len() as u64)
        });
        let distinct: HashSet<_> = seen.iter().collect();
        prop_assert_eq!(distinct.len(), seen.len(), "an item came twice");
        prop_assert!(seen.iter().copied().eq(0..seen.len() as u64), "an item was passed over: {:?}", seen);
        if world.is_honest() {
            let least = world.all.min(world.length_after(5));
            prop_assert!(seen.len() as u64 >= least, "{} of {}", seen.len(), least);
        }
        let page = u64::from(world.size).min(world.clip);
        prop_assert!(requests <= seen.len() as u64 / page + 5 * world.growth.unsigned_abs() + 2, "{requests} requests");
    }
}
