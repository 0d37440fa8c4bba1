//! The next step after each page, decided from the pages alone, without a connection.
//!
//! The rule: every place of the list has been requested before the list ends. If a page has fewer rows than requested,
//! the server may have clipped the size or hidden rows, and the next request finds out which. If the total changes
//! between pages, the list has changed, and the row before the next page must be found again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use harness_api::{Operation, Paging, Step};
use serde_json::Value;

use super::position::{Position, mark};
use super::read::{Fetched, Rows};
use crate::error::{Error, Result};

/// Maximum number of consecutive empty pages while the server says, without a total, that there are more.
const MAX_EMPTY: u32 = 20;

/// Maximum number of consecutive empty pages below the total. A caller who may see few of many items gets such pages.
const MAX_HIDDEN: u32 = 100;

/// Maximum number of consecutive pages after the total. A total may be wrong, but not by that much.
const MAX_BEYOND: u32 = 1000;

/// Maximum number of consecutive equal pages of equal rows, if nothing says how many there are.
const MAX_EQUAL: u32 = 100;

/// Maximum number of restarts of a list that does not become shorter.
const MAX_RESTARTS: u32 = 3;

/// Each distinct page may be received again this many times on average, …
const MAX_AGAIN_EACH: usize = 5;
/// … and this many pages may be received again in any case.
const MAX_AGAIN: usize = 100;

/// A page may have this many times the requested rows, because servers ignore sizes, …
const MANY: u64 = 100;
/// … and this many rows in any case.
const FEW: u64 = 10_000;

const SAME_PAGE: &str = "the server returned the same page again: it ignores the requested page";
const SAME_TOKEN: &str = "the server returned the same page token again: the list would never end";
const NO_TOKEN: &str = "the server says that there are more items, but not how to request them";
const TOO_MANY_EMPTY: &str =
    "the server keeps returning empty pages and says that there are more items";
const TOO_FAR: &str = "the server returns far more pages than its total allows";
const NO_STEP: &str =
    "the server returned an empty page, and without a page size the next page cannot be requested";
const RESTLESS: &str = "the list changes too much while it is read";
const LOST: &str = "the list has changed, and the item of the position no longer exists: start again from the first page";

/// Request for a page.
pub(super) struct Ask {
    pub(super) position: Position,
    purpose: Purpose,
}

enum Purpose {
    /// The rows are to be returned.
    Next,
    /// Finds out whether the page before was clipped or had hidden rows. If it was clipped, this is the second page.
    Clip,
    /// Finds the row after which the next page begins. If nothing has changed, the held page is the next one.
    Back(Option<Box<Held>>),
}

struct Held {
    page: Arc<Fetched>,
    position: Position,
    /// Whether its rows are those of an earlier page.
    is_repeated: bool,
}

impl Held {
    /// Returns whether the list was the same, or had only grown, between this page and a later one. Then a row that had
    /// not moved by the later page had not moved by this page either.
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

/// Outcome of a page.
pub(super) struct Taken {
    /// Rows to return, and the position of the first of them.
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
    /// Operation for error messages.
    operation: Option<&'static Operation>,
    /// Whether totals are trusted.
    checks: bool,
    /// Last page with rows, and its position.
    last: Option<Held>,
    /// Number of items of the list, from the last response that contained it.
    total: Option<u64>,
    /// Largest number of rows of a page.
    widest: u64,
    /// Whether a page had fewer rows than expected: the server hides some.
    hides: bool,
    /// Whether the server was seen to clip pages, so that all of them add up to the total.
    clips: bool,
    /// Whether an offset counts hidden rows.
    by_size: bool,
    /// Numbers of consecutive pages that were empty, came after the total, and were equal to the page before.
    empty: u32,
    beyond: u32,
    equal: u32,
    restarts: u32,
    /// Page and total that contradicted the unchanged page before.
    doubt: Option<(u64, Option<u64>)>,
    /// Number of consecutive pages that were read again.
    backs: u32,
    /// Pages that were received, and how often one was received again.
    seen: HashSet<u64>,
    again: usize,
    /// Total at the last restart of the list.
    floor: Option<u64>,
    /// Whether this crawl has read the whole list, with a constant total.
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

    /// Returns the number of items of the list, from the last response that contained it.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns a position to store: it includes all that is known now.
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

    /// Takes a requested page.
    ///
    /// # Errors
    ///
    /// Returns an error if no row of the page can be returned.
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
                "the server returned a page of {rows} items, but {asked} were requested"
            ))),
            _ => Ok(()),
        }
    }

    /// Returns an error if the server cycles through its pages. A page may be received again if the list changes, but
    /// not without end.
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

    /// Takes the page after the last one, or the first page of a crawl.
    fn next(&mut self, page: Arc<Fetched>, mut position: Position) -> Result<Taken> {
        if self.last.is_none() && self.is_numbered() {
            // A crawl that was started earlier may have met hidden rows.
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
            // Either the server ignores the requested page, or a page of new items was inserted before it.
            let held = Held {
                page,
                position: position.clone(),
                is_repeated: true,
            };
            return self.go_back(position, Some(Box::new(held)));
        }
        self.accept(page, position)
    }

    /// Returns the row to begin with in a page of which some items were already returned, so that none is skipped;
    /// `None` if the last of them is missing or unknown.
    fn found_inside(&self, page: &Arc<Fetched>, position: &Position) -> Option<u64> {
        let is_before = |row: &[u8]| position.mark == Some(mark(row));
        let rows = Rows::new(Arc::clone(page), position.skip);
        if rows.before().is_some_and(is_before) {
            return Some(position.skip);
        }
        let found = page.slices().into_iter().position(is_before)?;
        Some(found as u64 + 1)
    }

    /// Takes a page of a list that has changed since the page before: begins after the last returned row, if it can be
    /// found.
    fn changed(&mut self, page: Arc<Fetched>, mut position: Position) -> Result<Taken> {
        self.pages.clear();
        let is_first = position.page <= self.paging.first && position.skip == 0;
        if is_first || self.last.is_none() && position.mark.is_none() {
            return self.accept(page, position);
        }
        // The total is that of the page, and says nothing about the list.
        let is_same = |doubt| doubt == (fingerprint(page.text()), page.total);
        if self.doubt.take().is_some_and(is_same) {
            return self.accept(page, position);
        }
        // New items before the page move its rows by their number, so the page begins with rows that were already
        // returned.
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

    /// Returns whether a row is the last one that was returned.
    fn is_before(&self, row: &[u8], position: &Position) -> bool {
        match &self.last {
            Some(last) => last.page.last() == Some(row),
            None => position.mark == Some(mark(row)),
        }
    }

    /// Requests the page before a position again.
    fn go_back(&mut self, position: Position, held: Option<Box<Held>>) -> Result<Taken> {
        // The held page follows the last page with rows, unless there were empty pages in between.
        let held = held.filter(|_| self.empty == 0);
        let before = match (&self.last, &held) {
            (Some(last), Some(_)) => Some(last.position.clone()),
            _ => self.before(&position),
        };
        let Some(before) = before else {
            return Err(self.fault(LOST));
        };
        self.backs += 1;
        // Goes back as far as the beginning of the list, and some pages more, but not forever: a position may be far
        // after the end.
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

    /// Returns the position of the page before a position.
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

    /// Takes a page that was already returned, of a list that has changed: the rows after the last returned one are
    /// next.
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
            // Nothing has moved, so the held page continues from there.
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

    /// Restarts the list, if none of the rows returned last is left.
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

    /// Returns whether the crawl has seen a page before. If rows of a page are equal to each other, whole pages may be,
    /// too.
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

    /// Finds out, after a page that was shorter than requested, whether offsets count hidden rows: in that case this
    /// page begins with rows of the page before, or is empty. Returns whether it begins with such rows, which are
    /// skipped.
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

    /// Takes the page that shows whether the first one was clipped.
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

    /// Takes a page whose rows are returned, and decides on the next request.
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
            // If the used size in the response differs from the number of rows, the page was not clipped.
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
            // The total may be that of the page: then only a page that is not full is the last one.
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

    /// Returns whether the first page has fewer rows than requested. Then the server may have clipped the size, and may
    /// count pages by the clipped or by the requested size. It may also hide rows.
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

    /// Returns the number of places of the list that a page covers, with hidden rows; `None` if no size is known.
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

    /// Returns the number of places of the list before a position.
    fn covered_before(&self, position: &Position) -> u64 {
        let before = position.page.saturating_sub(self.paging.first);
        match (self.paging.step, position.size.or(self.paging.default_size)) {
            (Step::Offset, _) => before,
            (_, Some(size)) => before.saturating_mul(u64::from(size)),
            (_, None) => position.rows,
        }
    }

    /// Returns the number of rows of the page at a position, if none is hidden.
    fn there(&self, position: &Position, stride: u64) -> u64 {
        let before = self.covered_before(position);
        self.total
            .map_or(stride, |total| total.saturating_sub(before).min(stride))
    }

    /// Returns whether the page is full.
    ///
    /// A page is full if it is as long as an earlier one, because some servers clip sizes silently. A page of the
    /// default size is full too, even if another size was requested: the server may ignore the parameter.
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
        // The first known token is the sent one, if the crawl started in the middle.
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
                // The server reports a used size that it did not fill.
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
            // The server reports a smaller used size. If that size is requested, the server cannot count pages by
            // another one.
            next.size = u32::try_from(stride).ok().or(Some(asked));
        }
        next.page = position.page.saturating_add(by);
        Ok(Then::Ask(Ask::next(next)))
    }

    /// Returns the position after a page, without the next request.
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

    /// Ends the list, unless its total says that some items were not seen.
    fn end(&self, seen: u64, covered: u64) -> Then {
        let Some(total) = self.total.filter(|_| self.checks) else {
            return Then::End;
        };
        if total > 0 && seen == 0 {
            return self.stuck(&format!(
                "the server says that the list has {total} items, but returns none"
            ));
        }
        let is_explained = match self.paging.step {
            // Tokens say nothing about places, and a growing list may grow where it was already read.
            Step::Token => self.hides || !self.steady,
            _ => self.hides && !self.clips && covered >= total,
        };
        if seen < total && !is_explained {
            return self.stuck(&format!(
                "the list ends after {seen} of its {total} items; `check_totals(false)` accepts that"
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

/// Returns how many rows at the beginning of a page, which is read again, were already returned; `None` if none of the
/// rows returned last is there.
fn given(last: &[&[u8]], again: &[&[u8]]) -> Option<usize> {
    // The rows before the page are gone, and those after them have moved up.
    for (gone, rest) in (0..last.len()).filter_map(|gone| Some((gone, last.get(gone..)?))) {
        if again.starts_with(rest) {
            return Some(last.len() - gone);
        }
    }
    // Other rows have changed, too: the last one that is still there decides.
    let place = |row: &&[u8]| again.iter().position(|other| other == row);
    last.iter().rev().find_map(place).map(|index| index + 1)
}

fn hash(tokens: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tokens.hash(&mut hasher);
    hasher.finish()
}

/// Returns whether some rows of a page are equal to each other.
fn has_equal_rows(page: &Fetched) -> bool {
    let rows = page.slices();
    rows.iter().collect::<HashSet<_>>().len() < rows.len()
}

/// Returns a hash of the rows of a page. Every byte counts. It is computed for each page, so it processes eight bytes
/// at a time.
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
            // The last row is gone, or one in the middle.
            ("abc", "abx", Some(2)),
            ("abc", "acd", Some(2)),
            // New rows were inserted before it, or in between.
            ("abc", "xab", Some(3)),
            ("abc", "axb", Some(3)),
            // Equal rows: a duplicate is better than an omission.
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
