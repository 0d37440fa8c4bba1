//! Memory for reading a long list, compared with hand-written code: page by page, and each item is dropped before the
//! next one. The reader waits at the first item of each page, so a prefetched page is in memory beside the current one.
//! Only the thread of the reader is counted, not the server.

use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use harness_api_benches::{
    Failure,
    hand::Hand,
    results::{By, Part, Row, Topic, report},
    server, ways,
};
use harness_api_ext::Harness;
use tokio::time::sleep;

/// Number of items of a page.
const SIZE: usize = 100;
/// Number of pages of a short and of a long list.
const PAGES: [usize; 2] = [20, 200];
/// Delay of the reader.
const REST: Duration = Duration::from_millis(2);
/// Maximum ratio of the peaks of the long and the short list. If the list was kept in memory, it would be ten.
const GROWTH: f64 = 1.2;

const BY: [By; 3] = [By::Ext, By::ExtInTurn, By::Hand];

fn main() -> Result<(), Failure> {
    let [short, long] = PAGES.map(list);
    let (short, long) = (short?, long?);
    for (by, (short, long)) in BY.iter().zip(short.iter().zip(&long)) {
        if long.bytes_max as f64 > GROWTH * short.bytes_max as f64 {
            return Err(format!("{by:?}: the peak grows with the list").into());
        }
    }
    let row =
        |what: &str, unit: &str, found: &[AllocationInfo; 3], of: fn(&AllocationInfo) -> f64| {
            Row::new(what, unit, BY.into_iter().zip(found.iter().map(of)))
        };
    let peak = |info: &AllocationInfo| info.bytes_max as f64 / 1e3;
    let [few, many] = PAGES.map(|pages| format!("peak, {} items", pages * SIZE));
    let rows = vec![
        row(&few, "KB", &short, peak),
        row(&many, "KB", &long, peak),
        row("allocated for an item", "bytes", &long, |info| {
            info.bytes_total as f64 / (PAGES[1] * SIZE) as f64
        }),
        row("allocations for an item", "times", &long, |info| {
            info.count_total as f64 / (PAGES[1] * SIZE) as f64
        }),
    ];
    let note = "`harness-api-ext` holds two pages at once, because it requests the next one ahead. The peak does not grow with the \
                list: the bench fails when it does.";
    report([(
        Topic::Memory,
        Part {
            note: note.to_owned(),
            rows,
        },
    )])
}

/// Measures reading a list of this many pages, for each candidate.
fn list(pages: usize) -> Result<[AllocationInfo; 3], Failure> {
    let url = server::start(Duration::ZERO, pages, SIZE)?;
    // Everything runs on this thread, including prefetching.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let harness = ways::ext(&url)?;
    let hand = Hand::new(&url)?;
    let mut found = [AllocationInfo::default(); 3];
    for (info, by) in found.iter_mut().zip(BY) {
        // In the second round, connections are open and tables have their final size.
        for _ in 0..2 {
            let mut count = Ok(0);
            *info = measure(|| {
                count = runtime.block_on(async {
                    match by {
                        By::Hand => read_hand_written(&hand, pages).await,
                        _ => read(&harness, by == By::Ext).await,
                    }
                });
            });
            let count = count?;
            if count != pages * SIZE {
                return Err(format!("{by:?}: {count} items were read").into());
            }
        }
    }
    Ok(found)
}

async fn read(harness: &Harness, prefetch: bool) -> Result<usize, Failure> {
    let list = harness.org(ways::ORG).projects().list();
    let pager = list.page_size(SIZE as u32).pager().prefetch(prefetch);
    let mut items = pager.items();
    let mut count = 0;
    while let Some(item) = items.try_next().await? {
        rest(count).await;
        drop(item);
        count += 1;
    }
    Ok(count)
}

async fn read_hand_written(hand: &Hand, pages: usize) -> Result<usize, Failure> {
    let mut count = 0;
    for index in 0..pages {
        for item in hand.page(index, SIZE).await? {
            rest(count).await;
            drop(item);
            count += 1;
        }
    }
    Ok(count)
}

async fn rest(count: usize) {
    if count.is_multiple_of(SIZE) {
        sleep(REST).await;
    }
}
