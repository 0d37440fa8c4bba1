//! Bodies of requests: bytes, streams, files, and the parts of a form.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Error;
use crate::upload::{self, Observed, Opened, ReadState};

/// The body of a request.
///
/// Bytes and files can be sent again by a layer that repeats a call; a stream can be sent once.
pub struct RequestBody(pub(crate) Source);

/// Where the bytes come from. A file is only opened when the request goes out.
pub(crate) enum Source {
    Bytes(Bytes),
    File(PathBuf),
    Stream(reqwest::Body, Arc<ReadState>),
}

impl RequestBody {
    /// Returns a body that is read from a file, piece by piece while it is sent.
    ///
    /// Its length is announced where it is known: for a regular file, and for whatever ends within 64 KiB. Other files, such
    /// as a pipe or a large file in `/proc`, are sent in chunks. A file that cannot be opened is an error of kind
    /// [`Build`](crate::ErrorKind::Build) when the call is sent. One that grows or shrinks while it is sent is an error of
    /// kind [`Transport`](crate::ErrorKind::Transport), and the server does not get a complete body.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(path.into()))
    }

    /// A stream of pieces; its length is not announced, and the call cannot be repeated.
    pub fn from_stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
        Bytes: From<B>,
    {
        let (stream, state) = Observed::new(stream);
        Self(Source::Stream(reqwest::Body::wrap_stream(stream), state))
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        Self(Source::Bytes(bytes))
    }
}

impl From<Vec<u8>> for RequestBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }
}

impl From<String> for RequestBody {
    fn from(text: String) -> Self {
        Self(Source::Bytes(text.into()))
    }
}

impl From<&'static [u8]> for RequestBody {
    fn from(bytes: &'static [u8]) -> Self {
        Self(Source::Bytes(Bytes::from_static(bytes)))
    }
}

impl From<&'static str> for RequestBody {
    fn from(text: &'static str) -> Self {
        Self(Source::Bytes(Bytes::from_static(text.as_bytes())))
    }
}

/// Any body the HTTP stack can send: the way in for bodies of another kind.
impl From<reqwest::Body> for RequestBody {
    fn from(body: reqwest::Body) -> Self {
        match body.as_bytes() {
            Some(bytes) => Self(Source::Bytes(Bytes::copy_from_slice(bytes))),
            None => Self(Source::Stream(body, ReadState::unknown())),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(_) => f.write_str("a file"),
            Self::Stream(..) => f.write_str("a stream"),
        }
    }
}

impl Source {
    /// The same source again, unless it is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        match self {
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::File(path) => Some(Self::File(path.clone())),
            Self::Stream(..) => None,
        }
    }

    /// Opens the source: returns what the HTTP stack sends, and its length where that is known. What is read while it is
    /// sent adds its state.
    pub(crate) async fn open(
        self,
        states: &mut Vec<Arc<ReadState>>,
    ) -> Result<(reqwest::Body, Option<u64>), Error> {
        let opened = match self {
            Self::Bytes(bytes) => Opened::Whole(bytes),
            Self::Stream(body, state) => {
                states.push(state);
                return Ok((body, None));
            }
            Self::File(path) => upload::open(path).await.map_err(unreadable)?,
        };
        match opened {
            Opened::Whole(bytes) => {
                let length = bytes.len() as u64;
                Ok((bytes.into(), Some(length)))
            }
            Opened::Stream(stream, length) => {
                states.push(stream.state());
                Ok((reqwest::Body::wrap_stream(stream), length))
            }
        }
    }
}

fn unreadable(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::IsADirectory {
        return Error::build("the file to be sent is a directory");
    }
    let message = format!("the file to be sent cannot be read: {}", error.kind());
    Error::build(message).with_source(error)
}

/// A file in a multipart body.
///
/// ```
/// use harness_api::FilePart;
///
/// let from_memory = FilePart::bytes("notes.txt", "two lines\nof text").mime("text/plain");
/// let from_disk = FilePart::path("/tmp/large.tar.gz").named("backup.tar.gz");
/// # let _ = (from_memory, from_disk);
/// ```
#[derive(Debug)]
pub struct FilePart {
    pub(crate) source: Source,
    pub(crate) name: String,
    pub(crate) mime: String,
}

impl FilePart {
    /// The same part again, unless it is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        Some(Self {
            source: self.source.again()?,
            name: self.name.clone(),
            mime: self.mime.clone(),
        })
    }

    /// A file from memory, with the name under which the server sees it.
    pub fn bytes(name: impl Into<String>, data: impl Into<RequestBody>) -> Self {
        Self {
            source: data.into().0,
            name: name.into(),
            mime: "application/octet-stream".to_owned(),
        }
    }

    /// Returns a part that is read from a file when the request goes out, as by [`RequestBody::from_file`]. Its name is the
    /// last component of the path.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map_or_else(
            || "file".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        Self {
            source: Source::File(path),
            name,
            mime: "application/octet-stream".to_owned(),
        }
    }

    /// The media type of the file; `application/octet-stream` when it is not set.
    #[must_use]
    pub fn mime(mut self, mime: impl Into<String>) -> Self {
        self.mime = mime.into();
        self
    }

    /// The name under which the server sees the file.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}
