//! Members for which "leave alone", "set to null" and "set to this" are three different requests.

use super::{Cell, Slot};

/// A member that can be absent, `null`, or have a value.
///
/// ```
/// use harness_api::model::Maybe;
///
/// let leave_alone: Maybe<String> = Maybe::Absent;
/// let reset: Maybe<String> = Maybe::Null;
/// let set: Maybe<String> = "checkout".to_owned().into();
/// assert_eq!(leave_alone.value(), None);
/// assert!(reset.is_null());
/// assert_eq!(set.value().map(String::as_str), Some("checkout"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Maybe<T> {
    /// Not sent, or not in the answer.
    #[default]
    Absent,
    /// Sent as `null`.
    Null,
    /// Sent with this value; empty text, `false` and empty lists are values.
    Value(T),
}

impl<T> Maybe<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether it is sent: `null` or a value.
    #[inline]
    pub fn is_set(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// Whether it is an explicit `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Maybe<T> {
    /// `None` becomes [`Maybe::Absent`]; write [`Maybe::Null`] for `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

/// A [`Maybe`] of any type.
pub trait Nullable {
    /// Puts an empty value in and gives its place.
    fn open(&mut self) -> Slot<'_>;
    /// Becomes `null`.
    fn set_null(&mut self);
    /// Becomes absent.
    fn clear(&mut self);
}

impl<T: Cell> Nullable for Maybe<T> {
    #[inline]
    fn open(&mut self) -> Slot<'_> {
        *self = Self::Value(T::blank());
        match self {
            Self::Value(value) => value.slot(),
            Self::Absent | Self::Null => Slot::Maybe(self),
        }
    }
    #[inline]
    fn set_null(&mut self) {
        *self = Self::Null;
    }
    #[inline]
    fn clear(&mut self) {
        *self = Self::Absent;
    }
}
