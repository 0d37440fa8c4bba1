//! What a comparison of two descriptions consists of.

use serde::Serialize;

use super::class::Class;
use crate::markdown::code;

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
    /// Returns it as a word.
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
    /// It differs from before.
    Changed,
    /// It has another name; it may have changed, too.
    Renamed,
    /// It is deprecated; it may have changed, too.
    Deprecated,
    /// It is gone.
    Removed,
}

/// One difference, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// What it means.
    pub level: Level,
    /// The class of differences that it belongs to.
    pub class: Class,
    /// What differs beside what the class says; may be empty.
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
    /// The modules that it is in, on the newer side where it is there.
    pub modules: Vec<String>,
    /// The Rust items, of the newer side where it has them.
    pub rust: Vec<String>,
    /// The Rust items of the older side.
    #[serde(skip)]
    pub rust_was: Vec<String>,
    /// Of a type, its keys on both sides.
    #[serde(skip)]
    pub keys: Vec<String>,
    /// Of a type that is not new: the methods whose request or response contains it, at any depth.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
    /// Whether the description had inferred the older side from one sample.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sampled: bool,
    /// The methods of `harness-api-ext` that use it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ext: Vec<ExtMethod>,
    /// The highest level of the details.
    pub level: Level,
    /// What differs.
    pub details: Vec<Detail>,
}

impl Change {
    /// Returns whether it is one of an operation.
    pub(super) fn is_operation(&self) -> bool {
        self.rust.iter().any(|item| item.contains("::Api::"))
    }

    /// Returns the raw methods that it concerns: its own, or those that use the type.
    pub(super) fn operations(&self) -> impl Iterator<Item = &str> {
        let own = self.rust.iter().filter(|_| self.is_operation());
        self.used_by.iter().chain(own).map(String::as_str)
    }
}

/// A public method of `harness-api-ext` that uses something of the raw client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExtMethod {
    /// The handle, as a user gets it.
    pub handle: String,
    /// The method, as a user calls it.
    pub method: String,
    /// Whether its signature contains what is used, so that its callers see a change of it.
    pub public: bool,
}

/// Details while they are gathered.
#[derive(Debug, Default)]
pub(super) struct Details(Vec<Detail>);

impl Details {
    pub(super) fn add(&mut self, level: Level, class: Class, text: impl Into<String>) {
        self.0.push(Detail {
            level,
            class,
            text: text.into(),
        });
    }

    /// Adds a difference of two texts, after what it is about, if they differ.
    pub(super) fn differs(
        &mut self,
        level: Level,
        class: Class,
        about: &str,
        (old, new): (&str, &str),
    ) {
        if old != new {
            let about = match about {
                "" => String::new(),
                about => format!("{about}: "),
            };
            let quoted = |text: &str| match text {
                "" => "nothing".to_owned(),
                text => code(text),
            };
            let text = format!("{about}{} -> {}", quoted(old), quoted(new));
            self.add(level, class, text);
        }
    }

    /// Returns the change, if there is any; `change` has the rest of it.
    pub(super) fn change(mut self, change: Change) -> Option<Change> {
        self.0.sort_by_key(|detail| std::cmp::Reverse(detail.level));
        Some(Change {
            level: self.0.first()?.level,
            details: self.0,
            ..change
        })
    }
}

impl Default for Change {
    fn default() -> Self {
        Self {
            what: What::Changed,
            name: String::new(),
            was: None,
            modules: Vec::new(),
            rust: Vec::new(),
            rust_was: Vec::new(),
            keys: Vec::new(),
            used_by: Vec::new(),
            sampled: false,
            ext: Vec::new(),
            level: Level::None,
            details: Vec::new(),
        }
    }
}

/// A fix that finds or changes something else than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixChange {
    /// The fix.
    pub name: String,
    /// The number of places that it matched, if there was the fix.
    pub was: Option<usize>,
    /// The number of places that it matches, if there still is the fix.
    pub is: Option<usize>,
    /// Operations and schemas that it touches now, and did not.
    pub gained: Vec<String>,
    /// Operations and schemas that it no longer touches.
    pub lost: Vec<String>,
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
    /// What stops generation from the newer side.
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
    /// Ids of operations that are missing from the changes because of a problem.
    pub missing: Vec<String>,
}

impl Report {
    /// Returns the changes of modules, operations and types.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.modules
            .iter()
            .chain(&self.operations)
            .chain(&self.schemas)
    }

    /// Returns the exit code: 0 for nothing or a patch, 1 for additions, 2 for breaking changes, 3 where generation stops.
    pub fn code(&self) -> u8 {
        match self.level {
            _ if !self.problems.is_empty() => 3,
            Level::None | Level::Patch => 0,
            Level::Additive => 1,
            Level::Breaking => 2,
        }
    }
}
