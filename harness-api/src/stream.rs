//! Bodies of answers, piece by piece.

use std::fmt;
use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::io::AsyncWrite;
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use crate::error::{Error, ErrorKind, Target};

/// The body of an answer as it arrives: nothing is held back and there is no limit.
///
/// It is a [`Stream`] of pieces; [`chunk`](Self::chunk) reads it without a stream library.
///
/// ```no_run
/// # async fn run(client: harness_api::Client) -> Result<(), harness_api::Error> {
/// let mut body = client.request("GET", "/v1/some/export").bytes().await?.into_inner();
/// while let Some(piece) = body.chunk().await? {
///     println!("{} bytes", piece.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct ByteStream {
    flow: Flow,
    content_type: Option<HeaderValue>,
    content_length: Option<u64>,
    target: Option<Target>,
    silence: Option<Silence>,
}

/// How long nothing may arrive.
struct Silence {
    limit: Duration,
    /// Runs while something is waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    /// The limit, when it is over; seen from a moment when there is nothing.
    fn over(&mut self, context: &mut Context<'_>) -> Option<Duration> {
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(context).is_ready().then_some(limit)
    }
}

enum Flow {
    Live(Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>),
    /// The rest of what was read; whether there was more, which was given up.
    Ready(Bytes, bool),
    Done,
}

/// How the reading of a body ended.
pub(crate) enum End {
    Whole,
    Limit,
    Failed(Error),
}

/// The body of an answer to a request of your own.
impl From<reqwest::Response> for ByteStream {
    fn from(mut response: reqwest::Response) -> Self {
        let headers = std::mem::take(response.headers_mut());
        Self::live(response, &headers)
    }
}

impl ByteStream {
    pub(crate) fn live(response: reqwest::Response, headers: &HeaderMap) -> Self {
        Self::of(Flow::Live(Box::pin(response.bytes_stream())), headers)
    }

    pub(crate) fn ready(bytes: Bytes, cut: bool, headers: &HeaderMap) -> Self {
        Self::of(Flow::Ready(bytes, cut), headers)
    }

    fn of(flow: Flow, headers: &HeaderMap) -> Self {
        let length = headers.get(CONTENT_LENGTH);
        Self {
            flow,
            content_type: headers.get(CONTENT_TYPE).cloned(),
            content_length: length.and_then(|length| length.to_str().ok()?.parse().ok()),
            target: None,
            silence: None,
        }
    }

    pub(crate) fn limit_silence(&mut self, limit: Duration) {
        self.silence = Some(Silence { limit, timer: None });
    }

    pub(crate) fn aimed(mut self, target: &Target) -> Self {
        self.target = Some(target.clone());
        self
    }

    /// The media type which the server declared.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_ref()?.to_str().ok()
    }

    /// The length of the whole body, where the server announced it.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Transport`](ErrorKind::Transport) when the connection fails before the end, and [`Timeout`](ErrorKind::Timeout)
    /// when the time for the call or for the next piece ran out. After an error the stream has ended.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// The rest of the body, at most `limit` bytes of it.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and [`BodyTooLarge`](ErrorKind::BodyTooLarge) when there is more.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, Error> {
        match self.read(limit, None).await {
            (bytes, End::Whole) => Ok(bytes),
            (_, End::Limit) => {
                let message = format!("the body is larger than {limit} bytes");
                Err(self.named(Error::new(ErrorKind::BodyTooLarge, message)))
            }
            (_, End::Failed(error)) => Err(error),
        }
    }

    /// Writes the rest of the body to a file, which is made or replaced, and gives the number of bytes.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); a file that cannot be written is a [`Transport`](ErrorKind::Transport) error with the
    /// cause as its source. What was written until then stays.
    pub async fn write_to(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let fault = |error: std::io::Error| {
            Error::new(
                ErrorKind::Transport,
                format!("the file cannot be written: {}", error.kind()),
            )
            .with_source(error)
        };
        let mut file = tokio::fs::File::create(path).await.map_err(fault)?;
        let mut written = 0;
        while let Some(piece) = self.chunk().await? {
            let mut rest = &piece[..];
            while !rest.is_empty() {
                let count = poll_fn(|context| Pin::new(&mut file).poll_write(context, rest))
                    .await
                    .map_err(fault)?;
                if count == 0 {
                    return Err(fault(std::io::ErrorKind::WriteZero.into()));
                }
                rest = &rest[count..];
                written += count as u64;
            }
        }
        poll_fn(|context| Pin::new(&mut file).poll_flush(context))
            .await
            .map_err(fault)?;
        Ok(written)
    }

    /// The next piece, if it comes until this moment.
    async fn chunk_until(&mut self, until: Instant) -> Result<Option<Bytes>, Error> {
        match timeout_at(until, self.chunk()).await {
            Ok(chunk) => chunk,
            Err(_) => {
                self.flow = Flow::Done;
                let message = "the body did not arrive in time";
                Err(self.named(Error::new(ErrorKind::Timeout, message)))
            }
        }
    }

    /// The error with the call it belongs to.
    fn named(&self, error: Error) -> Error {
        match &self.target {
            Some(target) => error.with_target(target),
            None => error,
        }
    }

    /// Whether a layer gave up what follows here.
    fn is_at_cut(&self) -> bool {
        matches!(&self.flow, Flow::Ready(bytes, true) if bytes.is_empty())
    }

    /// What is left, where all of it is at hand and within the limit.
    pub(crate) fn at_hand(&self, limit: u64) -> Option<&Bytes> {
        match &self.flow {
            Flow::Ready(bytes, false) if bytes.len() as u64 <= limit => Some(bytes),
            _ => None,
        }
    }

    /// Reads to the end, to the limit, to a failure, or until a moment, and keeps what there was until then.
    pub(crate) async fn read(&mut self, limit: u64, until: Option<Instant>) -> (Bytes, End) {
        let mut first = Bytes::new();
        let mut rest = Vec::new();
        loop {
            if self.is_at_cut() {
                return (joined(first, rest), End::Limit);
            }
            let chunk = match until {
                Some(until) if matches!(self.flow, Flow::Live(_)) => self.chunk_until(until).await,
                // Nothing has to be waited for in what is at hand.
                _ => self.chunk().await,
            };
            let piece = match chunk {
                Ok(Some(piece)) => piece,
                Ok(None) => return (joined(first, rest), End::Whole),
                Err(error) => return (joined(first, rest), End::Failed(error)),
            };
            let room = limit.saturating_sub((first.len() + rest.len()) as u64);
            let over = piece.len() as u64 > room;
            let taken = if over {
                piece.slice(..usize::try_from(room).unwrap_or(usize::MAX))
            } else {
                piece
            };
            if first.is_empty() && rest.is_empty() {
                first = taken;
            } else {
                if rest.is_empty() {
                    rest = std::mem::take(&mut first).into();
                }
                make_room(&mut rest, taken.len(), self.content_length);
                rest.extend_from_slice(&taken);
            }
            if over {
                self.flow = Flow::Done;
                return (joined(first, rest), End::Limit);
            }
        }
    }
}

fn joined(first: Bytes, mut rest: Vec<u8>) -> Bytes {
    if rest.is_empty() {
        return first;
    }
    // What was reserved and not needed is given back where it is much.
    if rest.capacity() - rest.len() > rest.len() / 4 {
        rest.shrink_to_fit();
    }
    rest.into()
}

/// Doubles the room, but not beyond the announced length: a body is not kept in twice the memory that it needs. What is
/// announced is reserved only as it comes.
fn make_room(bytes: &mut Vec<u8>, more: usize, announced: Option<u64>) {
    let needed = bytes.len().saturating_add(more);
    if needed <= bytes.capacity() {
        return;
    }
    let doubled = bytes.capacity().saturating_mul(2).max(needed);
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    let room = match announced {
        Some(length) if length >= needed => doubled.min(length),
        _ => doubled,
    };
    bytes.reserve_exact(room - bytes.len());
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let item = match &mut this.flow {
            Flow::Live(stream) => match stream.as_mut().poll_next(context) {
                Poll::Pending => {
                    let silence = this.silence.as_mut();
                    let Some(limit) = silence.and_then(|silence| silence.over(context)) else {
                        return Poll::Pending;
                    };
                    this.flow = Flow::Done;
                    let message = format!("nothing came for {limit:?}");
                    Some(Err(this.named(Error::new(ErrorKind::Timeout, message))))
                }
                Poll::Ready(Some(Ok(piece))) => {
                    if let Some(silence) = &mut this.silence {
                        silence.timer = None;
                    }
                    Some(Ok(piece))
                }
                Poll::Ready(Some(Err(error))) => {
                    this.flow = Flow::Done;
                    Some(Err(this.named(
                        Error::from_http(error).with_certainly_not_sent(false),
                    )))
                }
                Poll::Ready(None) => {
                    this.flow = Flow::Done;
                    None
                }
            },
            Flow::Ready(bytes, _) if !bytes.is_empty() => Some(Ok(std::mem::take(bytes))),
            Flow::Ready(_, true) => {
                this.flow = Flow::Done;
                Some(Err(this.named(Error::new(
                    ErrorKind::BodyTooLarge,
                    "the rest of the body was given up by a layer",
                ))))
            }
            Flow::Ready(..) | Flow::Done => None,
        };
        Poll::Ready(item)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("content_type", &self.content_type())
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ready(bytes: &'static [u8], cut: bool) -> ByteStream {
        ByteStream::ready(Bytes::from_static(bytes), cut, &HeaderMap::new())
    }

    #[tokio::test]
    async fn silence_ends_a_stream_and_what_comes_in_time_does_not() {
        let limit = Duration::from_millis(200);
        let mut left = 3;
        let mut pause = Box::pin(sleep(limit / 2));
        // A piece now and then, and after the last nothing any more.
        let pieces = Pieces(move |context: &mut Context<'_>| {
            if left == 0 || pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            left -= 1;
            pause = Box::pin(sleep(limit / 2));
            Poll::Ready(Some(Ok(Bytes::from_static(b"a"))))
        });
        let mut stream = ByteStream::of(Flow::Live(Box::pin(pieces)), &HeaderMap::new());
        stream.limit_silence(limit);
        for _ in 0..3 {
            assert_eq!(stream.chunk().await.unwrap().unwrap(), "a");
        }
        let error = stream.chunk().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(stream.chunk().await.unwrap().is_none());
    }

    /// A stream of a function.
    struct Pieces<F>(F);

    impl<F> Stream for Pieces<F>
    where
        F: FnMut(&mut Context<'_>) -> Poll<Option<reqwest::Result<Bytes>>> + Unpin,
    {
        type Item = reqwest::Result<Bytes>;

        fn poll_next(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Self::Item>> {
            (self.0)(context)
        }
    }

    #[tokio::test]
    async fn reading_stops_at_the_limit() {
        assert_eq!(ready(b"abc", false).collect(3).await.unwrap(), "abc");
        assert_eq!(ready(b"", false).collect(0).await.unwrap(), "");
        assert_eq!(
            ready(b"abc", false).collect(2).await.unwrap_err().kind(),
            ErrorKind::BodyTooLarge
        );
        assert_eq!(
            ready(b"abc", true).collect(9).await.unwrap_err().kind(),
            ErrorKind::BodyTooLarge
        );
        let (bytes, end) = ready(b"abc", false).read(2, None).await;
        assert_eq!(bytes, "ab");
        assert!(matches!(end, End::Limit));
    }
}
