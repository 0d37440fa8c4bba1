//! Simulated faults, and their times.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harness_api_ext::mock::Reply;
use harness_api_ext::raw::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
use tokio::net::TcpSocket;

/// Wait that the server asks for.
pub(crate) const ASKED: Duration = Duration::from_secs(3);
/// Maximum size of buffered responses of the client.
pub(crate) const CAP: u64 = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is reset before the response.
    Reset,
    /// The connection is closed before the response.
    Close,
    /// The connection is refused.
    Refused,
    /// The connection is closed after half of the body.
    Half,
    /// The body is sent byte by byte.
    Slow,
    /// The head of the response is sent, and then nothing.
    Stall,
    /// Nothing is sent.
    Silence,
    /// The content type does not match the body.
    Type,
    /// An HTML page with status 200 instead of the response.
    Html,
    /// Bytes that are not UTF-8.
    Utf8,
    /// More than the client accepts.
    Huge,
    /// Status 429 with a wait.
    Wait429,
    /// Status 429.
    Plain429,
    /// A failure in the format of the service.
    Own500,
    /// An HTML page of a proxy.
    Page503,
    /// Status 200 without a body.
    Empty,
}

impl Fault {
    pub(crate) const ALL: [Self; 16] = [
        Self::Reset,
        Self::Close,
        Self::Refused,
        Self::Half,
        Self::Slow,
        Self::Stall,
        Self::Silence,
        Self::Type,
        Self::Html,
        Self::Utf8,
        Self::Huge,
        Self::Wait429,
        Self::Plain429,
        Self::Own500,
        Self::Page503,
        Self::Empty,
    ];

    /// Returns what is sent instead of a good response.
    pub(crate) fn spoil(self, good: Reply) -> Reply {
        const HOUR: Duration = Duration::from_secs(3600);
        match self {
            Self::Reset => Reply::reset(),
            Self::Close => Reply::disconnect(),
            // The request does not reach the server.
            Self::Refused => good,
            Self::Half => good.cut_short(),
            Self::Slow => good.slow(Duration::from_millis(1)),
            Self::Stall => good.slow(HOUR * 24),
            Self::Silence => good.delay(HOUR * 24),
            Self::Type => good.content_type("application/pdf"),
            Self::Html => Reply::html(200),
            Self::Utf8 => Reply::invalid_utf8(),
            Self::Huge => Reply::huge(5 << 20),
            Self::Wait429 => Reply::error(429, "slow down").header("Retry-After", ASKED.as_secs()),
            Self::Plain429 => Reply::error(429, "slow down"),
            Self::Own500 => Reply::error(500, "no such thing, or a fault"),
            Self::Page503 => Reply::status(503),
            Self::Empty => Reply::status(200),
        }
    }
}

/// Selects the requests of an operation that meet the fault.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Number of good requests before it.
    before: usize,
    /// Number of faulty requests.
    faulty: AtomicUsize,
    seen: AtomicUsize,
}

impl Turns {
    pub(crate) fn new(before: usize, faulty: usize) -> Arc<Self> {
        Arc::new(Self {
            before,
            faulty: AtomicUsize::new(faulty),
            seen: AtomicUsize::new(0),
        })
    }

    /// Counts a request, and returns whether it meets the fault.
    pub(crate) fn next_is_faulty(&self) -> bool {
        let number = self.seen.fetch_add(1, Ordering::SeqCst);
        number >= self.before && number - self.before < self.faulty.load(Ordering::SeqCst)
    }

    /// Disables the fault.
    pub(crate) fn heal(&self) {
        self.faulty.store(0, Ordering::SeqCst);
    }
}

/// Port without a listener, reserved so that no other process gets it.
pub(crate) struct DeadPort {
    _held: TcpSocket,
    address: SocketAddr,
}

impl DeadPort {
    pub(crate) fn open() -> std::io::Result<Self> {
        let held = TcpSocket::new_v4()?;
        held.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = held.local_addr()?;
        Ok(Self {
            _held: held,
            address,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Redirects some requests to the port without a listener.
pub(crate) struct Detour {
    pub(crate) to: SocketAddr,
    /// End of the paths to redirect.
    pub(crate) of: &'static str,
    pub(crate) turns: Arc<Turns>,
    /// Number of redirected requests.
    pub(crate) count: Arc<AtomicUsize>,
}

impl Layer for Detour {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let url = request.request_mut().url_mut();
        if url.path().ends_with(self.of) && self.turns.next_is_faulty() {
            self.count.fetch_add(1, Ordering::SeqCst);
            url.set_port(Some(self.to.port()))
                .expect("a URL with a host");
        }
        next.run(request)
    }
}
