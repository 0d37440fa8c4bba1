//! A long run against a server that fails at random: every item of a list comes once, every write is done at most once, and
//! memory stays flat.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use harness_api_ext::mock::{Received, Reply, Server};
use harness_api_ext::page::position_of;
use harness_api_ext::{Error, ErrorKind, Harness, RetryPolicy};
use serde_json::{Value, json};

/// One request in so many meets a fault that passes.
const PASSING: u64 = 40;
/// One request in so many is refused for good.
const FINAL: u64 = 1000;
/// How many items a page has.
const PAGE: u64 = 100;
/// The resident memory may grow by so much after the first fifth.
const GROWTH: u64 = 24 << 20;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many items the list has.
    pub items: u64,
    /// How many calls are made beside it, half of them writes.
    pub calls: u64,
    /// How many of these at once.
    pub at_once: u64,
    /// Where chance begins.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// Items that were seen, each once and in order.
    pub items: u64,
    /// How often the list was gone on with behind an error.
    pub resumed: u64,
    /// Calls that went well.
    pub good: u64,
    /// Calls that ended with an error that the faults explain.
    pub failed: u64,
    /// Faults that the server had.
    pub faults: u64,
    /// Requests that it received.
    pub requests: u64,
    /// Writes that it did.
    pub writes: u64,
    /// How long it took.
    pub time: Duration,
    /// The largest resident memory in the first fifth and in the rest, where the system tells.
    pub memory: Option<(u64, u64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        writeln!(
            f,
            "{} items, each once; gone on {} times behind an error",
            self.items, self.resumed
        )?;
        writeln!(
            f,
            "{} calls went well, {} failed as they had to; {} writes done, none twice",
            self.good, self.failed, self.writes
        )?;
        writeln!(
            f,
            "{} requests, {} of them with a fault, in {seconds:.1} s",
            self.requests, self.faults
        )?;
        match self.memory {
            Some((first, rest)) => {
                let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
                write!(
                    f,
                    "resident memory: at most {:.1} MiB in the first fifth, {:.1} MiB after it",
                    mib(first),
                    mib(rest)
                )
            }
            None => f.write_str("resident memory: not known here"),
        }
    }
}

/// What the server knows.
struct World {
    plan: Plan,
    chance: Mutex<Rng>,
    faults: AtomicU64,
    requests: AtomicU64,
    /// How often each write was done.
    done: Vec<AtomicU8>,
}

impl World {
    fn answer(&self, request: &Received) -> Option<Reply> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let fault = self.fault();
        if fault.is_some() {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(Fault::Refused(status)) = fault {
            return Some(Reply::error(status, "not now").header("Retry-After", 0));
        }
        // From here on the server acts, whether or not the client learns of it.
        let good = match request.operation()?.id {
            "getOrganizationList" => page(request, self.plan.items)?,
            "getOrganization" => organization(request.param("identifier")?),
            "postOrganization" => {
                let sent = request.json();
                let id = sent["organization"]["identifier"].as_str()?;
                let done = self.done.get(number(id)? as usize)?;
                done.fetch_add(1, Ordering::Relaxed);
                organization(id)
            }
            _ => return None,
        };
        Some(match fault {
            Some(Fault::Reset) => Reply::reset(),
            Some(Fault::Closed) => Reply::disconnect(),
            Some(Fault::Cut) => good.cut_short(),
            _ => good,
        })
    }

    fn fault(&self) -> Option<Fault> {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        if chance.u64(..FINAL) == 0 {
            return Some(Fault::Refused(500));
        }
        if chance.u64(..PASSING) > 0 {
            return None;
        }
        let faults = [
            Fault::Refused(429),
            Fault::Refused(503),
            Fault::Reset,
            Fault::Closed,
            Fault::Cut,
        ];
        chance.choice(faults)
    }
}

/// What goes wrong: with a status before the server acts, otherwise after it.
#[derive(Clone, Copy)]
enum Fault {
    Refused(u16),
    Reset,
    Closed,
    Cut,
}

fn number(id: &str) -> Option<u64> {
    id.strip_prefix('o')?.parse().ok()
}

fn data(value: &Value) -> Reply {
    let body =
        json!({"status": "SUCCESS", "data": value, "metaData": null, "correlationId": "soak"});
    Reply::json(200, &body)
}

fn organization(id: &str) -> Reply {
    data(&json!({"organization": {"identifier": id, "name": id}}))
}

fn page(request: &Received, items: u64) -> Option<Reply> {
    let asked = |name| request.query(name)?.parse::<u64>().ok();
    let (index, size) = (asked("pageIndex")?, asked("pageSize")?.max(1));
    let rows = items.min(index * size)..items.min((index + 1) * size);
    let rows: Vec<Value> = rows
        .map(|id| json!({"organization": {"identifier": format!("o{id}"), "name": "An organization"}}))
        .collect();
    Some(data(&json!({
        "totalPages": items.div_ceil(size), "totalItems": items, "pageItemCount": rows.len(), "pageSize": size,
        "content": rows, "pageIndex": index, "empty": rows.is_empty(), "pageToken": null,
    })))
}

/// Does all of it.
///
/// # Errors
///
/// What was not as it has to be, in words.
pub async fn run(plan: Plan) -> Result<Report, String> {
    let world = Arc::new(World {
        plan,
        chance: Mutex::new(Rng::with_seed(plan.seed)),
        faults: AtomicU64::new(0),
        requests: AtomicU64::new(0),
        done: (0..plan.calls).map(|_| AtomicU8::new(0)).collect(),
    });
    let answering = Arc::clone(&world);
    let server = Server::builder()
        .stateless()
        .remember(0)
        .fallback(move |request| answering.answer(request));
    let server = server.start().await.map_err(|error| error.to_string())?;
    let patient = RetryPolicy::default()
        .max_attempts(10)
        .base_delay(Duration::from_millis(1));
    let client = || server.harness_builder().retry(patient.clone()).build();
    // Each has a budget of its own: what the calls lose must not end the list.
    let (crawling, calling) = (client(), client());
    let (crawling, calling) = (
        crawling.map_err(|error| error.to_string())?,
        calling.map_err(|error| error.to_string())?,
    );

    let begun = Instant::now();
    let progress = Arc::new(AtomicU64::new(0));
    let crawl = tokio::spawn(crawl(crawling, plan.items, Arc::clone(&progress)));
    let mut callers = Vec::new();
    for lane in 0..plan.at_once {
        let (harness, progress) = (calling.clone(), Arc::clone(&progress));
        callers.push(tokio::spawn(call(harness, plan, lane, progress)));
    }
    let watching = tokio::spawn(watch(Arc::clone(&progress), plan.items + plan.calls));

    let mut good = Vec::new();
    let mut failed = 0;
    for caller in callers {
        let outcome = caller.await.map_err(|error| error.to_string())??;
        good.extend(outcome.written);
        failed += outcome.failed;
    }
    let (items, resumed) = crawl.await.map_err(|error| error.to_string())??;
    progress.store(u64::MAX, Ordering::Relaxed);
    let memory = watching.await.map_err(|error| error.to_string())?;

    let times = |id: u64| world.done[id as usize].load(Ordering::Relaxed);
    let twice = (0..plan.calls).filter(|id| times(*id) > 1).count();
    if twice > 0 {
        return Err(format!("{twice} writes were done twice"));
    }
    if let Some(id) = good.iter().find(|id| times(**id) != 1) {
        return Err(format!("write {id} went well and was not done"));
    }
    if let Some((first, rest)) = memory
        && rest > first + GROWTH
    {
        return Err(format!("memory grew from {first} to {rest} bytes"));
    }
    Ok(Report {
        items,
        resumed,
        good: plan.calls - failed,
        failed,
        faults: world.faults.load(Ordering::Relaxed),
        requests: world.requests.load(Ordering::Relaxed),
        writes: (0..plan.calls).map(|id| u64::from(times(id))).sum(),
        time: begun.elapsed(),
        memory,
    })
}

/// Reads the whole list, and goes on behind errors that say where. Gives how many items came, and how often it went on.
async fn crawl(harness: Harness, all: u64, progress: Arc<AtomicU64>) -> Result<(u64, u64), String> {
    let pager = || {
        harness
            .account()
            .organizations()
            .list()
            .page_size(PAGE as u32)
            .pager()
    };
    let mut items = pager().items();
    let (mut next, mut resumed) = (0, 0);
    loop {
        match items.try_next().await {
            Ok(Some(item)) => {
                let id = item
                    .organization
                    .and_then(|found| number(found.identifier.as_deref()?));
                if id != Some(next) {
                    return Err(format!("item {next} was expected, and {id:?} came"));
                }
                next += 1;
                progress.fetch_add(1, Ordering::Relaxed);
            }
            Ok(None) if next == all => return Ok((next, resumed)),
            Ok(None) => return Err(format!("the list ended behind {next} items")),
            Err(error) if is_refused(&error) => {
                let position = position_of(&error).ok_or("an error without a position")?;
                items = pager().start_at(position.clone()).items();
                resumed += 1;
            }
            Err(error) => return Err(format!("the list: {error}")),
        }
    }
}

/// The server's final no.
fn is_refused(error: &Error) -> bool {
    error.status().is_some_and(|status| status.as_u16() == 500)
}

/// What came of some calls.
#[derive(Default)]
struct Outcome {
    /// The writes that went well.
    written: Vec<u64>,
    failed: u64,
}

/// Makes the calls of one lane: reads and writes by turns.
async fn call(
    harness: Harness,
    plan: Plan,
    lane: u64,
    progress: Arc<AtomicU64>,
) -> Result<Outcome, String> {
    let organizations = harness.account().organizations();
    let mut outcome = Outcome::default();
    let mut id = lane;
    while id < plan.calls {
        let name = format!("o{id}");
        let writes = id / plan.at_once % 2 == 1;
        let answer = if writes {
            organizations.create(&*name, &*name).await
        } else {
            organizations.get(&*name).await
        };
        match answer {
            Ok(found) => {
                let found = found.organization.and_then(|found| found.identifier);
                if found.as_deref() != Some(&*name) {
                    return Err(format!("{name} was asked for, and {found:?} came"));
                }
                if writes {
                    outcome.written.push(id);
                }
            }
            Err(error) => {
                // A read fails when it is refused for good; a write too when nobody knows what came of it.
                let lost = error.kind() == ErrorKind::Transport
                    || error.status().is_some_and(|status| status.as_u16() == 503);
                if !(is_refused(&error) || writes && lost) {
                    return Err(format!("call {id}: {error}"));
                }
                outcome.failed += 1;
            }
        }
        progress.fetch_add(1, Ordering::Relaxed);
        id += plan.at_once;
    }
    Ok(outcome)
}

/// The largest resident memory while the first fifth of the work is done, and in the rest of the time.
async fn watch(progress: Arc<AtomicU64>, all: u64) -> Option<(u64, u64)> {
    let (mut first, mut rest) = (0, 0);
    loop {
        let done = progress.load(Ordering::Relaxed);
        let now = resident()?;
        if done < all / 5 {
            first = now.max(first);
        } else {
            rest = now.max(rest);
        }
        if done == u64::MAX {
            return (first > 0).then_some((first, rest));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The resident memory of this process in bytes, where `/proc` tells it.
fn resident() -> Option<u64> {
    const PAGE_OF_MEMORY: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE_OF_MEMORY)
}
