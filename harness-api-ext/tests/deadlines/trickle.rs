//! The matrix of phases, statuses and kinds of calls.

use std::future::Future;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Bytes, Client, Configure};
use harness_api_ext::{
    Error, ErrorKind, Harness, HarnessBuilder, Result, RetryPolicy, WaitFailure,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::server::{HEADS, Phase, serve};

const STEP: Duration = Duration::from_millis(300);
/// Limits of the client.
const ATTEMPT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(6);
/// Limit of one exchange, or of an archive.
const OWN: Duration = Duration::from_secs(4);
/// Maximum delay of the clock of the test.
const LATE: Duration = Duration::from_millis(300);

/// Call of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// Raw call with a buffered response.
    Raw,
    /// The same, with a limit for each attempt.
    RawWithin,
    /// Raw call with a streamed response, up to the head.
    Stream,
    /// The same with a limit for each attempt, up to the last byte.
    StreamWithin,
    /// Write that is sent once.
    Write,
    /// Read of a handle.
    Read,
    /// First page of a list of a handle.
    List,
    /// Stream of a handle, up to the head.
    Download,
    /// Log archive of a run, up to the last byte; any of its requests is slow.
    ArchiveDetail,
    ArchivePacking,
    ArchiveFile,
    /// Log of a finished step.
    Blob,
    /// Log of a running step.
    Follow,
    /// Wait for a run.
    Wait,
}

impl Flow {
    const ALL: [Self; 14] = [
        Self::Raw,
        Self::RawWithin,
        Self::Stream,
        Self::StreamWithin,
        Self::Write,
        Self::Read,
        Self::List,
        Self::Download,
        Self::ArchiveDetail,
        Self::ArchivePacking,
        Self::ArchiveFile,
        Self::Blob,
        Self::Follow,
        Self::Wait,
    ];

    /// Returns the slow request.
    fn which(self) -> &'static str {
        match self {
            Self::ArchivePacking => "packing",
            Self::ArchiveFile => "storage",
            Self::Blob => "blob",
            Self::Follow => "stream",
            Self::ArchiveDetail | Self::Wait => "detail",
            _ => "all",
        }
    }

    /// Returns the time limit.
    fn limit(self) -> Duration {
        match self {
            Self::ArchiveDetail | Self::ArchivePacking | Self::ArchiveFile | Self::Wait => OWN,
            // It is resumed five times, after pauses of 26.25 seconds in total.
            Self::Follow => 6 * TOTAL + Duration::from_secs(27),
            _ => TOTAL,
        }
    }

    async fn run(self, harness: &Harness) -> Result<Bytes> {
        let get = || harness.request(Method::GET, "/v1/widgets");
        let run = harness.org("retail").project("checkout").run("pX9cD1Yw");
        let none = Bytes::new();
        match self {
            Self::Raw => Ok(get().text().await?.bytes().clone()),
            Self::RawWithin => Ok(get().with_timeout(OWN).text().await?.bytes().clone()),
            Self::Stream => {
                get().bytes().await?;
                Ok(none)
            }
            Self::StreamWithin => {
                let body = get().with_timeout(OWN).bytes().await?.into_inner();
                Ok(body.collect(1 << 20).await?)
            }
            Self::Write => {
                let post = harness.request(Method::POST, "/v1/widgets");
                Ok(post
                    .text_body("text/plain", "content")
                    .text()
                    .await?
                    .bytes()
                    .clone())
            }
            Self::Read => {
                harness.account().organizations().get("retail").await?;
                Ok(none)
            }
            Self::List => {
                harness
                    .account()
                    .organizations()
                    .list()
                    .items()
                    .try_next()
                    .await?;
                Ok(none)
            }
            Self::Download => {
                harness.account().file_store().download("values").await?;
                Ok(none)
            }
            Self::ArchiveDetail | Self::ArchivePacking | Self::ArchiveFile => {
                let file = run.log_archive().deadline(OWN).await?;
                Ok(file.collect(1 << 20).await?)
            }
            Self::Blob | Self::Follow => {
                let steps = run.steps().await?;
                let step = &steps[usize::from(self == Self::Follow)];
                assert_eq!(step.ended().is_none(), self == Self::Follow);
                let line = run.step_log(step).try_next().await?;
                Ok(line
                    .map(|line| Bytes::from(line.text().to_owned()))
                    .unwrap_or_default())
            }
            Self::Wait => {
                run.wait().deadline(OWN).await?;
                Ok(none)
            }
        }
    }
}

fn client(address: SocketAddr, phase: Phase, head: &str, which: &str) -> HarnessBuilder {
    Harness::builder()
        .api_key("sat.AcmeAccount.6650f0.c4n4ry-key")
        .endpoint(format!("http://{address}/{phase:?}/{head}/{which}"))
        .attempt_timeout(ATTEMPT)
        .total_timeout(TOTAL)
}

/// Starts a server, and returns its address.
async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener));
    address
}

#[tokio::test]
async fn every_call_to_a_trickling_server_ends_within_its_limit() {
    let _clock = Clock::start(STEP);
    let address = start().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for phase in Phase::ALL {
        // Before the status, the content type makes no difference.
        let heads = match phase {
            Phase::Headers | Phase::Body => &HEADS[..],
            _ => &HEADS[..1],
        };
        for head in heads {
            let mut cells = JoinSet::new();
            for flow in Flow::ALL {
                if flow == Flow::Follow && (phase, *head) == (Phase::Body, "200") {
                    // A log is followed as long as it is one.
                    continue;
                }
                let harness = client(address, phase, head, flow.which()).build().unwrap();
                cells.spawn(async move {
                    let begun = Instant::now();
                    let outcome = timeout(2 * flow.limit(), flow.run(&harness)).await;
                    (flow, outcome.expect("an end"), begun.elapsed())
                });
            }
            count += cells.len();
            for (flow, outcome, took) in cells.join_all().await {
                let is_right = match &outcome {
                    Ok(_) => is_fine(flow, phase, head),
                    Err(error) => is_told(error, flow, phase, head),
                };
                if !is_right || took > flow.limit() + LATE {
                    wrong.push(format!(
                        "{flow:?} {phase:?} {head}: {outcome:?} after {took:?}"
                    ));
                }
            }
        }
    }
    assert_eq!(count, 14 * (3 + 7 + 7) - 1);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns whether a call may succeed.
fn is_fine(flow: Flow, phase: Phase, head: &str) -> bool {
    let is_found = match flow {
        // A hand-written call accepts a page.
        Flow::Stream => head == "200" || head == "page",
        Flow::Download => head == "200",
        // A missing log is empty, and the log of a missing stream is in another place.
        Flow::Blob | Flow::Follow => head == "404",
        _ => false,
    };
    phase == Phase::Body && is_found
}

/// Checks that an error describes the failure, and contains no secret.
fn is_told(error: &Error, flow: Flow, phase: Phase, head: &str) -> bool {
    let text = format!("{error} {error:?}");
    if text.contains("s1gned") || text.contains("c4n4ry") {
        return false;
    }
    let is_over = match error.wait_failure() {
        Some(WaitFailure::DeadlinePassed { after }) => *after == OWN,
        _ => error.is_timeout(),
    };
    if phase != Phase::Body || head == "200" {
        return is_over;
    }
    match head {
        // A page instead of a stream is noticed by its head, and instead of anything else by its body.
        "page" => match flow {
            Flow::Download | Flow::ArchiveFile | Flow::Follow => error.kind() == ErrorKind::Decode,
            _ => is_over,
        },
        // It is retried while time is left.
        "503" => is_over || error.status().is_some_and(|status| status == 503),
        // A wait polls again, because the run may exist soon.
        "404" | "500" if matches!(flow, Flow::Wait | Flow::ArchivePacking) => is_over,
        // Links are followed, here to an address without a server.
        "302" | "307" if flow == Flow::ArchiveFile => error.kind() == ErrorKind::Transport,
        _ => error.status().is_some_and(|status| status.as_str() == head),
    }
}

/// Fills the queue of a socket that accepts nothing, so that further connections cannot be made.
async fn full() -> (SocketAddr, Vec<Box<dyn Send>>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = socket.local_addr().unwrap();
    let mut held: Vec<Box<dyn Send>> = vec![Box::new(socket.listen(1).unwrap())];
    for _ in 0..4 {
        let mut connection = Box::pin(TcpStream::connect(address));
        // It is made at once or not at all.
        let made = std::future::poll_fn(|context| Poll::Ready(connection.as_mut().poll(context)));
        drop(made.await);
        held.push(Box::new(connection));
    }
    (address, held)
}

#[tokio::test]
async fn a_connection_that_is_not_made_ends_every_call_within_its_limit() {
    let (full, _held) = full().await;
    let trickling = start().await;
    let _clock = Clock::start(STEP);
    let client = |way: &str| {
        let builder = Harness::builder()
            .api_key("sat.AcmeAccount.6650f0.c4n4ry-key")
            .attempt_timeout(ATTEMPT)
            .total_timeout(TOTAL);
        match way {
            "handshake" => builder.endpoint(format!("http://{full}")),
            "TLS" => builder.endpoint(format!("https://{trickling}")),
            _ => builder
                .endpoint("https://harness.acme.example")
                .proxy(format!("http://{trickling}")),
        }
    };
    let mut ways = Vec::new();
    if cfg!(target_os = "linux") {
        // On other systems, a full queue may refuse connections.
        ways.push("handshake");
    }
    if cfg!(any(feature = "rustls", feature = "native-tls")) {
        ways.extend(["TLS", "tunnel"]);
    }
    for way in ways {
        for quick in [false, true] {
            let mut cells = JoinSet::new();
            for flow in Flow::ALL {
                let mut builder = client(way);
                if quick {
                    let second = Duration::from_secs(1);
                    builder = builder.connect_timeout(second).retry(RetryPolicy::never());
                }
                let harness = builder.build().unwrap();
                cells.spawn(async move {
                    let begun = Instant::now();
                    let outcome = timeout(2 * flow.limit(), flow.run(&harness)).await;
                    (flow, outcome.expect("an end"), begun.elapsed())
                });
            }
            for (flow, outcome, took) in cells.join_all().await {
                let error = outcome.expect_err("a failure");
                let cell = format!("{flow:?} without {way} after {took:?}: {error:?}");
                assert!(took <= flow.limit() + LATE, "{cell}");
                let is_waited_for = error.kind() == ErrorKind::Wait;
                assert!(error.is_timeout() || is_waited_for, "{cell}");
                assert_eq!(
                    error.is_certainly_not_sent(),
                    quick && !is_waited_for,
                    "{cell}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_event_without_an_end_is_as_good_as_a_stream_that_breaks_off() {
    let _clock = Clock::start(Duration::from_secs(15));
    let address = start().await;
    let harness = client(address, Phase::Body, "200-30", "stream")
        .build()
        .unwrap();
    let begun = Instant::now();
    let outcome = timeout(Duration::from_secs(2 * 3600), Flow::Follow.run(&harness)).await;
    let error = outcome.expect("an end").expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
    // Six streams of at most ten minutes and a byte, and the pauses between them.
    assert!(begun.elapsed() < Duration::from_secs(6 * 660 + 30));
}

#[tokio::test]
async fn the_body_of_a_failure_is_read_for_a_while_where_nobody_set_a_limit() {
    let _clock = Clock::start(STEP);
    let address = start().await;
    for head in ["302", "404", "500", "503"] {
        for is_stream in [false, true] {
            let client = Client::new(format!("http://{address}/Body/{head}/all")).unwrap();
            let request = client.request("GET", "/v1/widgets");
            let begun = Instant::now();
            let call = async {
                if is_stream {
                    request.bytes().await.map(drop)
                } else {
                    request.text().await.map(drop)
                }
            };
            let outcome = timeout(Duration::from_secs(60), call).await;
            let error = outcome.expect("an end").unwrap_err();
            assert!(begun.elapsed() <= Duration::from_secs(30) + LATE);
            assert_eq!(error.status().unwrap().as_str(), head);
            assert!(error.is_truncated() && error.body().len() > 50, "{error:?}");
        }
    }
}
