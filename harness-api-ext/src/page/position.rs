//! A position in a list, from which reading can resume.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::Error;

/// Position of the next item of a paged list: the parameters of its page, and the number of finished items of that
/// page.
///
/// It can be stored as text or with serde, and later be passed to [`Pager::start_at`](super::Pager::start_at) of the
/// same request. It contains the page size of its pager, and the data that show whether the list has changed since. Its
/// content is not part of the API; texts of earlier versions can be parsed.
///
/// ```
/// use harness_api_ext::page::Position;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kept = "2;3;150;50;17;420;9f86d081884c7d65;[]";
/// let position: Position = kept.parse()?;
/// assert_eq!(position.to_string(), kept);
/// assert_eq!(position.index(), 167);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Position {
    /// Number or offset of the page, as it is sent.
    pub(super) page: u64,
    /// Number of items on the pages before.
    pub(super) rows: u64,
    /// Requested page size.
    pub(super) size: Option<u32>,
    /// Number of finished items of the page.
    pub(super) skip: u64,
    /// Number of items of the list, as reported by the page before.
    pub(super) total: Option<u64>,
    /// Hash of the item before; see [`mark`].
    pub(super) mark: Option<u64>,
    /// Values of the tokens, null for a missing one; empty on the first page.
    pub(super) tokens: Vec<Value>,
}

impl Position {
    /// Returns the number of items before this position, as far as the server reported it: the index of the next item.
    pub fn index(&self) -> u64 {
        self.rows.saturating_add(self.skip)
    }

    /// Returns the position after this number of items of the page, the last of which is `row`.
    pub(super) fn behind(&self, skip: u64, row: Option<&[u8]>) -> Self {
        Self {
            skip,
            mark: row.map(mark).or(self.mark.filter(|_| skip == self.skip)),
            ..self.clone()
        }
    }
}

/// Returns a hash of a row: FNV-1a, which is the same in all versions and on all machines.
pub(super) fn mark(row: &[u8]) -> u64 {
    row.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const VERSION: &str = "2";
/// Format without total and mark.
const FIRST_VERSION: &str = "1";

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            page,
            rows,
            size,
            skip,
            total,
            mark,
            tokens,
        } = self;
        let size = size.unwrap_or(0);
        write!(f, "{VERSION};{page};{rows};{size};{skip};")?;
        if let Some(total) = total {
            write!(f, "{total}")?;
        }
        f.write_str(";")?;
        if let Some(mark) = mark {
            write!(f, "{mark:016x}")?;
        }
        f.write_str(";[")?;
        for (index, token) in tokens.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{token}")?;
        }
        f.write_str("]")
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or_else(|| Error::build("the text is not a valid position"))
    }
}

fn read(text: &str) -> Option<Position> {
    let (version, rest) = text.split_once(';')?;
    let fields = match version {
        VERSION => 7,
        FIRST_VERSION => 5,
        _ => return None,
    };
    let mut parts = rest.splitn(fields, ';');
    let mut number = || parts.next()?.parse::<u64>().ok();
    let (page, rows, size, skip) = (number()?, number()?, number()?, number()?);
    let (mut total, mut mark) = (None, None);
    if version == VERSION {
        total = match parts.next()? {
            "" => None,
            text => Some(text.parse().ok()?),
        };
        mark = match parts.next()? {
            "" => None,
            text => Some(u64::from_str_radix(text, 16).ok()?),
        };
    }
    Some(Position {
        page,
        rows,
        size: Some(u32::try_from(size).ok()?).filter(|size| *size > 0),
        skip,
        total,
        mark,
        tokens: serde_json::from_str(parts.next()?).ok()?,
    })
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_and_serde_keep_everything() {
        let position = Position {
            page: 3,
            rows: 150,
            size: None,
            skip: 17,
            total: Some(420),
            mark: Some(mark(b"{}")),
            tokens: vec![
                json!("a;\"b\"\n]"),
                Value::Null,
                json!(1_700_000_000_000_u64),
            ],
        };
        let text = position.to_string();
        assert_eq!(
            text,
            r#"2;3;150;0;17;420;08f44b07b5901a25;["a;\"b\"\n]",null,1700000000000]"#
        );
        assert_eq!(text.parse::<Position>().unwrap(), position);
        let kept = serde_json::to_string(&position).unwrap();
        assert_eq!(serde_json::from_str::<Position>(&kept).unwrap(), position);
        let start = Position::default();
        assert_eq!(start.to_string(), "2;0;0;0;0;;;[]");
        assert_eq!(start.to_string().parse::<Position>().unwrap(), start);
    }

    #[test]
    fn the_texts_of_the_first_version_are_understood() {
        let position: Position = r#"1;3;150;50;17;["a;b"]"#.parse().unwrap();
        let expected = Position {
            page: 3,
            rows: 150,
            size: Some(50),
            skip: 17,
            tokens: vec![json!("a;b")],
            ..Position::default()
        };
        assert_eq!(position, expected);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "1",
            "3;0;0;0;0;;;[]",
            "1;0;0;0;[]",
            "1;a;0;0;0;[]",
            "1;0;0;99999999999;0;[]",
            "1;0;0;0;0;{",
            "2;0;0;0;0;[]",
            "2;0;0;0;0;x;;[]",
            "2;0;0;0;0;;xyz;[]",
            "2;0;0;0;0;;",
        ] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
