//! Values and containers of values, erased so that the decoder and the encoder need no type parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Model, Names, Part, Parts, Slot, Time, Visit};

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

/// A value that may be absent.
pub trait Opt {
    /// Puts an empty value in and gives its place.
    fn open(&mut self) -> Slot<'_>;
    /// Takes the value away.
    fn clear(&mut self);
}

/// A list.
pub trait List {
    /// Adds an empty item and gives its place.
    fn push(&mut self) -> Slot<'_>;
    /// Removes the last item.
    fn pop(&mut self);
    /// Number of items.
    fn len(&self) -> usize;
    /// Gives each item.
    fn each<'a>(&'a self, to: &mut dyn Visit<'a>);
    /// Removes all items.
    fn clear(&mut self);
    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A map with text keys.
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
    /// Whether there are no entries.
    fn is_empty(&self) -> bool {
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
    fn names(&self) -> Names {
        T::names(self)
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
    fn required(&self) -> &'static [usize] {
        T::required(self)
    }
    #[inline]
    fn secrets(&self) -> &'static [usize] {
        T::secrets(self)
    }
    #[inline]
    fn type_name(&self) -> &'static str {
        T::type_name(self)
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
    fn open(&mut self) -> Slot<'_> {
        self.insert(T::blank()).slot()
    }
    #[inline]
    fn clear(&mut self) {
        *self = None;
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
    fn pop(&mut self) {
        Vec::pop(self);
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
    #[inline]
    fn clear(&mut self) {
        Vec::clear(self);
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
