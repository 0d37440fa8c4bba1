//! A layer below all others that simulates the server: it needs no socket, so the clock can be paused.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness_api_ext::raw::reqwest::StatusCode;
use harness_api_ext::raw::reqwest::header::{HeaderMap, HeaderName};
use harness_api_ext::raw::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::time::{Instant, sleep};

/// Outcome of one attempt.
#[derive(Clone, Debug)]
pub enum Play {
    /// Response with a status, headers and a JSON body.
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    /// Failure of this kind, and whether certainly nothing was sent.
    Fail(ErrorKind, bool),
    /// No response, ever.
    Hang,
    /// The same after a time.
    After(Duration, Box<Play>),
}

impl Play {
    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), "{}")
    }

    pub fn refused() -> Self {
        Self::Fail(ErrorKind::Connect, true)
    }

    pub fn lost() -> Self {
        Self::Fail(ErrorKind::Transport, false)
    }

    pub fn with(status: u16, name: &'static str, value: impl ToString) -> Self {
        Self::Answer(status, vec![(name, value.to_string())], "{}")
    }
}

/// Received attempt.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Instant,
    pub request_id: String,
}

#[derive(Default)]
struct Inner {
    plays: Mutex<VecDeque<Play>>,
    seen: Mutex<Vec<Seen>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// Plays a sequence of outcomes, and responds with 200 after that.
#[derive(Clone, Default)]
pub struct Stage(Arc<Inner>);

impl Stage {
    pub fn playing(plays: impl IntoIterator<Item = Play>) -> Self {
        let stage = Self::default();
        stage.then(plays);
        stage
    }

    pub fn then(&self, plays: impl IntoIterator<Item = Play>) {
        self.0.plays.lock().expect("no panic").extend(plays);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.0.seen.lock().expect("no panic").clone()
    }

    pub fn attempts(&self) -> usize {
        self.seen().len()
    }

    /// Returns the maximum number of concurrent attempts.
    pub fn most_at_once(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    /// Returns the times between attempts.
    pub fn pauses(&self) -> Vec<Duration> {
        self.seen()
            .windows(2)
            .map(|pair| pair[1].at - pair[0].at)
            .collect()
    }
}

impl Layer for Stage {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let id = request.request().headers().get("x-requestid");
            self.0.seen.lock().expect("no panic").push(Seen {
                at: Instant::now(),
                request_id: id
                    .and_then(|id| id.to_str().ok())
                    .unwrap_or_default()
                    .to_owned(),
            });
            let count = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.0.most.fetch_max(count, Ordering::SeqCst);
            let _here = Here(&self.0.now);
            let play = self.0.plays.lock().expect("no panic").pop_front();
            perform(play.unwrap_or(Play::status(200))).await
        })
    }
}

/// Counts a running attempt until it is dropped.
struct Here<'a>(&'a AtomicUsize);

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn perform(mut play: Play) -> Result<Incoming, Error> {
    loop {
        match play {
            Play::Answer(status, headers, body) => {
                let mut map = HeaderMap::new();
                map.insert("content-type", "application/json".parse().expect("valid"));
                for (name, value) in headers {
                    map.insert(
                        HeaderName::from_static(name),
                        value.parse().expect("a valid header"),
                    );
                }
                let status = StatusCode::from_u16(status).expect("a status");
                return Ok(Incoming::new(status, map, body));
            }
            Play::Fail(kind, not_sent) => {
                return Err(Error::new(kind, "played").with_certainly_not_sent(not_sent));
            }
            Play::Hang => return std::future::pending().await,
            Play::After(time, next) => {
                sleep(time).await;
                play = *next;
            }
        }
    }
}
