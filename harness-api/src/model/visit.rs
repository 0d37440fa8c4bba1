//! How a value gives what it has, without its type.

use super::{Cell, Maybe, Misfits, Model, Part};

/// Takes the members of a model that are set, or the items of a list, each with its index. A method a kind for those that
/// are frequent: such a call costs less than to take a [`Part`] apart.
pub trait Visit<'a> {
    /// Takes any value.
    fn part(&mut self, index: usize, part: Part<'a>);
    /// Takes text.
    fn str(&mut self, index: usize, value: &'a str) {
        self.part(index, Part::OneStr(value));
    }
    /// Takes an integer.
    fn int(&mut self, index: usize, value: i64) {
        self.part(index, Part::OneInt(value));
    }
    /// Takes a boolean.
    fn flag(&mut self, index: usize, value: bool) {
        self.part(index, Part::OneFlag(value));
    }
    /// Takes the members that did not fit.
    fn misfits(&mut self, _misfits: &'a Misfits) {}
}

/// Where a model gives its members.
pub struct Parts<'a, 'v>(&'v mut dyn Visit<'a>);

impl<'a> Parts<'a, '_> {
    /// Gives a member that may be absent.
    #[inline]
    pub fn opt<T: Cell>(&mut self, index: usize, value: &'a Option<T>) {
        if let Some(value) = value {
            value.give(index, self.0);
        }
    }

    /// Gives a required member.
    #[inline]
    pub fn one<T: Cell>(&mut self, index: usize, value: &'a T) {
        value.give(index, self.0);
    }

    /// Gives a member for which absent and `null` differ.
    #[inline]
    pub fn maybe<T: Cell>(&mut self, index: usize, value: &'a Maybe<T>) {
        match value {
            Maybe::Absent => {}
            Maybe::Null => self.0.part(index, Part::Null),
            Maybe::Value(value) => value.give(index, self.0),
        }
    }

    /// Gives the members that did not fit.
    #[inline]
    pub fn misfits(&mut self, misfits: &'a Misfits) {
        self.0.misfits(misfits);
    }
}

/// Gives the members of `model` that are set to `to`.
pub(super) fn visit<'a>(model: &'a dyn Model, to: &mut dyn Visit<'a>) {
    model.parts(&mut Parts(to));
}

/// The member at `index`, if it is set.
pub(super) fn member(model: &dyn Model, index: usize) -> Option<Part<'_>> {
    struct Find<'a> {
        index: usize,
        found: Option<Part<'a>>,
    }
    impl<'a> Visit<'a> for Find<'a> {
        fn part(&mut self, index: usize, part: Part<'a>) {
            if index == self.index {
                self.found = Some(part);
            }
        }
    }
    let mut find = Find { index, found: None };
    visit(model, &mut find);
    find.found
}
