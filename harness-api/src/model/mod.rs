//! What every generated type stands on: one decoder and one encoder for the whole API.
//!
//! A generated struct does not derive serde's traits. It lists its members once, by wire name, and hands
//! out a [`Slot`] to decode a member into, or gives its members that are set to a [`Visit`]. The decoder and the encoder are
//! written once over these and are generic over the data format only, as are `Clone`, `Debug` and `PartialEq`, so
//! thousands of types cost little to compile and all of them treat a server's habits alike:
//!
//! - a member that is absent or `null` is `None`, lists and maps included; a `null` inside a list is dropped;
//! - integers and numbers accept decimal text, text accepts numbers and booleans, booleans accept
//!   `"true"` and `"false"`, times accept RFC 3339 text and epoch milliseconds;
//! - an enum value that the description does not know is kept as it came;
//! - members that the description does not know are skipped;
//! - a member whose value is of another kind than described does not fail the answer: it is kept as JSON in
//!   [`Misfits`], and written back when the value is encoded again;
//! - an answer that is a bare list or map is read like a member, through [`Bare`]: `null` in it is dropped, and as a
//!   whole it is empty.
//!
//! The types remain ordinary serde types: they decode from and encode to any self-describing format.

mod cell;
mod copy;
mod decode;
mod encode;
mod leaf;
mod macros;
mod maybe;
mod memory;
mod misfits;
mod show;
mod time;
mod union;
mod visit;

use std::collections::BTreeMap;

use serde_json::Value;

pub use cell::{Cell, Keyed, List, Opt};
pub use copy::copy;
pub(crate) use decode::Place;
pub use decode::{Bare, read};
pub use encode::{same, write};
use leaf::Redacted;
pub use leaf::{Text, known};
pub use maybe::{Maybe, Nullable};
pub(crate) use memory::within;
pub use misfits::{Misfit, Misfits, misfits, misfits_of};
pub use show::show;
pub use time::Time;
pub use union::{Raw, Union, settle};
pub use visit::{Parts, Visit};

#[allow(
    unused_imports,
    reason = "which of them depends on the modules that are compiled in"
)]
pub(crate) use macros::{model, open_enum, through_cell, union};

/// The wire names of a type's members, ordered by length and then by bytes.
pub type Names = &'static [&'static str];

/// A generated struct: named members that can be decoded into and encoded from by position.
pub trait Model {
    /// A value with nothing in it: to decode into, and for a type without required members its default.
    fn blank() -> Self
    where
        Self: Sized;

    /// What is the same for all values of the type.
    fn about(&self) -> &'static About;

    /// Where to decode the member at `index`; the index after the last member is its [`Misfits`].
    fn slot(&mut self, index: usize) -> Slot<'_>;

    /// Gives the members that are set, each with its index, in the order of the fields, and then the [`Misfits`].
    fn parts<'a>(&'a self, to: &mut Parts<'a, '_>);

    /// This value, without its type.
    fn erased(&self) -> &dyn Model
    where
        Self: Sized,
    {
        self
    }

    /// This value, without its type.
    fn erased_mut(&mut self) -> &mut dyn Model
    where
        Self: Sized,
    {
        self
    }

    /// Members beyond the named ones, for a type that allows them.
    fn extra(&self) -> Option<&BTreeMap<String, Value>> {
        None
    }

    /// Members beyond the named ones, to decode into.
    fn extra_mut(&mut self) -> Option<&mut BTreeMap<String, Value>> {
        None
    }

    /// Called when all members are read: resolves a union whose tag is a member of this type.
    fn settle(&mut self) {}
}

/// What is the same for all values of a generated struct.
#[derive(Debug)]
pub struct About {
    /// The name of the type.
    pub name: &'static str,
    /// The wire names of the members; a member's position here is its index.
    pub names: Names,
    /// The indexes of members without which a value cannot be decoded.
    pub required: &'static [usize],
    /// The indexes of members whose value `Debug` leaves out.
    pub secrets: &'static [usize],
    /// The indexes of members that are tags of unions, and of these unions: a tag that is not set is encoded as that of
    /// the union's variant.
    pub tagged: &'static [(usize, usize)],
}

impl dyn Model + '_ {
    /// The wire names of the members; a member's position here is its index.
    pub fn names(&self) -> Names {
        self.about().names
    }

    /// The indexes of members without which a value cannot be decoded.
    pub fn required(&self) -> &'static [usize] {
        self.about().required
    }

    /// The indexes of members whose value `Debug` leaves out.
    pub fn secrets(&self) -> &'static [usize] {
        self.about().secrets
    }

    /// The indexes of members that are tags of unions, and of these unions.
    pub fn tagged(&self) -> &'static [(usize, usize)] {
        self.about().tagged
    }
}

/// A place to decode one value into.
#[non_exhaustive]
pub enum Slot<'a> {
    /// Text that may be absent.
    Str(&'a mut Option<String>),
    /// An integer that may be absent.
    Int(&'a mut Option<i64>),
    /// A number that may be absent.
    Num(&'a mut Option<f64>),
    /// A boolean that may be absent.
    Flag(&'a mut Option<bool>),
    /// A time that may be absent.
    Time(&'a mut Option<Time>),
    /// Any JSON that may be absent.
    Json(&'a mut Option<Value>),
    /// Text.
    OneStr(&'a mut String),
    /// An integer.
    OneInt(&'a mut i64),
    /// A number.
    OneNum(&'a mut f64),
    /// A boolean.
    OneFlag(&'a mut bool),
    /// A time.
    OneTime(&'a mut Time),
    /// Any JSON.
    OneJson(&'a mut Value),
    /// An open enum.
    Text(&'a mut dyn Text),
    /// An object with named members.
    Model(&'a mut dyn Model),
    /// Anything that may be absent.
    Opt(&'a mut dyn Opt),
    /// A list.
    List(&'a mut dyn List),
    /// A map with text keys.
    Map(&'a mut dyn Keyed),
    /// One of several objects.
    Union(&'a mut dyn Union),
    /// A member for which absent and `null` differ.
    Maybe(&'a mut dyn Nullable),
    /// The members that did not fit.
    Misfits(&'a mut Misfits),
}

/// One value to encode.
#[non_exhaustive]
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// `null`, written out.
    Null,
    /// Text.
    OneStr(&'a str),
    /// An integer.
    OneInt(i64),
    /// A number.
    OneNum(f64),
    /// A boolean.
    OneFlag(bool),
    /// A time.
    OneTime(&'a Time),
    /// Any JSON.
    OneJson(&'a Value),
    /// An object with named members.
    Model(&'a dyn Model),
    /// A list.
    List(&'a dyn List),
    /// A map with text keys.
    Map(&'a dyn Keyed),
    /// One of several objects.
    Union(&'a dyn Union),
}

#[cfg(test)]
mod tests;
