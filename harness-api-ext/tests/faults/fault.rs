//! What goes wrong, and when.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harness_api_ext::mock::Reply;
use harness_api_ext::raw::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
use tokio::net::TcpSocket;

/// What the server asks to wait.
pub(crate) const ASKED: Duration = Duration::from_secs(3);
/// How large the buffered answers of the client may be.
pub(crate) const CAP: u64 = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is reset before the answer.
    Reset,
    /// It is closed in good order before the answer.
    Close,
    /// There is no connection.
    Refused,
    /// It is closed after half of the body.
    Half,
    /// The body comes byte by byte.
    Slow,
    /// The head of the answer comes, and then nothing.
    Stall,
    /// Nothing comes.
    Silence,
    /// The content type is another than the body has.
    Type,
    /// A page in place of the answer, with status 200.
    Html,
    /// Bytes that are no text.
    Utf8,
    /// More than the client accepts.
    Huge,
    /// Too many requests, and how long to wait.
    Wait429,
    /// Too many requests.
    Plain429,
    /// A failure that the service wrote.
    Own500,
    /// A page of whatever stands before the service.
    Page503,
    /// Status 200 and nothing.
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

    /// What comes in place of what would.
    pub(crate) fn spoil(self, good: Reply) -> Reply {
        const HOUR: Duration = Duration::from_secs(3600);
        match self {
            Self::Reset => Reply::reset(),
            Self::Close => Reply::disconnect(),
            // The request does not come so far.
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

/// Which requests of an operation meet the fault.
#[derive(Debug)]
pub(crate) struct Turns {
    /// How many go well before.
    before: usize,
    /// How many meet it.
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

    /// Counts a request, and tells whether it meets the fault.
    pub(crate) fn next_is_faulty(&self) -> bool {
        let number = self.seen.fetch_add(1, Ordering::SeqCst);
        number >= self.before && number - self.before < self.faulty.load(Ordering::SeqCst)
    }

    /// All is well from now on.
    pub(crate) fn heal(&self) {
        self.faulty.store(0, Ordering::SeqCst);
    }
}

/// A port at which nobody listens, held so that nobody else gets it.
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

/// Leads requests whose turn it is to the port at which nobody listens.
pub(crate) struct Detour {
    pub(crate) to: SocketAddr,
    /// Where the path of those that are meant ends.
    pub(crate) of: &'static str,
    pub(crate) turns: Arc<Turns>,
    /// How many were led there.
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
