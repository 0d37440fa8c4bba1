//! What reading a long list takes of memory, beside the same by hand: page after page, each item dropped before the next
//! one. The reader rests at the first item of each page, so that a page that was asked for ahead is there beside the present
//! one. The counter sees the thread that reads, and not the server's.

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

/// Items of a page.
const SIZE: usize = 100;
/// Pages of a short and of a long list.
const PAGES: [usize; 2] = [20, 200];
/// How long the reader rests.
const REST: Duration = Duration::from_millis(2);
/// The peak of the long list may be so many times that of the short one; a list that is kept would make it ten times.
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
    let note = "`harness-api-ext` has two pages at once, since it asks for the next one ahead. The peak does not grow with the \
                list: the bench fails when it does.";
    report([(
        Topic::Memory,
        Part {
            note: note.to_owned(),
            rows,
        },
    )])
}

/// What it takes to read a list of so many pages, in each way.
fn list(pages: usize) -> Result<[AllocationInfo; 3], Failure> {
    let url = server::start(Duration::ZERO, pages, SIZE)?;
    // Everything happens on this thread, prefetching too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let harness = ways::ext(&url)?;
    let hand = Hand::new(&url)?;
    let mut found = [AllocationInfo::default(); 3];
    for (info, by) in found.iter_mut().zip(BY) {
        // The second time, connections are open and tables have their size.
        for _ in 0..2 {
            let mut count = Ok(0);
            *info = measure(|| {
                count = runtime.block_on(async {
                    match by {
                        By::Hand => read_by_hand(&hand, pages).await,
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

async fn read_by_hand(hand: &Hand, pages: usize) -> Result<usize, Failure> {
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
