//! What a page tells, and what to ask for next: decided from pages alone, without a connection.
//!
//! The rule is that every place of the list has been asked for before the list ends. Where a page has fewer rows than were
//! asked for, the server may have clipped the size or hidden rows, and the next request finds out which. Where the total
//! changes from page to page, the list has changed, and the row before the next page has to be found again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use harness_api::{Operation, Paging, Step};
use serde_json::Value;

use super::position::{Position, mark};
use super::read::{Fetched, Rows};
use crate::error::{Error, Result};

/// How many pages in a row may be empty while the server says, without a number, that there is more.
const MAX_EMPTY: u32 = 20;

/// How many pages in a row may be empty below the total: whoever may see few of many items gets such pages.
const MAX_HIDDEN: u32 = 100;

/// How many pages in a row may come behind the total, which may be wrong but not by that much.
const MAX_BEYOND: u32 = 1000;

/// How many equal pages of equal rows may come in a row where nothing tells how many there are.
const MAX_EQUAL: u32 = 100;

/// How often a list that does not become shorter may be read from its beginning again.
const MAX_RESTARTS: u32 = 3;

/// How many pages may come again, on the average of the different pages, …
const MAX_AGAIN_EACH: usize = 5;
/// … and so many in any case.
const MAX_AGAIN: usize = 100;

/// A page may have so many times the rows that were asked for, since servers ignore sizes, …
const MANY: u64 = 100;
/// … and so many in any case.
const FEW: u64 = 10_000;

const SAME_PAGE: &str =
    "the server gave a page of the list again: it does not heed what page is asked for";
const SAME_TOKEN: &str = "the server gave a token of the list again, so that it would not end";
const NO_TOKEN: &str = "the server says that there is more, and not how to ask for it";
const TOO_MANY_EMPTY: &str = "the server gives empty pages and says that there is more";
const TOO_FAR: &str = "the server gives pages without end, far more than its total";
const NO_STEP: &str =
    "the server gave an empty page, and no size is known by which to ask for the one behind it";
const RESTLESS: &str = "the list changes too much while it is read: its items cannot be told";
const LOST: &str =
    "the list has changed since the position was taken, whose item is no longer found: begin anew";

/// A page to be asked for.
pub(super) struct Ask {
    pub(super) position: Position,
    purpose: Purpose,
}

enum Purpose {
    /// To be given.
    Next,
    /// To see whether the page before was clipped, or had rows hidden. It is the second page, if it was clipped.
    Clip,
    /// To find the row again behind which the next page begins. If nothing changed there, the page that is held is next.
    Back(Option<Box<Held>>),
}

struct Held {
    page: Arc<Fetched>,
    position: Position,
    /// Whether its rows are those of a page that came before.
    is_repeated: bool,
}

impl Held {
    /// Whether the list was the same when this page was read as with another that was read after it, or has only grown from
    /// page to page: then what did not move until the other was read had not moved for this one either.
    fn is_like(&self, after: &Fetched) -> bool {
        match (self.position.total, self.page.total, after.total) {
            (_, now, after) if now == after => true,
            (Some(before), Some(now), Some(after)) => before < now && now < after,
            _ => false,
        }
    }
}

impl Ask {
    pub(super) fn first(position: Position) -> Self {
        Self::next(position)
    }

    fn next(position: Position) -> Self {
        Self {
            position,
            purpose: Purpose::Next,
        }
    }
}

/// What became of a page.
pub(super) struct Taken {
    /// The rows to be given, and where the first of them stands.
    pub(super) give: Option<(Arc<Fetched>, Position)>,
    pub(super) then: Then,
}

pub(super) enum Then {
    Ask(Ask),
    End,
    /// The list cannot be read further.
    Fail(Error),
}

/// Follows a list from page to page.
pub(super) struct Crawl {
    paging: &'static Paging,
    /// Named in errors.
    operation: Option<&'static Operation>,
    /// Whether totals are relied upon.
    checks: bool,
    /// The last page that had rows, and where it begins.
    last: Option<Held>,
    /// How many items the list has, by the last response that said it.
    total: Option<u64>,
    /// The most rows that a page had.
    widest: u64,
    /// Whether a page had fewer rows than were there to be given: the server hides some.
    hides: bool,
    /// Whether the server was seen to clip pages, so that all of them add up to the total.
    clips: bool,
    /// Whether an offset counts rows that the server hides.
    by_size: bool,
    /// How many pages in a row were empty, came behind the total, and were equal to the one before.
    empty: u32,
    beyond: u32,
    equal: u32,
    restarts: u32,
    /// A page and its total that did not fit the page before, which was as it had been.
    doubt: Option<(u64, Option<u64>)>,
    /// How many pages in a row were read again.
    backs: u32,
    /// The pages that came, and how often one came again.
    seen: HashSet<u64>,
    again: usize,
    /// The total at which the list was last read from its beginning.
    floor: Option<u64>,
    /// Whether all of the list was read here, and the total stayed the same.
    steady: bool,
    pages: HashSet<u64>,
    tokens: HashSet<u64>,
}

impl Crawl {
    pub(super) fn new(
        paging: &'static Paging,
        operation: Option<&'static Operation>,
        checks: bool,
    ) -> Self {
        Self {
            paging,
            operation,
            checks,
            last: None,
            total: None,
            widest: 0,
            hides: false,
            clips: false,
            by_size: false,
            empty: 0,
            beyond: 0,
            equal: 0,
            restarts: 0,
            backs: 0,
            seen: HashSet::new(),
            again: 0,
            doubt: None,
            floor: None,
            steady: true,
            pages: HashSet::new(),
            tokens: HashSet::new(),
        }
    }

    /// How many items all pages hold, by the last response that said it.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Where to go on, to be kept: it has what is known now.
    pub(super) fn position(&self, ask: &Ask) -> Position {
        match (&self.last, &ask.purpose) {
            (None, _) => ask.position.clone(),
            (Some(last), Purpose::Next) => Position {
                mark: last.page.last().map(mark),
                ..ask.position.clone()
            },
            // The page before is needed again.
            (Some(last), _) => Position {
                ..last.position.behind(last.page.count(), last.page.last())
            },
        }
    }

    /// Takes a page that was asked for.
    ///
    /// # Errors
    ///
    /// Where nothing of it can be given.
    pub(super) fn take(&mut self, page: Fetched, ask: Ask) -> Result<Taken> {
        let page = Arc::new(page);
        let Ask { position, purpose } = ask;
        self.refuse_many(&page, &position)?;
        self.refuse_rounds(&page)?;
        match purpose {
            Purpose::Next => self.next(page, position),
            Purpose::Clip => self.clip(page, position),
            Purpose::Back(held) => self.back(page, position, held),
        }
    }

    fn refuse_many(&self, page: &Fetched, position: &Position) -> Result<()> {
        let rows = page.count();
        match position.size.map(u64::from) {
            Some(asked) if rows > asked.saturating_mul(MANY).max(FEW) => Err(self.fault(format!(
                "the server gave a page of {rows} items where {asked} were asked for"
            ))),
            _ => Ok(()),
        }
    }

    /// A page comes again where the list changes, but a server that goes round in its pages has no end.
    fn refuse_rounds(&mut self, page: &Fetched) -> Result<()> {
        if page.count() == 0 || self.seen.insert(fingerprint(page.text())) || has_equal_rows(page) {
            return Ok(());
        }
        self.again += 1;
        match self.again > MAX_AGAIN + MAX_AGAIN_EACH * self.seen.len() {
            true => Err(self.fault(RESTLESS)),
            false => Ok(()),
        }
    }

    fn is_numbered(&self) -> bool {
        matches!(self.paging.step, Step::Number | Step::Offset)
    }

    /// Takes the page behind the last one, or the first of a crawl.
    fn next(&mut self, page: Arc<Fetched>, mut position: Position) -> Result<Taken> {
        if self.last.is_none() && self.is_numbered() {
            // What was begun elsewhere may have met hidden rows there.
            self.hides |= position.rows < self.covered_before(&position);
        }
        let changed = match (position.total, page.total) {
            (Some(before), Some(now)) => before != now,
            _ => false,
        };
        if self.checks && changed && self.is_numbered() {
            return self.changed(page, position);
        }
        if position.skip > 0
            && let Some(skip) = self.found_inside(&page, &position)
        {
            position.skip = skip;
        } else if position.skip > 0
            && position.mark.is_some()
            && !(self.is_numbered() && page.total.is_some() && !changed)
        {
            return self.go_back(position, None);
        }
        if !self.pass_overlap(&page, &mut position) && self.is_repeated(&page, &position) {
            if !self.is_numbered() {
                return Err(self.fault(SAME_PAGE));
            }
            // Either the server does not heed what page is asked for, or a page of new items came before it.
            let held = Held {
                page,
                position: position.clone(),
                is_repeated: true,
            };
            return self.go_back(position, Some(Box::new(held)));
        }
        self.accept(page, position)
    }

    /// Where to begin in a page of which some items were given before, so that nothing is passed over; `None` where their
    /// last one is not there, or not known.
    fn found_inside(&self, page: &Arc<Fetched>, position: &Position) -> Option<u64> {
        let is_before = |row: &[u8]| position.mark == Some(mark(row));
        let rows = Rows::new(Arc::clone(page), position.skip);
        if rows.before().is_some_and(is_before) {
            return Some(position.skip);
        }
        let found = page.slices().into_iter().position(is_before)?;
        Some(found as u64 + 1)
    }

    /// Takes a page of a list that has changed since the page before: it begins behind the last row that was given, where
    /// that can be told.
    fn changed(&mut self, page: Arc<Fetched>, mut position: Position) -> Result<Taken> {
        self.pages.clear();
        let is_first = position.page <= self.paging.first && position.skip == 0;
        if is_first || self.last.is_none() && position.mark.is_none() {
            return self.accept(page, position);
        }
        // The total is that of the page, and says nothing of the list.
        let is_same = |doubt| doubt == (fingerprint(page.text()), page.total);
        if self.doubt.take().is_some_and(is_same) {
            return self.accept(page, position);
        }
        // New items before the page move its rows by as many, so that it begins with some that were given.
        let grown = match (position.total, page.total) {
            (Some(before), Some(now)) => now.checked_sub(before),
            _ => None,
        };
        if let Some(grown) = grown
            && let Some(index) = position.skip.checked_add(grown - 1)
            && let Ok(index) = usize::try_from(index)
            && let Some(row) = page.slices().get(index)
            && self.is_before(row, &position)
        {
            position.skip = index as u64 + 1;
            return self.accept(page, position);
        }
        if position.skip > 0 {
            return match self.found_inside(&page, &position) {
                Some(skip) => {
                    position.skip = skip;
                    self.accept(page, position)
                }
                None => self.go_back(position, None),
            };
        }
        let held = Held {
            page,
            position: position.clone(),
            is_repeated: false,
        };
        self.go_back(position, Some(Box::new(held)))
    }

    /// Whether a row is the last one that was given.
    fn is_before(&self, row: &[u8], position: &Position) -> bool {
        match &self.last {
            Some(last) => last.page.last() == Some(row),
            None => position.mark == Some(mark(row)),
        }
    }

    /// Asks again for the page before a position.
    fn go_back(&mut self, position: Position, held: Option<Box<Held>>) -> Result<Taken> {
        // The page that is held begins behind the last one that had rows, unless there were empty ones in between.
        let held = held.filter(|_| self.empty == 0);
        let before = match (&self.last, &held) {
            (Some(last), Some(_)) => Some(last.position.clone()),
            _ => self.before(&position),
        };
        let Some(before) = before else {
            return Err(self.fault(LOST));
        };
        self.backs += 1;
        // As far back as the list goes, and some more; but not for ever where a position is far behind the end.
        let most = position.page.min(u64::from(MAX_BEYOND));
        if u64::from(self.backs) > u64::from(MAX_HIDDEN) + most {
            return Err(self.fault(RESTLESS));
        }
        Ok(Taken {
            give: None,
            then: Then::Ask(Ask {
                position: Position {
                    mark: position.mark,
                    ..before
                },
                purpose: Purpose::Back(held),
            }),
        })
    }

    /// The page before the one at a position.
    fn before(&self, position: &Position) -> Option<Position> {
        let first = self.paging.first;
        let by = match self.paging.step {
            Step::Number => 1,
            Step::Offset => {
                let size = position.size.or(self.paging.default_size);
                size.map_or(self.widest, u64::from).max(1)
            }
            _ => return None,
        };
        if position.page <= first {
            return None;
        }
        let page = position.page.saturating_sub(by).max(first);
        let rows = match page == first {
            true => 0,
            false => position
                .rows
                .saturating_sub(u64::from(position.size.unwrap_or(0))),
        };
        Some(Position {
            page,
            rows,
            skip: 0,
            tokens: Vec::new(),
            ..position.clone()
        })
    }

    /// Takes a page that was given before, of a list that has changed: what is behind the last row that was given is next.
    fn back(
        &mut self,
        page: Arc<Fetched>,
        mut position: Position,
        held: Option<Box<Held>>,
    ) -> Result<Taken> {
        if let (Some(last), Some(held)) =
            (&self.last, held.as_ref().filter(|held| held.is_repeated))
        {
            if page.text() == last.page.text() {
                return Err(self.fault(SAME_PAGE));
            }
            self.pages.clear();
            if held.page.text() == last.page.text() {
                let (page, mut position) = (Arc::clone(&held.page), held.position.clone());
                position.skip = page.count();
                return self.accept(page, position);
            }
        }
        let again = page.slices();
        let found = match &self.last {
            Some(last) => given(&last.page.slices(), &again),
            None => {
                let is_before = |row: &&[u8]| position.mark == Some(mark(row));
                again.iter().position(is_before).map(|index| index + 1)
            }
        };
        if let (Some(last), Some(held)) = (&self.last, &held)
            && page.text() == last.page.text()
            && page.total == last.page.total
        {
            self.doubt = Some((fingerprint(held.page.text()), held.page.total));
        }
        let all = again.len();
        let skip = match (found, held) {
            // Nothing moved, so that the page which is held goes on from there.
            (Some(skip), Some(held)) if skip == all && held.is_like(&page) => {
                return self.accept(held.page, held.position);
            }
            (Some(skip), _) => skip,
            (None, _) if position.page > self.paging.first => return self.go_back(position, None),
            (None, _) if self.last.is_none() => return Err(self.fault(LOST)),
            (None, _) => {
                self.restart(page.total)?;
                0
            }
        };
        drop(again);
        position.skip = skip as u64;
        let mut taken = self.accept(page, position)?;
        if skip == all {
            taken.give = None;
        }
        Ok(taken)
    }

    /// Reads the list from its beginning, where none of the rows is left that were given last.
    fn restart(&mut self, total: Option<u64>) -> Result<()> {
        match (total, self.floor) {
            (Some(total), Some(floor)) if total >= floor => self.restarts += 1,
            (None, _) => self.restarts += 1,
            _ => {}
        }
        self.floor = total;
        if self.restarts >= MAX_RESTARTS {
            return Err(self.fault(RESTLESS));
        }
        Ok(())
    }

    /// Whether a page came before in this crawl. Where rows of a page are equal to each other, pages may be, too.
    fn is_repeated(&mut self, page: &Fetched, position: &Position) -> bool {
        let Some(last) = self.last.as_ref().filter(|_| page.count() > 0) else {
            return false;
        };
        if self.pages.is_empty() {
            self.pages.insert(fingerprint(last.page.text()));
        }
        let is_new = self.pages.insert(fingerprint(page.text()));
        self.equal = match last.page.text() == page.text() {
            true => self.equal + 1,
            false => 0,
        };
        if is_new {
            return false;
        }
        let is_behind = match self.total {
            Some(total) => self.equal > 0 && position.rows >= total,
            None => self.equal >= MAX_EQUAL,
        };
        !has_equal_rows(page) || is_behind
    }

    /// Finds out, behind a page that was shorter than asked for, whether offsets count rows that the server hides: then
    /// this page begins with rows of that one, or has none. Tells whether it begins with such rows, which are passed.
    fn pass_overlap(&mut self, page: &Fetched, position: &mut Position) -> bool {
        let unsure = self.paging.step == Step::Offset && !self.by_size;
        let Some(last) = self.last.as_ref().filter(|_| unsure) else {
            return false;
        };
        let Some(stride) = self.stride(&last.page, &last.position) else {
            return false;
        };
        let rows = last.page.count();
        let behind = last.position.page.saturating_add(rows);
        if rows >= self.there(&last.position, stride) || position.page != behind {
            return false;
        }
        let before = last.page.slices();
        let known: HashSet<_> = before.iter().collect();
        if known.len() < before.len() {
            return false;
        }
        let shared = page
            .slices()
            .iter()
            .take_while(|row| known.contains(row))
            .count() as u64;
        if shared > 0 || page.count() == 0 {
            self.by_size = true;
            self.hides = true;
            position.skip = position.skip.max(shared);
            position.rows = position.rows.saturating_sub(shared);
        }
        shared > 0
    }

    /// Takes the page that tells whether the first one was clipped.
    fn clip(&mut self, page: Arc<Fetched>, position: Position) -> Result<Taken> {
        let Some(first) = &self.last else {
            return self.accept(page, position);
        };
        let before = first.page.slices();
        let known: HashSet<_> = before.iter().collect();
        let is_told_apart = known.len() == before.len();
        let is_new = !page.slices().iter().any(|row| known.contains(row));
        let rows = first.page.count();
        let fits = match (first.page.total, page.total) {
            // The two pages cannot be compared: the first one is read again.
            (Some(total), Some(now)) if total != now => {
                return Ok(Taken {
                    give: None,
                    then: Then::Ask(Ask {
                        position: first.position.clone(),
                        purpose: Purpose::Back(None),
                    }),
                });
            }
            (Some(total), Some(_)) => page.count() == rows.min(total.saturating_sub(rows)),
            _ => page.count() <= rows,
        };
        if fits && (is_new || !is_told_apart) {
            self.clips = true;
            return self.accept(page, position);
        }
        self.hides = true;
        let size = first.position.size;
        Ok(Taken {
            give: None,
            then: Then::Ask(Ask::next(Position { size, ..position })),
        })
    }

    /// Takes a page that is to be given, and decides what is next.
    fn accept(&mut self, page: Arc<Fetched>, mut position: Position) -> Result<Taken> {
        let rows = page.count();
        self.steady &= self.total.is_none() || page.total.is_none_or(|now| Some(now) == self.total);
        self.steady &= self.last.is_some() || position.index() == 0;
        self.total = page.total.or(self.total);
        position.total = self.total;
        self.empty = match rows {
            0 => self.empty.saturating_add(1),
            _ => 0,
        };
        self.beyond = match self.total {
            Some(total) if position.rows >= total => self.beyond.saturating_add(1),
            _ => 0,
        };
        self.backs = 0;
        let then = self.decide(&page, &position)?;
        self.widest = self.widest.max(rows);
        if rows > 0 {
            self.last = Some(Held {
                page: Arc::clone(&page),
                position: Position {
                    skip: 0,
                    ..position.clone()
                },
                is_repeated: false,
            });
        }
        Ok(Taken {
            give: Some((page, position)),
            then,
        })
    }

    fn decide(&mut self, page: &Fetched, position: &Position) -> Result<Then> {
        let rows = page.count();
        let seen = position.rows.saturating_add(rows);
        if self.paging.step == Step::Whole {
            return Ok(self.end(seen, seen));
        }
        if self.paging.step == Step::Token {
            return Ok(self.by_token(page, position, seen));
        }
        let stride = self.stride(page, position);
        let is_unclear = self.is_unclear(page, position);
        if !is_unclear
            && self.total.is_some()
            && let Some(stride) = stride
            && (self.paging.step == Step::Number || self.by_size)
        {
            self.hides |= rows > 0 && rows < self.there(position, stride);
            // A size that is said to be used, and is not that of the page, is no sign of clipping.
            self.clips &= page.used.is_none_or(|used| rows == 0 || used <= rows);
        }
        let places = match (self.paging.step, stride) {
            (Step::Offset, _) if !self.by_size && rows > 0 => rows,
            (_, stride) => stride.unwrap_or(rows),
        };
        let covered = self.covered_before(position).saturating_add(places);
        let covered = covered.max(seen);
        if page.more == Some(false) {
            return Ok(self.end(seen, covered));
        }
        let more = page.more == Some(true);
        let is_full = self.is_full(page, position);
        let goes_on = match (rows, self.total) {
            (0, Some(total)) if covered >= total => false,
            (0, None) if !more => false,
            (0, _) => {
                let most = self.total.map_or(MAX_EMPTY, |_| MAX_HIDDEN);
                if self.empty >= most {
                    return Ok(self.stuck(TOO_MANY_EMPTY));
                }
                true
            }
            (_, _) if more => true,
            // A total may be that of the page: only a page with room for more is the last by it.
            (_, Some(total)) => seen != total || stride.is_some() && is_full,
            (_, None) => is_full || is_unclear,
        };
        if !goes_on {
            return Ok(self.end(seen, covered));
        }
        if self.beyond >= MAX_BEYOND {
            return Ok(self.stuck(TOO_FAR));
        }
        if is_unclear {
            let size = u32::try_from(rows).ok();
            return Ok(Then::Ask(Ask {
                position: Position {
                    page: position.page.saturating_add(1),
                    rows: seen,
                    size,
                    ..self.advanced(page, position)
                },
                purpose: Purpose::Clip,
            }));
        }
        self.advance(page, position, stride)
    }

    /// Whether the first page has fewer rows than were asked for, so that the server may have clipped the size. Then it may
    /// count pages by the size that it uses or by the one that was asked for. It may also hide rows.
    fn is_unclear(&self, page: &Fetched, position: &Position) -> bool {
        let rows = page.count();
        let is_first = position.page == self.paging.first && position.rows == 0;
        let is_short = position.size.is_some_and(|asked| rows < u64::from(asked));
        self.paging.step == Step::Number
            && is_first
            && rows > 0
            && is_short
            && page.used.is_none_or(|used| used == rows)
            && (page.more == Some(true)
                || self.total.map_or(page.used.is_some(), |total| total > rows))
    }

    /// How many places of the list a page covers, whether their rows are shown or not; `None` where no size is known.
    fn stride(&self, page: &Fetched, position: &Position) -> Option<u64> {
        let asked = position
            .size
            .or(self.paging.default_size.filter(|_| position.size.is_none()));
        match (asked.map(u64::from), page.used) {
            (Some(asked), Some(used)) if used < asked && used != page.count() => Some(used),
            (Some(asked), _) => Some(asked),
            (None, used) => used,
        }
    }

    /// How many places of the list are covered by the pages before a position.
    fn covered_before(&self, position: &Position) -> u64 {
        let before = position.page.saturating_sub(self.paging.first);
        match (self.paging.step, position.size.or(self.paging.default_size)) {
            (Step::Offset, _) => before,
            (_, Some(size)) => before.saturating_mul(u64::from(size)),
            (_, None) => position.rows,
        }
    }

    /// How many rows a page at a position has where none is hidden.
    fn there(&self, position: &Position, stride: u64) -> u64 {
        let before = self.covered_before(position);
        self.total
            .map_or(stride, |total| total.saturating_sub(before).min(stride))
    }

    /// Whether the page holds as many items as one can.
    ///
    /// A page as wide as one before is full: the server clips sizes without a word. So is one of the default size, though
    /// another was asked for: the server does not know the parameter.
    fn is_full(&self, page: &Fetched, position: &Position) -> bool {
        let rows = page.count();
        if self.widest > 0 && rows >= self.widest || page.used == Some(rows) {
            return true;
        }
        match self.stride(page, position) {
            Some(stride) => rows >= stride || Some(rows) == self.paging.default_size.map(u64::from),
            None => true,
        }
    }

    fn by_token(&mut self, page: &Fetched, position: &Position, seen: u64) -> Then {
        let more = page.more == Some(true);
        if page.more == Some(false) {
            return self.end(seen, seen);
        }
        if page.tokens.iter().all(Value::is_null) {
            return match more {
                true => self.stuck(NO_TOKEN),
                false => self.end(seen, seen),
            };
        }
        // The first token that is known is the one that was sent, where the crawl began in the middle.
        if self.last.is_none() && !position.tokens.is_empty() {
            self.tokens.insert(hash(&position.tokens));
        }
        if !self.tokens.insert(hash(&page.tokens)) {
            return match page.count() == 0 && !more {
                true => self.end(seen, seen),
                false => self.stuck(SAME_TOKEN),
            };
        }
        if self.empty >= MAX_EMPTY {
            return self.stuck(TOO_MANY_EMPTY);
        }
        let rows = page.count();
        let is_short = |stride| rows > 0 && rows < stride;
        self.hides |= self.stride(page, position).is_some_and(is_short);
        Then::Ask(Ask::next(self.advanced(page, position)))
    }

    fn advance(
        &mut self,
        page: &Fetched,
        position: &Position,
        stride: Option<u64>,
    ) -> Result<Then> {
        let rows = page.count();
        let mut next = self.advanced(page, position);
        let by = match self.paging.step {
            Step::Offset => {
                let is_short = stride.is_some_and(|stride| rows < stride);
                // The server says that it used a size which it did not fill.
                let is_partial =
                    rows > 0 && stride.is_some_and(|stride| rows < self.there(position, stride));
                self.by_size |= is_partial && page.used.is_some_and(|used| used > rows);
                self.hides |= is_partial && self.by_size;
                match stride {
                    Some(stride) if rows == 0 || self.by_size && is_short => stride,
                    None if rows == 0 => return Ok(self.stuck(NO_STEP)),
                    _ => rows,
                }
            }
            _ => 1,
        };
        let is_first = position.page == self.paging.first && position.rows == 0;
        if self.paging.step == Step::Number
            && is_first
            && let (Some(asked), Some(stride)) = (position.size, stride)
        {
            // The server says that it uses a smaller size: asked for that, it cannot count pages otherwise.
            next.size = u32::try_from(stride).ok().or(Some(asked));
        }
        next.page = position.page.saturating_add(by);
        Ok(Then::Ask(Ask::next(next)))
    }

    /// The position behind a page, without what to ask for.
    fn advanced(&self, page: &Fetched, position: &Position) -> Position {
        Position {
            page: position.page,
            rows: position.rows.saturating_add(page.count()),
            size: position.size,
            skip: 0,
            total: page.total.or(self.total),
            mark: None,
            tokens: page.tokens.clone(),
        }
    }

    /// Ends the list, unless its total says that there are items which were not seen.
    fn end(&self, seen: u64, covered: u64) -> Then {
        let Some(total) = self.total.filter(|_| self.checks) else {
            return Then::End;
        };
        if total > 0 && seen == 0 {
            return self.stuck(&format!(
                "the server says that the list has {total} items, and gives none"
            ));
        }
        let is_explained = match self.paging.step {
            // Tokens say nothing of places, and a list that grows may do so where it was read.
            Step::Token => self.hides || !self.steady,
            _ => self.hides && !self.clips && covered >= total,
        };
        if seen < total && !is_explained {
            return self.stuck(&format!(
                "the list ends after {seen} of its {total} items; `check_totals(false)` takes it as it is"
            ));
        }
        Then::End
    }

    fn stuck(&self, why: &str) -> Then {
        Then::Fail(self.fault(why))
    }

    fn fault(&self, why: impl AsRef<str>) -> Error {
        let why = why.as_ref();
        Error::pagination(match self.operation {
            Some(operation) => format!("{operation}: {why}"),
            None => why.to_owned(),
        })
    }
}

/// How many rows at the beginning of a page, which is read again, were given before; `None` where none of those that were
/// given last is there.
fn given(last: &[&[u8]], again: &[&[u8]]) -> Option<usize> {
    // Rows before the page are gone, and those behind them have moved up.
    for (gone, rest) in (0..last.len()).filter_map(|gone| Some((gone, last.get(gone..)?))) {
        if again.starts_with(rest) {
            return Some(last.len() - gone);
        }
    }
    // Others have changed, too: the last one that is still there tells.
    let place = |row: &&[u8]| again.iter().position(|other| other == row);
    last.iter().rev().find_map(place).map(|index| index + 1)
}

fn hash(tokens: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tokens.hash(&mut hasher);
    hasher.finish()
}

/// What tells the rows of a page from those of others: every byte counts, eight at a time, for it is done for each page.
fn has_equal_rows(page: &Fetched) -> bool {
    let rows = page.slices();
    rows.iter().collect::<HashSet<_>>().len() < rows.len()
}

fn fingerprint(text: &[u8]) -> u64 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: [u8; 8]| {
        let mixed = (hash ^ u64::from_le_bytes(word)).wrapping_mul(SPREAD);
        mixed ^ (mixed >> 29)
    };
    let mut words = text.chunks_exact(8);
    let mut hash = text.len() as u64;
    for word in &mut words {
        hash = mix(hash, word.try_into().unwrap_or_default());
    }
    let mut last = [0; 8];
    for (to, byte) in last.iter_mut().zip(words.remainder()) {
        *to = *byte;
    }
    mix(hash, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<&[u8]> {
        text.split_terminator("")
            .skip(1)
            .map(str::as_bytes)
            .collect()
    }

    #[test]
    fn rows_that_were_given_are_told_from_those_that_moved_up() {
        for (last, again, expected) in [
            ("abc", "abc", Some(3)),
            ("abc", "bcd", Some(2)),
            ("abc", "cde", Some(1)),
            ("abc", "abcd", Some(3)),
            ("abc", "def", None),
            ("abc", "", None),
            ("", "abc", None),
            // The last is gone, or one in the middle.
            ("abc", "abx", Some(2)),
            ("abc", "acd", Some(2)),
            // New ones came before it, or in between.
            ("abc", "xab", Some(3)),
            ("abc", "axb", Some(3)),
            // Equal rows: rather once too often than not at all.
            ("bbb", "bbb", Some(3)),
            ("abb", "bbb", Some(2)),
            ("aba", "baa", Some(2)),
        ] {
            assert_eq!(given(&rows(last), &rows(again)), expected, "{last} {again}");
        }
    }

    #[test]
    fn every_byte_of_a_page_counts() {
        let page: Vec<u8> = (0..100).collect();
        let mut seen = HashSet::from([fingerprint(&page)]);
        for at in 0..page.len() {
            let mut other = page.clone();
            other[at] ^= 1;
            assert!(seen.insert(fingerprint(&other)), "{at}");
            assert!(seen.insert(fingerprint(&page[..at])), "{at}");
        }
    }
}
