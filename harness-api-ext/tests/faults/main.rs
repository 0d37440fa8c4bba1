//! Every fault of a network, a gateway or a server, during every call of a program: the outcome is a success after a
//! retry or a certain error, as the table says, and it comes in time.

#![cfg(all(feature = "pipeline", feature = "platform"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../common/clock.rs"]
mod clock;
mod fault;
mod flow;
mod outcome;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harness_api_ext::Result;
use harness_api_ext::mock::Server;
use tokio::time::{Instant, timeout};

use clock::Clock;
use fault::{ASKED, CAP, DeadPort, Detour, Fault, Turns};
use flow::Flow;

/// The outcome of each fault, once and permanently, for each flow: the outcome, the number of requests that reached the
/// server, and the number of tried requests if it differs.
///
/// `ok` is the value of the server; `given` is another value, which a client cannot distinguish from it. The names of
/// the errors are in `outcome`.
const TABLE: &str = include_str!("table.txt");

/// Maximum time of a flow, including an hour without bytes in the stream of a log.
const LIMIT: Duration = Duration::from_secs(75 * 60);
/// Maximum time if the server always responds.
const LIMIT_OF_ANSWERS: Duration = Duration::from_secs(10 * 60);

/// Observed outcome of a flow with a fault.
struct Cell {
    text: String,
    is_repeated: bool,
    is_error: bool,
}

/// Server of the cells. The client is new for each, because it has a budget.
struct Place {
    server: Server,
    dead: DeadPort,
}

impl Place {
    async fn open() -> Result<Self> {
        Ok(Self {
            server: Server::start().await?,
            dead: DeadPort::open().expect("a port"),
        })
    }
}

#[tokio::test]
async fn every_fault_ends_every_flow_as_the_table_says() -> Result<()> {
    let _clock = Clock::start(Duration::from_secs(1));
    let mut places = Vec::new();
    for flow in Flow::ALL {
        places.push((flow, Arc::new(Place::open().await?)));
    }
    let mut table = Vec::new();
    let (mut cells, mut repeated, mut errors) = (0, 0, 0);
    for fault in Fault::ALL {
        for (often, faulty) in [("once", 1), ("always", usize::MAX)] {
            let played: Vec<_> = places
                .iter()
                .map(|(flow, place)| tokio::spawn(play(fault, *flow, faulty, Arc::clone(place))))
                .collect();
            let mut row = format!("{:8} {often:6}", format!("{fault:?}"));
            for cell in played {
                let cell = cell.await.expect("a cell without panic")?;
                row += &format!(" {:>11}", cell.text);
                cells += 1;
                repeated += usize::from(cell.is_repeated && !cell.is_error);
                errors += usize::from(cell.is_error);
            }
            println!("{row}");
            table.push(row);
        }
    }
    println!(
        "{cells} cells: {repeated} went well by repetition, {errors} are errors as defined, the rest was well at once"
    );
    let told: Vec<&str> = TABLE.lines().skip(1).collect();
    assert_eq!(table.len(), told.len());
    for (seen, told) in table.iter().zip(told) {
        let columns =
            |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        assert_eq!(columns(seen), columns(told));
    }
    Ok(())
}

async fn play(fault: Fault, flow: Flow, faulty: usize, place: Arc<Place>) -> Result<Cell> {
    let turns = Turns::new(flow.before(), faulty);
    let (method, path) = flow.target();
    let reached = Arc::new(AtomicUsize::new(0));
    let misled = Arc::new(AtomicUsize::new(0));

    let server = &place.server;
    server.forget_answers();
    if let Some((operation, reply)) = flow.beside() {
        server.answer_with(operation, move |_| reply.clone());
    }
    let (count, meets) = (Arc::clone(&reached), Arc::clone(&turns));
    let understood = AtomicUsize::new(0);
    server.answer_with(&format!("{method} {path}"), move |request| {
        count.fetch_add(1, Ordering::SeqCst);
        // The layer of the client simulates connection faults.
        let is_spoilt = fault != Fault::Refused && meets.next_is_faulty();
        let is_understood = !is_spoilt || matches!(fault, Fault::Slow | Fault::Type);
        let number = understood.fetch_add(usize::from(is_understood), Ordering::SeqCst);
        let good = flow.good(request, number);
        if is_spoilt { fault.spoil(good) } else { good }
    });
    let mut builder = server.harness_builder().max_body(CAP);
    if fault == Fault::Refused {
        builder = builder.layer(Detour {
            to: place.dead.address(),
            of: path,
            turns: Arc::clone(&turns),
            count: Arc::clone(&misled),
        });
    }
    let harness = builder.build()?;

    let begun = Instant::now();
    let outcome = timeout(LIMIT, flow.run(&harness, &turns)).await;
    let outcome = outcome.unwrap_or_else(|_| panic!("{fault:?} makes {flow:?} hang"));
    let took = begun.elapsed();

    let mut reached = reached.load(Ordering::SeqCst);
    let misled = misled.load(Ordering::SeqCst);
    if outcome.is_err() && flow == Flow::List {
        // The rest of the list, after its failure, is not counted.
        reached -= flow.whole() - flow.before();
    }
    let is_repeated = reached + misled > flow.whole();
    if !matches!(fault, Fault::Stall | Fault::Silence) {
        assert!(took < LIMIT_OF_ANSWERS, "{fault:?} {flow:?} took {took:?}");
    }
    if fault == Fault::Wait429 && is_repeated {
        assert!(took >= ASKED, "{flow:?} waited {took:?} only");
    }
    if flow.is_unsafe() {
        // A request with status 429 was refused, and had no effect.
        let is_refused = matches!(fault, Fault::Wait429 | Fault::Plain429);
        let refused = if is_refused { reached.min(faulty) } else { 0 };
        assert!(
            reached - refused <= 1,
            "{fault:?} {flow:?} may be done twice"
        );
    }
    let what = match &outcome {
        Ok(true) => "ok".to_owned(),
        Ok(false) => "given".to_owned(),
        Err(error) => outcome::name(error, fault, flow),
    };
    let text = match misled {
        0 => format!("{what}:{reached}"),
        misled => format!("{what}:{reached}/{}", reached + misled),
    };
    Ok(Cell {
        text,
        is_repeated,
        is_error: outcome.is_err(),
    })
}
