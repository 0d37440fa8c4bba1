//! What a call costs and how a list is read, beside code that was written by hand with reqwest and serde.
//!
//! ```sh
//! cargo bench -p harness-api-benches --bench calls               # prints the tables
//! cargo bench -p harness-api-benches --bench calls -- --write    # writes them to benches/CALLS.md too
//! ```
//!
//! All call one server on loopback, whose connections stay open. The contestants take turns, call by call; a ratio is the
//! median of one contestant's calls as a part of the median of another's, in one run.

mod server;
mod ways;

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use harness_api_ext::Harness;
use tokio::time::sleep;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Calls of each contestant, after as many again that are not counted.
const CALLS: usize = 3_000;
/// Pages of the list, and items of a page.
const PAGES: usize = 40;
const SIZE: usize = 100;
/// How long the server thinks about a page, and its reader.
const PAUSE: Duration = Duration::from_millis(20);

fn main() -> Result<(), Failure> {
    let write = std::env::args().any(|argument| argument == "--write");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let table = runtime.block_on(async { Ok::<_, Failure>(calls().await? + &pages().await?) })?;
    println!("{table}");
    if write {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/CALLS.md");
        let title = "# Calls\n\nWritten by `cargo bench -p harness-api-benches --bench calls -- --write`.\n\n";
        std::fs::write(path, format!("{title}{table}"))?;
    }
    Ok(())
}

/// The same call, in each way.
async fn calls() -> Result<String, Failure> {
    let url = server::of_a_project()?;
    let harness = ways::ext(&url)?;
    let client = ways::raw(&url)?;
    let hand = ways::Hand::new(&url)?;
    let mut took: [Vec<Duration>; 4] = Default::default();
    for round in 0..2 * CALLS {
        for turn in 0..took.len() {
            let which = (round + turn) % took.len();
            let start = Instant::now();
            let name = match which {
                0 => hand.typed().await?,
                1 => hand.untyped().await?,
                2 => ways::by_raw(&client).await?,
                _ => ways::by_ext(&harness).await?,
            };
            let time = start.elapsed();
            if name != "Checkout" {
                return Err(format!("{name} was read").into());
            }
            if round >= CALLS {
                took[which].push(time);
            }
        }
    }
    let medians = took.map(median);
    let mut table =
        "| one call that reads a project | median, µs | of by hand with serde |\n|---|---:|---:|\n"
            .to_owned();
    let names = [
        "by hand: reqwest, serde's derive",
        "by hand: reqwest, `serde_json::Value`",
        "`harness-api`",
        "`harness-api-ext`: layers, span, scope, retries",
    ];
    for (name, time) in names.iter().zip(&medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        writeln!(table, "| {name} | {} | {ratio:.3} |", time.as_micros())?;
    }
    Ok(table)
}

/// A list whose server and whose reader take as long for a page.
async fn pages() -> Result<String, Failure> {
    let url = server::of_pages(PAUSE, PAGES, SIZE)?;
    let harness = ways::ext(&url)?;
    read(&harness, true).await?;
    let (ahead, in_turn) = (read(&harness, true).await?, read(&harness, false).await?);
    // What is not the reader's pauses is waiting for the server, and reading what came.
    let waited = in_turn.saturating_sub(PAUSE * PAGES as u32);
    let hidden = in_turn.saturating_sub(ahead).as_secs_f64() / waited.as_secs_f64();
    let mut table = format!(
        "\n| {PAGES} pages, {} ms each for server and reader | ms |\n|---|---:|\n",
        PAUSE.as_millis()
    );
    writeln!(table, "| one after the other | {} |", in_turn.as_millis())?;
    writeln!(
        table,
        "| the next page is asked for while one is read | {} |",
        ahead.as_millis()
    )?;
    writeln!(
        table,
        "\nOf the wait for the server {:.0} % is hidden.",
        hidden * 100.0
    )?;
    Ok(table)
}

/// How long it takes to read the list.
async fn read(harness: &Harness, prefetch: bool) -> Result<Duration, Failure> {
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
    if count != PAGES * SIZE {
        return Err(format!("{count} items were read").into());
    }
    Ok(start.elapsed())
}

fn median(mut values: Vec<Duration>) -> Duration {
    values.sort_unstable();
    values[values.len() / 2]
}
