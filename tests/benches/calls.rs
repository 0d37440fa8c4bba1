//! Costs of a call and of reading a list, compared with hand-written reqwest + serde.
//!
//! All candidates call one server on loopback, whose connections stay open. They alternate call by call. A ratio is the
//! median of the calls of one candidate divided by the median of another, in one run.

use std::time::{Duration, Instant};

use harness_api_benches::{
    Failure,
    hand::Hand,
    median,
    results::{By, Part, Row, Topic, report},
    server, ways,
};
use harness_api_ext::Harness;
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};

/// Number of timed calls of each candidate, after as many without timing.
const CALLS: usize = 3_000;
/// Number of items of the list of a single page.
const ITEMS: usize = 50;
/// Number of pages of the long list, and of items of a page.
const PAGES: usize = 40;
const SIZE: usize = 100;
/// Delay of the server for a page, and of its reader.
const PAUSE: Duration = Duration::from_millis(20);

fn main() -> Result<(), Failure> {
    let paging = runtime()?.block_on(pages())?;
    report([(Topic::Calls, calls()?), (Topic::Paging, paging)])
}

fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// All candidates. Each has a runtime of its own, like a separate program: deferred work of one, such as a cancelled
/// timer, is not done in the time of another.
struct Contestants {
    harness: (Harness, Runtime),
    client: (harness_api::Client, Runtime),
    hand: (Hand, Runtime),
}

const BY: [By; 4] = [By::Hand, By::Untyped, By::Raw, By::Ext];

impl Contestants {
    fn runtime(&self, by: By) -> &Runtime {
        match by {
            By::Hand | By::Untyped => &self.hand.1,
            By::Raw => &self.client.1,
            _ => &self.harness.1,
        }
    }

    async fn project(&self, by: By) -> Result<String, Failure> {
        match by {
            By::Hand => self.hand.0.project().await,
            By::Untyped => self.hand.0.project_untyped().await,
            By::Raw => ways::project_by_raw(&self.client.0).await,
            _ => ways::project_by_ext(&self.harness.0).await,
        }
    }

    async fn list(&self, by: By) -> Result<String, Failure> {
        match by {
            By::Hand => self.hand.0.list(ITEMS).await,
            By::Untyped => self.hand.0.list_untyped(ITEMS).await,
            By::Raw => ways::list_by_raw(&self.client.0, ITEMS).await,
            _ => ways::list_by_ext(&self.harness.0, ITEMS).await,
        }
    }

    /// Returns the median time of a call of each candidate, in microseconds.
    fn in_turn(
        &self,
        call: impl AsyncFn(By) -> Result<String, Failure>,
        expected: &str,
    ) -> Result<Vec<(By, f64)>, Failure> {
        let mut took: [Vec<f64>; BY.len()] = Default::default();
        for round in 0..2 * CALLS {
            for turn in 0..BY.len() {
                let which = (round + turn) % BY.len();
                let (name, time) = self.runtime(BY[which]).block_on(async {
                    // One call before, so that each candidate finds the heap and the caches as it left them.
                    call(BY[which]).await?;
                    let start = Instant::now();
                    let name = call(BY[which]).await?;
                    Ok::<_, Failure>((name, start.elapsed()))
                })?;
                if name != expected {
                    return Err(format!("{name} was read, and not {expected}").into());
                }
                if round >= CALLS {
                    took[which].push(time.as_secs_f64() * 1e6);
                }
            }
        }
        Ok(BY.into_iter().zip(took.map(median)).collect())
    }
}

/// Measures the same calls of each candidate.
fn calls() -> Result<Part, Failure> {
    let url = server::start(Duration::ZERO, 1, ITEMS)?;
    let all = Contestants {
        harness: (ways::ext(&url)?, runtime()?),
        client: (ways::raw(&url)?, runtime()?),
        hand: (Hand::new(&url)?, runtime()?),
    };
    let project = all.in_turn(async |by| all.project(by).await, server::NAME)?;
    let list = all.in_turn(async |by| all.list(by).await, &server::name(ITEMS - 1))?;
    let rows = vec![
        Row::new("reads a project", "µs", project),
        Row::new(&format!("lists {ITEMS} projects"), "µs", list),
    ];
    let more = |row: &Row| row.values[&By::Ext].value - row.values[&By::Hand].value;
    let note = format!(
        "`harness-api-ext` takes {:.1} µs more than hand-written code for the project, and {:.1} µs more for the list. That depends less \
         than the ratio on how long the machine takes to wake a thread.",
        more(&rows[0]),
        more(&rows[1]),
    );
    Ok(Part { note, rows })
}

/// Measures a list with equally slow server and reader.
async fn pages() -> Result<Part, Failure> {
    let url = server::start(PAUSE, PAGES, SIZE)?;
    let harness = ways::ext(&url)?;
    let hand = Hand::new(&url)?;
    read(&harness, true).await?;
    let (ahead, in_turn) = (read(&harness, true).await?, read(&harness, false).await?);
    read_hand_written(&hand).await?;
    let hand_written = read_hand_written(&hand).await?;
    // The rest of the time is the wait for the server, and reading the response.
    let waited = in_turn - PAUSE.as_secs_f64() * PAGES as f64;
    let hidden = (in_turn - ahead) / waited;
    let values = [
        (By::Ext, ahead),
        (By::ExtInTurn, in_turn),
        (By::Hand, hand_written),
    ];
    let values = values.map(|(by, seconds)| (by, seconds * 1e3));
    let name = format!("{PAGES} pages, {} ms each", PAUSE.as_millis());
    Ok(Part {
        note: format!(
            "The next page is requested while one is read, which hides {:.0} % of the wait for the server.",
            hidden * 100.0
        ),
        rows: vec![Row::new(&name, "ms", values)],
    })
}

/// Returns the seconds needed to read the list.
async fn read(harness: &Harness, prefetch: bool) -> Result<f64, Failure> {
    let start = Instant::now();
    let list = harness.org(ways::ORG).projects().list();
    let mut items = list
        .page_size(SIZE as u32)
        .pager()
        .prefetch(prefetch)
        .items();
    let mut count = 0;
    while items.try_next().await?.is_some() {
        count += 1;
        if count % SIZE == 0 {
            sleep(PAUSE).await;
        }
    }
    complete(count)?;
    Ok(start.elapsed().as_secs_f64())
}

/// Returns the same for hand-written code, page by page.
async fn read_hand_written(hand: &Hand) -> Result<f64, Failure> {
    let start = Instant::now();
    let mut count = 0;
    for index in 0..PAGES {
        count += hand.page(index, SIZE).await?.len();
        sleep(PAUSE).await;
    }
    complete(count)?;
    Ok(start.elapsed().as_secs_f64())
}

fn complete(count: usize) -> Result<(), Failure> {
    if count == PAGES * SIZE {
        return Ok(());
    }
    Err(format!("{count} items were read").into())
}
