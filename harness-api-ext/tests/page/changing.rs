//! A model of a list that changes while it is read, and of servers that hide, clip, repeat and lie: it determines the
//! items that must be returned, and checks that the pager returns them or fails. The pager never succeeds with an item
//! missing.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use harness_api_ext::page::{Pager, Position, position_of};
use harness_api_ext::raw::{Client, Found, More, Paging, Step, Token};
use harness_api_ext::{Error, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::server::{Ask, Reply, Server};
use crate::{Row, client};

const TOKENS: &[Token] = &[Token::new("token", "token")];

const fn paging(step: Step, total: Found, more: More) -> Paging {
    Paging::new(step, "data.rows")
        .page("page", 1)
        .size("size")
        .max_size(1000)
        .total(total)
        .used_size(Found::Member("used"))
        .more(more)
}

const HAS_NEXT: More = More::HasNext("more");
const LAST: More = More::Last("last");

static PAGINGS: [Paging; 6] = [
    paging(Step::Number, Found::Member("data.total"), HAS_NEXT),
    paging(Step::Number, Found::Header("X-Total"), LAST),
    paging(Step::Offset, Found::Member("data.total"), HAS_NEXT),
    paging(Step::Offset, Found::Header("X-Total"), LAST),
    paging(Step::Token, Found::Member("data.total"), HAS_NEXT).tokens(TOKENS),
    paging(Step::Token, Found::Header("X-Total"), LAST).tokens(TOKENS),
];

/// Item with its number and its position. Keys grow from front to end.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Item {
    id: u64,
    key: u64,
}

const SPREAD: u64 = 1 << 40;

#[derive(Debug, Clone, Copy)]
enum Place {
    Front,
    Middle,
    End,
}

/// Change of the list before a request.
#[derive(Debug, Clone, Copy)]
struct Change {
    before: usize,
    place: Place,
    /// Number of items added there; a negative number removes items.
    by: i64,
}

/// Total that the server reports.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Total {
    Unsaid,
    True,
    /// Number of items of the page.
    OfPage,
    Fixed(u64),
    Less(u64),
    More(u64),
}

/// Misbehaviour of the server.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Habit {
    None,
    /// Items whose number has this remainder are hidden after paging.
    Hides {
        modulus: u64,
        rest: u64,
    },
    /// Maximum page size.
    Clips {
        most: u64,
        counts_by_asked: bool,
    },
    /// This request gets the response of the one before.
    Repeats(usize),
    /// This request gets an empty page.
    Drops(usize),
}

#[derive(Debug, Clone)]
struct World {
    /// Paging style.
    paging: usize,
    length: u64,
    size: u32,
    total: Total,
    tells_used: bool,
    tells_more: bool,
    habit: Habit,
    changes: Vec<Change>,
    prefetch: bool,
    /// Number of items after which the crawl is interrupted, and resumed from the text of its position.
    rests: Option<usize>,
}

impl World {
    fn step(&self) -> Step {
        PAGINGS[self.paging].step
    }

    fn numbered(&self) -> bool {
        self.step() != Step::Token
    }

    /// Removes changes that cannot be noticed. The documentation of the module `page` lists them: without totals, a
    /// shorter list, hidden rows and clipped sizes; with totals, changes that cancel each other out, and pages that
    /// look like a whole list.
    fn noticeable(mut self) -> Self {
        let lies = !matches!(self.total, Total::True | Total::Unsaid);
        // One fault at a time, and either hidden or clipped items or changes.
        if lies {
            self.habit = Habit::None;
        }
        if matches!(self.habit, Habit::Repeats(_) | Habit::Drops(_)) {
            self.changes.clear();
            self.rests = None;
        }
        // A wrong total shows no changes.
        let sees_less = !self.numbered() || self.total == Total::True;
        if !sees_less {
            self.changes.retain(|change| change.by > 0);
        }
        // Removed and added items between two pages cancel each other out in the total, as do items that are removed,
        // added and removed while these pages are read again.
        self.changes.sort_by_key(|change| change.before);
        let (mut last, mut turns) = (None::<Change>, 0);
        self.changes.retain(|change| {
            let turned = last.filter(|last| last.by.signum() != change.by.signum());
            let is_kept = turned.is_none_or(|last| last.before < change.before && turns == 0);
            if is_kept {
                turns += usize::from(turned.is_some());
                last = Some(*change);
            }
            is_kept
        });
        // A clipped size is recognized by comparing two pages.
        if matches!(self.habit, Habit::Clips { .. }) && self.total == Total::Unsaid {
            self.changes.clear();
        }
        let says_no_end = !self.tells_more && self.total == Total::Unsaid && self.numbered();
        match self.habit {
            Habit::Hides { .. } if says_no_end => self.habit = Habit::None,
            Habit::Clips { .. } if says_no_end && !self.tells_used => self.habit = Habit::None,
            Habit::Drops(_) if says_no_end => self.habit = Habit::None,
            // A dropped page says that it is the last one, or that there are more; without a total, its items are lost.
            Habit::Drops(_) if self.total == Total::Unsaid => self.habit = Habit::None,
            // Token and total belong to the repeated page.
            Habit::Repeats(0) | Habit::Drops(0) => self.habit = Habit::None,
            Habit::Clips {
                counts_by_asked: true,
                ..
            } if !self.numbered() => self.habit = Habit::None,
            _ => {}
        }
        self
    }

    /// Returns whether the pager must succeed.
    fn must_succeed(&self) -> bool {
        let is_steady = self.changes.is_empty();
        let is_told = self.total != Total::Unsaid;
        // A page of new items looks like another list, and so does a page whose last item has been removed.
        let is_followed = |change: &Change| change.by <= i64::from(self.size);
        let is_followed = self.changes.iter().all(is_followed) && self.rests.is_none();
        match self.habit {
            Habit::None => {
                matches!(self.total, Total::True | Total::Unsaid) && (is_steady || is_followed)
            }
            Habit::Clips { .. } => is_steady,
            // Hidden items are assumed if a page has some.
            Habit::Hides { .. } => is_steady && !is_told,
            Habit::Repeats(_) | Habit::Drops(_) => false,
        }
    }
}

/// List with the sent responses.
struct State {
    world: World,
    items: Vec<Item>,
    next_id: u64,
    requests: usize,
    last: Option<(Value, Option<u64>)>,
    /// Items that were in the list all the time.
    steady: HashSet<u64>,
}

impl State {
    fn new(world: World) -> Self {
        let items: Vec<_> = (0..world.length)
            .map(|id| Item {
                id,
                key: (id + 1) * SPREAD,
            })
            .collect();
        Self {
            next_id: world.length,
            requests: 0,
            last: None,
            steady: items.iter().map(|item| item.id).collect(),
            items,
            world,
        }
    }

    fn change(&mut self, change: Change) {
        for _ in 0..change.by.unsigned_abs() {
            let at = match change.place {
                Place::Front => 0,
                Place::Middle => self.items.len() / 2,
                Place::End if change.by > 0 => self.items.len(),
                Place::End => self.items.len().saturating_sub(1),
            };
            if change.by < 0 {
                if !self.items.is_empty() {
                    let gone = self.items.remove(at);
                    self.steady.remove(&gone.id);
                }
                continue;
            }
            let before = at.checked_sub(1).map_or(0, |index| self.items[index].key);
            let after = self
                .items
                .get(at)
                .map_or(before + 2 * SPREAD, |item| item.key);
            let key = before + (after - before) / 2;
            self.items.insert(
                at,
                Item {
                    id: self.next_id,
                    key,
                },
            );
            self.next_id += 1;
        }
    }

    fn is_shown(&self, item: &Item) -> bool {
        match self.world.habit {
            Habit::Hides { modulus, rest } => item.id % modulus != rest,
            _ => true,
        }
    }

    fn answer(&mut self, ask: &Ask) -> Reply {
        let number = self.requests;
        self.requests += 1;
        for change in self.world.changes.clone() {
            if change.before == number {
                self.change(change);
            }
        }
        if self.world.habit == Habit::Repeats(number)
            && let Some((body, total)) = &self.last
        {
            return reply(body, *total);
        }
        let asked = ask.number("size").expect("a size");
        let (size, stride) = match self.world.habit {
            Habit::Clips {
                most,
                counts_by_asked,
            } => {
                let size = asked.min(most);
                (size, if counts_by_asked { asked } else { size })
            }
            _ => (asked, asked),
        };
        let all = self.items.len() as u64;
        let from = match self.world.step() {
            Step::Number => (ask.number("page").expect("a page") - 1).saturating_mul(stride),
            Step::Offset => ask.number("page").expect("an offset") - 1,
            _ => {
                let key = ask.number("token").unwrap_or(0);
                self.items.iter().filter(|item| item.key <= key).count() as u64
            }
        };
        let window: Vec<Item> = self
            .items
            .iter()
            .copied()
            .skip(usize::try_from(from).unwrap_or(usize::MAX))
            .take(size as usize)
            .collect();
        let more = from.saturating_add(size) < all;
        let token = window.last().filter(|_| more).map(|item| item.key);
        let mut rows: Vec<Value> = window
            .iter()
            .filter(|item| self.is_shown(item))
            .map(|item| json!({ "id": item.id }))
            .collect();
        if self.world.habit == Habit::Drops(number) {
            rows.clear();
        }
        let total = match self.world.total {
            Total::Unsaid => None,
            Total::True => Some(all),
            Total::OfPage => Some(rows.len() as u64),
            Total::Fixed(total) => Some(total),
            Total::Less(by) => Some(all.saturating_sub(by)),
            Total::More(by) => Some(all + by),
        };
        let told = |tells: bool, value: Value| if tells { value } else { Value::Null };
        let body = json!({
            "data": { "rows": rows, "total": total },
            "used": told(self.world.tells_used, json!(size)),
            "more": told(self.world.tells_more, json!(more)),
            "last": told(self.world.tells_more, json!(!more)),
            "token": token,
        });
        self.last = Some((body.clone(), total));
        reply(&body, total)
    }
}

fn reply(body: &Value, total: Option<u64>) -> Reply {
    let reply = Reply::json(body);
    match total {
        Some(total) => reply.header("X-Total", total),
        None => reply,
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let total = prop_oneof![
        6 => Just(Total::True),
        2 => Just(Total::Unsaid),
        1 => Just(Total::OfPage),
        1 => (0..60_u64).prop_map(Total::Fixed),
        1 => (1..30_u64).prop_map(Total::Less),
        1 => (1..30_u64).prop_map(Total::More),
    ];
    let habit = prop_oneof![
        4 => Just(Habit::None),
        3 => (2..6_u64, 0..6_u64).prop_map(|(modulus, rest)| Habit::Hides { modulus, rest: rest % modulus }),
        2 => (1..25_u64, any::<bool>())
            .prop_map(|(most, counts_by_asked)| Habit::Clips { most, counts_by_asked }),
        1 => (1..6_usize).prop_map(Habit::Repeats),
        1 => (1..6_usize).prop_map(Habit::Drops),
    ];
    let place = prop_oneof![Just(Place::Front), Just(Place::Middle), Just(Place::End)];
    let change = (1..12_usize, place, prop_oneof![-6..0_i64, 1..7_i64])
        .prop_map(|(before, place, by)| Change { before, place, by });
    let changes = prop_oneof![
        1 => Just(Vec::new()),
        2 => proptest::collection::vec(change, 1..5),
    ];
    (
        0..PAGINGS.len(),
        0..60_u64,
        1..25_u32,
        total,
        habit,
        changes,
        any::<[bool; 3]>(),
        proptest::option::weighted(0.3, 0..40_usize),
    )
        .prop_map(
            |(paging, length, size, total, habit, changes, [used, more, prefetch], rests)| {
                World {
                    paging,
                    length,
                    size,
                    total,
                    tells_used: used,
                    tells_more: more,
                    habit,
                    changes,
                    prefetch,
                    rests,
                }
                .noticeable()
            },
        )
}

/// Result of a crawl.
struct Crawled {
    seen: Vec<u64>,
    error: Option<Error>,
    must: HashSet<u64>,
    requests: usize,
}

fn crawl(world: &World) -> Crawled {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let state = Arc::new(Mutex::new(State::new(world.clone())));
        let shared = Arc::clone(&state);
        let server = Server::start(move |ask| shared.lock().expect("no panic").answer(ask)).await;
        let client = client(&server);
        let mut seen = Vec::new();
        let error = read(world, &client, &mut seen).await.err();
        assert!(server.most_at_once() <= 1);
        let state = state.lock().expect("no panic");
        // A list that is read in one request may change afterwards.
        let must = state
            .items
            .iter()
            .filter(|item| state.steady.contains(&item.id) && state.is_shown(item))
            .map(|item| item.id)
            .collect();
        Crawled {
            seen,
            error,
            must,
            requests: state.requests,
        }
    })
}

async fn read(world: &World, client: &Client, seen: &mut Vec<u64>) -> Result<(), Error> {
    let pager = || {
        Pager::<Row>::with(client.request("GET", "/list"), &PAGINGS[world.paging])
            .page_size(world.size)
            .prefetch(world.prefetch)
    };
    let mut items = pager().items();
    while let Some(row) = items.try_next().await? {
        seen.push(row.id);
        if Some(seen.len()) == world.rests {
            let kept = items.position().to_string();
            items = pager().start_at(kept.parse::<Position>()?).items();
        }
    }
    Ok(())
}

impl fmt::Display for Crawled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} seen by {} requests, error {:?}",
            self.seen, self.requests, self.error
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_list_ends_well_with_an_item_missing(world in worlds()) {
        let crawled = crawl(&world);
        match &crawled.error {
            None => {
                let seen: HashSet<_> = crawled.seen.iter().copied().collect();
                let missing: Vec<_> = crawled.must.difference(&seen).collect();
                prop_assert!(missing.is_empty(), "missing {:?}; {}", missing, crawled);
            }
            Some(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Pagination, "{}", crawled);
                prop_assert!(position_of(error).is_some());
                prop_assert!(!world.must_succeed(), "{}", crawled);
            }
        }
        if world.changes.is_empty() && !matches!(world.habit, Habit::Repeats(_)) {
            let mut once = HashSet::new();
            prop_assert!(crawled.seen.iter().all(|id| once.insert(id)), "twice: {}", crawled);
            prop_assert!(crawled.seen.is_sorted(), "order: {}", crawled);
        }
        let items = 60 + 6 * 5;
        prop_assert!(crawled.requests <= 4 * items + 120, "{}", crawled);
    }
}
