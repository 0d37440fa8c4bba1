//! Bodies of requests that are read while they are sent: files and streams.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

/// How much of a file is read at once. A file that is not larger is sent from memory.
const CHUNK: usize = 64 << 10;

/// How far a body has been read. The HTTP stack owns the body, and the call looks at this.
#[derive(Debug, Default)]
pub(crate) struct ReadState {
    begun: AtomicBool,
    failed: AtomicBool,
}

impl ReadState {
    /// The state of a body that cannot be observed: it may have been read at any time.
    pub(crate) fn unknown() -> Arc<Self> {
        let state = Self::default();
        state.begin();
        Arc::new(state)
    }

    /// Returns whether bytes of the body, and with them the head of the request, may have left.
    pub(crate) fn may_have_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Returns whether the body ended with an error.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    fn begin(&self) {
        self.begun.store(true, Ordering::Release);
    }

    fn note<T, E>(&self, item: &Result<T, E>) {
        if item.is_err() {
            self.failed.store(true, Ordering::Release);
        }
    }
}

/// A stream of the caller's, with its state.
pub(crate) struct Observed<S> {
    stream: Pin<Box<S>>,
    state: Arc<ReadState>,
}

impl<S> Observed<S> {
    pub(crate) fn new(stream: S) -> (Self, Arc<ReadState>) {
        let state = Arc::new(ReadState::default());
        let observed = Self {
            stream: Box::pin(stream),
            state: Arc::clone(&state),
        };
        (observed, state)
    }
}

impl<T, E, S: Stream<Item = Result<T, E>>> Stream for Observed<S> {
    type Item = Result<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.state.begin();
        let item = ready!(self.stream.as_mut().poll_next(context));
        if let Some(item) = &item {
            self.state.note(item);
        }
        Poll::Ready(item)
    }
}

/// A file that was opened to be sent.
pub(crate) enum Opened {
    /// All of it, in memory.
    Whole(Bytes),
    /// The file, and how long it is where the system says so.
    Stream(FileStream, Option<u64>),
}

/// Opens a file and reads its beginning, in one task, away from the threads that run futures.
///
/// A length of 0 is no length: the system states it for files that it makes when they are read, as those in `/proc`.
pub(crate) async fn open(path: PathBuf) -> io::Result<Opened> {
    let opened = tokio::task::spawn_blocking(move || {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut first = Vec::new();
        let beginning = CHUNK as u64 + 1;
        (&mut file).take(beginning).read_to_end(&mut first)?;
        if first.len() <= CHUNK {
            return Ok(Opened::Whole(first.into()));
        }
        let length = Some(metadata.len()).filter(|length| metadata.is_file() && *length > 0);
        let stream = FileStream::new(file, first.into(), length)?;
        Ok(Opened::Stream(stream, length))
    });
    opened.await.unwrap_or_else(|lost| Err(lost.into()))
}

/// A file as it is read, exactly as long as it was when it was opened.
///
/// A file that grows or shrinks meanwhile is an error: what was announced does not fit what is there. The last chunk is held
/// back until the end of the file was seen, so that the server never has a complete body of such a file.
pub(crate) struct FileStream {
    file: tokio::fs::File,
    length: Option<u64>,
    /// How much of the length is not yet read.
    left: Option<u64>,
    /// What was read and not yet given.
    held: Option<Bytes>,
    /// Room for what is read next.
    buffer: Vec<u8>,
    ended: bool,
    state: Arc<ReadState>,
}

impl FileStream {
    fn new(file: File, first: Bytes, length: Option<u64>) -> io::Result<Self> {
        let mut stream = Self {
            file: file.into(),
            length,
            left: length,
            held: None,
            buffer: Vec::new(),
            ended: false,
            state: Arc::default(),
        };
        stream.count(first.len())?;
        stream.held = Some(first);
        Ok(stream)
    }

    pub(crate) fn state(&self) -> Arc<ReadState> {
        Arc::clone(&self.state)
    }

    /// Counts what was read; nothing is the end of the file.
    fn count(&mut self, read: usize) -> io::Result<()> {
        self.ended = read == 0;
        let (Some(left), Some(length)) = (self.left, self.length) else {
            return Ok(());
        };
        match left.checked_sub(read as u64) {
            Some(left) if left > 0 && self.ended => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file shrank from {length} bytes by {left} while it was sent"),
            )),
            Some(left) => {
                self.left = Some(left);
                Ok(())
            }
            None => Err(io::Error::other(format!(
                "the file grew beyond {length} bytes while it was sent"
            ))),
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        self.buffer.resize(CHUNK, 0);
        let mut buffer = ReadBuf::new(&mut self.buffer);
        ready!(Pin::new(&mut self.file).poll_read(context, &mut buffer))?;
        let read = buffer.filled().len();
        self.buffer.truncate(read);
        self.count(read)?;
        Poll::Ready(Ok(std::mem::take(&mut self.buffer).into()))
    }
}

impl Stream for FileStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.state.begin();
        if this.ended {
            return Poll::Ready(this.held.take().map(Ok));
        }
        let read = ready!(this.poll_read(context));
        this.state.note(&read);
        // After an error nothing follows, nor what was held back.
        this.ended |= read.is_err();
        let given = match read {
            Ok(read) if this.ended => {
                debug_assert!(read.is_empty());
                this.held.take()
            }
            Ok(read) => this.held.replace(read),
            Err(error) => {
                this.held = None;
                return Poll::Ready(Some(Err(error)));
            }
        };
        Poll::Ready(given.map(Ok))
    }
}
