//! A long test against a server with random failures: every item of a list is returned once, every write is done at
//! most once, and memory does not grow.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use harness_api_ext::mock::{Received, Reply, Server};
use harness_api_ext::page::position_of;
use harness_api_ext::{Error, ErrorKind, Harness, RetryPolicy};
use serde_json::{Value, json};

/// One in this many requests fails temporarily.
const PASSING: u64 = 40;
/// One in this many requests fails permanently.
const FINAL: u64 = 1000;
/// Number of items of a page.
const PAGE: u64 = 100;
/// Maximum growth in bytes of the resident memory after the first fifth.
const GROWTH: u64 = 24 << 20;

/// Amount of work.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Number of items of the list.
    pub items: u64,
    /// Number of calls beside the list, half of them writes.
    pub calls: u64,
    /// Number of concurrent calls.
    pub at_once: u64,
    /// Seed of the random failures.
    pub seed: u64,
}

/// Result of the test.
#[derive(Clone, Debug)]
pub struct Report {
    /// Number of returned items, each once and in order.
    pub items: u64,
    /// Number of times that the list was resumed after an error.
    pub resumed: u64,
    /// Number of successful calls.
    pub good: u64,
    /// Number of calls with an error that a simulated failure explains.
    pub failed: u64,
    /// Number of simulated failures.
    pub faults: u64,
    /// Number of received requests.
    pub requests: u64,
    /// Number of writes that were done.
    pub writes: u64,
    /// Duration.
    pub time: Duration,
    /// Largest resident memory in the first fifth and in the rest, if the system reports it.
    pub memory: Option<(u64, u64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        writeln!(
            f,
            "{} items, each once; resumed {} times after an error",
            self.items, self.resumed
        )?;
        writeln!(
            f,
            "{} calls succeeded, {} failed as expected; {} writes done, none twice",
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
            None => f.write_str("resident memory: unknown on this system"),
        }
    }
}

/// State of the server.
struct World {
    plan: Plan,
    chance: Mutex<Rng>,
    faults: AtomicU64,
    requests: AtomicU64,
    /// Number of times that each write was done.
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
        // From here on the server acts, whether the client learns of it or not.
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

/// Simulated failure: one with a status occurs before the server acts, any other after it.
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

/// Runs the test.
///
/// # Errors
///
/// Returns a text about what went wrong.
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
    // Each has a retry budget of its own: the failures of the calls must not end the list.
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
        return Err(format!("write {id} succeeded but was not done"));
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

/// Reads the whole list, and resumes after errors with a position. Returns the number of items, and of resumptions.
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
            Ok(None) => return Err(format!("the list ended after {next} items")),
            Err(error) if is_refused(&error) => {
                let position = position_of(&error).ok_or("an error without a position")?;
                items = pager().start_at(position.clone()).items();
                resumed += 1;
            }
            Err(error) => return Err(format!("the list: {error}")),
        }
    }
}

/// Returns whether the server refused the request permanently.
fn is_refused(error: &Error) -> bool {
    error.status().is_some_and(|status| status.as_u16() == 500)
}

/// Results of some calls.
#[derive(Default)]
struct Outcome {
    /// Successful writes.
    written: Vec<u64>,
    failed: u64,
}

/// Makes the calls of one lane: reads and writes alternately.
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
                // A read may fail if it is refused permanently, a write also if its outcome is unknown.
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

/// Returns the largest resident memory during the first fifth of the work, and during the rest.
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

/// Returns the resident memory of this process in bytes, if `/proc` reports it.
fn resident() -> Option<u64> {
    const PAGE_OF_MEMORY: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE_OF_MEMORY)
}
