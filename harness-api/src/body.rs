//! Bodies of requests: bytes, streams, files, and the parts of a form.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Error;

/// The body of a request.
///
/// Bytes and files can be sent again by a layer that repeats a call; a stream can be sent once.
pub struct RequestBody(pub(crate) Source);

/// Where the bytes come from. A file is only opened when the request goes out.
pub(crate) enum Source {
    Bytes(Bytes),
    File(PathBuf),
    Stream(reqwest::Body),
}

impl RequestBody {
    /// A file, read from disk piece by piece while it is sent; its length is announced.
    ///
    /// A file that cannot be opened is an error of kind [`Build`](crate::ErrorKind::Build) when the call is sent.
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
        Self(Source::Stream(reqwest::Body::wrap_stream(stream)))
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
            None => Self(Source::Stream(body)),
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
            Self::Stream(_) => f.write_str("a stream"),
        }
    }
}

impl Source {
    /// The same source again, unless it is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        match self {
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::File(path) => Some(Self::File(path.clone())),
            Self::Stream(_) => None,
        }
    }

    /// What the HTTP stack sends, and how long it is where that is known.
    pub(crate) async fn open(self) -> Result<(reqwest::Body, Option<u64>), Error> {
        match self {
            Self::Bytes(bytes) => {
                let length = bytes.len() as u64;
                Ok((bytes.into(), Some(length)))
            }
            Self::Stream(body) => Ok((body, None)),
            Self::File(path) => {
                let fault = |error: io::Error| {
                    Error::build(format!(
                        "the file to be sent cannot be read: {}",
                        error.kind()
                    ))
                    .with_source(error)
                };
                let (file, about) = open(path).await.map_err(fault)?;
                if about.is_dir() {
                    return Err(Error::build("the file to be sent is a directory"));
                }
                Ok((file.into(), about.is_file().then_some(about.len())))
            }
        }
    }
}

/// Opens a file and asks what it is, in one task, away from the threads that answer.
async fn open(path: PathBuf) -> io::Result<(tokio::fs::File, Metadata)> {
    let opened = tokio::task::spawn_blocking(move || -> io::Result<_> {
        let file = std::fs::File::open(path)?;
        let about = file.metadata()?;
        Ok((file, about))
    });
    let (file, about) = opened.await.unwrap_or_else(|lost| Err(lost.into()))?;
    Ok((file.into(), about))
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

    /// A file on disk, opened and read piece by piece when the request goes out; the server sees the last part of its path.
    ///
    /// A file that cannot be opened is an error of kind [`Build`](crate::ErrorKind::Build) when the call is sent.
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
