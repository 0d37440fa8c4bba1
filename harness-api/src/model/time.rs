//! Points in time as the platform writes them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, or text that is none.
///
/// Services write RFC 3339 text, or milliseconds since 1970 as a number or as decimal text; all of these
/// become [`Time::At`] and are written as RFC 3339. Anything else is kept as it came.
///
/// ```
/// use harness_api::model::Time;
///
/// let time: Time = "2026-11-20T10:11:12Z".parse().unwrap();
/// assert_eq!(time.at().unwrap().as_millisecond(), 1_795_169_472_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Time {
    /// A point in time.
    At(Timestamp),
    /// Text that does not name a point in time.
    Other(String),
}

impl Time {
    /// The point in time, if it is one.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::At(timestamp) => Some(*timestamp),
            Self::Other(_) => None,
        }
    }

    /// The time that lies so many milliseconds after 1970 began; `None` when out of range.
    pub fn from_epoch_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(Self::At)
    }

    pub(super) fn read(text: &str) -> Self {
        if let Ok(timestamp) = text.parse() {
            return Self::At(timestamp);
        }
        text.parse()
            .ok()
            .and_then(Self::from_epoch_millis)
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl Default for Time {
    fn default() -> Self {
        Self::At(Timestamp::UNIX_EPOCH)
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self::At(timestamp)
    }
}

impl std::str::FromStr for Time {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::read(text))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(timestamp) => timestamp.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

// For an answer or a body that is a time, or a list or map of times, and no member of an object.
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::read(from)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        super::write(self, to)
    }
}
