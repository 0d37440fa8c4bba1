//! Values and containers of values, erased so that the decoder and the encoder need no type parameters.

use std::collections::BTreeMap;
use std::mem;

use serde_json::Value;

use super::{About, Model, Part, Parts, Slot, Time, Visit};

/// Anything that a member, a list item or a map entry can be.
pub trait Cell: Sized {
    /// A value to decode into.
    fn blank() -> Self;
    /// The place of this value.
    fn slot(&mut self) -> Slot<'_>;
    /// This value, to encode.
    fn part(&self) -> Part<'_>;
    /// Gives this value as the one at `index`.
    #[inline]
    fn give<'a>(&'a self, index: usize, to: &mut dyn Visit<'a>) {
        to.part(index, self.part());
    }
}

// Each method of the traits below is compiled for every type of value, so they have as few as will do. The others are
// written on the traits' objects and are there once.

/// A value that may be absent.
pub trait Opt {
    /// Puts an empty value in and gives its place, or takes the value away.
    fn set(&mut self, present: bool) -> Slot<'_>;
}

impl dyn Opt + '_ {
    /// Puts an empty value in and gives its place.
    pub fn open(&mut self) -> Slot<'_> {
        self.set(true)
    }

    /// Takes the value away.
    pub fn clear(&mut self) {
        self.set(false);
    }
}

/// A list.
#[allow(clippy::len_without_is_empty, reason = "its object has `is_empty`")]
pub trait List {
    /// Adds an empty item and gives its place.
    fn push(&mut self) -> Slot<'_>;
    /// Removes the items at `len` and behind it.
    fn truncate(&mut self, len: usize);
    /// Number of items.
    fn len(&self) -> usize;
    /// Gives each item.
    fn each<'a>(&'a self, to: &mut dyn Visit<'a>);
}

impl dyn List + '_ {
    /// Removes the last item.
    pub fn pop(&mut self) {
        self.truncate(self.len().saturating_sub(1));
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A map with text keys.
#[allow(clippy::len_without_is_empty, reason = "its object has `is_empty`")]
pub trait Keyed {
    /// Lets `fill` decode into the place of an empty value; adds that as an entry if `fill` returns true, and
    /// gives the key back if not.
    fn insert(&mut self, key: String, fill: &mut dyn FnMut(Slot<'_>) -> bool) -> Option<String>;
    /// Calls `visit` for each entry, in the order of the keys, until it returns false.
    fn each(&self, visit: &mut dyn FnMut(&str, Part<'_>) -> bool);
    /// Number of entries.
    fn len(&self) -> usize;
    /// Removes all entries.
    fn clear(&mut self);
}

impl dyn Keyed + '_ {
    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! leaf {
    ($($type:ty, $slot:ident, |$value:ident| $part:expr $(, $visit:ident)?;)*) => {$(
        impl Cell for $type {
            #[inline]
            fn blank() -> Self {
                Self::default()
            }
            #[inline]
            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }
            #[inline]
            fn part(&self) -> Part<'_> {
                let $value = self;
                Part::$slot($part)
            }
            $(
                #[inline]
                fn give<'a>(&'a self, index: usize, to: &mut dyn Visit<'a>) {
                    let $value = self;
                    to.$visit(index, $part);
                }
            )?
        }
    )*};
}

leaf! {
    String, OneStr, |value| value, str;
    i64, OneInt, |value| *value, int;
    f64, OneNum, |value| *value;
    bool, OneFlag, |value| *value, flag;
    Time, OneTime, |value| value;
    Value, OneJson, |value| value;
}

impl<T: Model> Cell for T {
    #[inline]
    fn blank() -> Self {
        Model::blank()
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Model(self.erased_mut())
    }
    #[inline]
    fn part(&self) -> Part<'_> {
        Part::Model(self.erased())
    }
}

/// Erased, a box is what is in it: there is one table a type.
impl<T: Model> Model for Box<T> {
    #[inline]
    fn blank() -> Self {
        Self::new(T::blank())
    }
    #[inline]
    fn about(&self) -> &'static About {
        T::about(self)
    }
    #[inline]
    fn slot(&mut self, index: usize) -> Slot<'_> {
        T::slot(self, index)
    }
    #[inline]
    fn parts<'a>(&'a self, to: &mut Parts<'a, '_>) {
        T::parts(self, to);
    }
    #[inline]
    fn erased(&self) -> &dyn Model {
        T::erased(self)
    }
    #[inline]
    fn erased_mut(&mut self) -> &mut dyn Model {
        T::erased_mut(self)
    }
    #[inline]
    fn extra(&self) -> Option<&BTreeMap<String, Value>> {
        T::extra(self)
    }
    #[inline]
    fn extra_mut(&mut self) -> Option<&mut BTreeMap<String, Value>> {
        T::extra_mut(self)
    }
    #[inline]
    fn settle(&mut self) {
        T::settle(self);
    }
}

impl<T: Cell> Cell for Vec<T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
    #[inline]
    fn part(&self) -> Part<'_> {
        Part::List(self)
    }
}

impl<T: Cell> Cell for BTreeMap<String, T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }
    #[inline]
    fn part(&self) -> Part<'_> {
        Part::Map(self)
    }
}

impl<T: Cell> Opt for Option<T> {
    #[inline]
    fn set(&mut self, present: bool) -> Slot<'_> {
        let fresh = if present { Some(T::blank()) } else { None };
        // Not assigned: that would be compiled a second time for the case that dropping the old value panics.
        drop(mem::replace(self, fresh));
        match self {
            Some(value) => value.slot(),
            None => Slot::Opt(self),
        }
    }
}

impl<T: Cell> List for Vec<T> {
    #[inline]
    fn push(&mut self) -> Slot<'_> {
        let index = Vec::len(self);
        Vec::push(self, T::blank());
        self[index].slot()
    }
    #[inline]
    fn truncate(&mut self, len: usize) {
        Vec::truncate(self, len);
    }
    #[inline]
    fn len(&self) -> usize {
        Vec::len(self)
    }
    #[inline]
    fn each<'a>(&'a self, to: &mut dyn Visit<'a>) {
        for (index, item) in self.iter().enumerate() {
            item.give(index, to);
        }
    }
}

impl<T: Cell> Keyed for BTreeMap<String, T> {
    #[inline]
    fn insert(&mut self, key: String, fill: &mut dyn FnMut(Slot<'_>) -> bool) -> Option<String> {
        let mut value = T::blank();
        if !fill(value.slot()) {
            return Some(key);
        }
        BTreeMap::insert(self, key, value);
        None
    }
    #[inline]
    fn each(&self, visit: &mut dyn FnMut(&str, Part<'_>) -> bool) {
        for (key, value) in self {
            if !visit(key, value.part()) {
                break;
            }
        }
    }
    #[inline]
    fn len(&self) -> usize {
        BTreeMap::len(self)
    }
    #[inline]
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
}
