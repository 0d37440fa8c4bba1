//! What a comparison of two descriptions consists of.

use serde::Serialize;

/// What a change means for who uses the crate, by the rules of semantic versioning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing changed.
    #[default]
    None,
    /// Nothing that a program can name changed.
    Patch,
    /// Programs compile as before, and can do more.
    Additive,
    /// Some program no longer compiles.
    Breaking,
}

impl Level {
    /// As a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

/// What happened to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is new.
    Added,
    /// It is another than before.
    Changed,
    /// It is called otherwise; it may be another, too.
    Renamed,
    /// It is deprecated; it may be another, too.
    Deprecated,
    /// It is gone.
    Removed,
}

impl What {
    /// As a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Deprecated => "deprecated",
            Self::Removed => "removed",
        }
    }
}

/// One thing that differs, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// What it means.
    pub level: Level,
    /// What differs.
    pub text: String,
}

/// A change of one module, operation or type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub what: What,
    /// As the description calls it.
    pub name: String,
    /// As it was called before, if that is otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The Rust items, of the newer side where it has them.
    pub rust: Vec<String>,
    /// Of a type that is not new: the methods that take or give it, at any depth.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
    /// The highest level of the details.
    pub level: Level,
    /// What differs.
    pub details: Vec<Detail>,
}

/// Details while they are gathered.
#[derive(Debug, Default)]
pub(super) struct Details(Vec<Detail>);

impl Details {
    pub(super) fn add(&mut self, level: Level, text: impl Into<String>) {
        self.0.push(Detail {
            level,
            text: text.into(),
        });
    }

    /// Adds what differs, if it does.
    pub(super) fn differs<T: PartialEq>(
        &mut self,
        level: Level,
        what: &str,
        (old, new): (T, T),
        show: impl Fn(T) -> String,
    ) {
        if old != new {
            let text = format!("{what}: was {}, is {}", show(old), show(new));
            self.add(level, text);
        }
    }

    /// The change, if there is any.
    pub(super) fn change(
        mut self,
        what: What,
        (was, name): (&str, &str),
        rust: Vec<String>,
    ) -> Option<Change> {
        self.0.sort_by_key(|detail| std::cmp::Reverse(detail.level));
        Some(Change {
            what,
            name: name.to_owned(),
            was: (was != name).then(|| was.to_owned()),
            rust,
            used_by: Vec::new(),
            level: self.0.first()?.level,
            details: self.0,
        })
    }
}

/// What a fix does otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixChange {
    /// The fix.
    pub name: String,
    /// What is otherwise.
    pub details: Vec<String>,
}

/// Changes of the description that no Rust item shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// Ids of operations.
    pub operations: Vec<String>,
    /// Names of schemas.
    pub schemas: Vec<String>,
    /// Whether anything beside paths and schemas differs.
    pub rest: bool,
}

/// The differences of two descriptions, by what the generator makes of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The older side, as it was asked for.
    pub old: String,
    /// The newer side.
    pub new: String,
    /// The highest level of all.
    pub level: Level,
    /// What stops generation from the newer side; what depends on it is missing from the changes.
    pub problems: Vec<String>,
    /// The same for the older side.
    pub old_problems: Vec<String>,
    /// Fixes that find or change something else than before.
    pub fixes: Vec<FixChange>,
    /// Modules.
    pub modules: Vec<Change>,
    /// Operations.
    pub operations: Vec<Change>,
    /// Types.
    pub schemas: Vec<Change>,
    /// The rest.
    pub silent: Silent,
}

impl Report {
    /// 0 for nothing or a patch, 1 for additions, 2 for breaking changes, 3 where generation stops.
    pub fn code(&self) -> u8 {
        match self.level {
            _ if !self.problems.is_empty() => 3,
            Level::None | Level::Patch => 0,
            Level::Additive => 1,
            Level::Breaking => 2,
        }
    }
}
