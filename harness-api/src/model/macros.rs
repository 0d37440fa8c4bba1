//! The impls that are alike for every generated type.

#![allow(
    unused_macros,
    unused_imports,
    reason = "which of them are used depends on the modules that are compiled in"
)]

/// The traits of a generated struct, on top of its `Model`.
macro_rules! model {
    ($name:ident) => {
        impl ::std::default::Default for $name {
            #[inline]
            fn default() -> Self {
                $crate::model::Model::blank()
            }
        }
        $crate::model::through_cell!($name);
    };
}

/// serde's traits, `Clone`, `Debug` and equality, by way of `Cell`.
macro_rules! through_cell {
    ($name:ident) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::model::read(from)
            }
        }
        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::model::write(self, to)
            }
        }
        impl ::std::cmp::PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::model::same(self, other)
            }
        }
        impl ::std::clone::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                $crate::model::copy(self)
            }
        }
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::model::show(self, f)
            }
        }
    };
}

/// An enum of text values that keeps values it does not know.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $index:literal $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the description does not know, as it came.
            UnknownValue(String),
        }
        impl $name {
            /// The values that the description knows, as they are spelt on the wire.
            pub const VALUES: &'static [&'static str] = &[$($text),*];

            /// The spelling on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::UnknownValue(text) => text,
                }
            }
        }
        // Derived, it would have a function.
        impl ::std::cmp::Eq for $name {}
        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match $crate::model::known(Self::VALUES, text) {
                    $($index => Self::$variant,)*
                    _ => Self::UnknownValue(text.to_owned()),
                }
            }
        }
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }
        impl $crate::model::Text for $name {
            #[inline]
            fn set(&mut self, text: &str) {
                drop(::std::mem::replace(self, Self::from(text)));
            }
        }
        impl $crate::model::Cell for $name {
            #[inline]
            fn blank() -> Self {
                Self::UnknownValue(String::new())
            }
            #[inline]
            fn slot(&mut self) -> $crate::model::Slot<'_> {
                $crate::model::Slot::Text(self)
            }
            #[inline]
            fn part(&self) -> $crate::model::Part<'_> {
                $crate::model::Part::OneStr(self.as_str())
            }
            #[inline]
            fn give<'a>(&'a self, index: usize, to: &mut dyn $crate::model::Visit<'a>) {
                to.str(index, self.as_str());
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::model::read(from)
            }
        }
        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}

/// An object that is one of several structs, told apart by a tag.
macro_rules! union {
    (
        $(#[$meta:meta])*
        $name:ident: $count:literal, tag: $tag:expr, tagged_by_parent: $parent:literal,
        tags: [$(($value:literal, $at:literal)),*],
        { $($index:literal $variant:ident($target:ident),)* }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!(" [`", stringify!($target), "`].")]
                $variant(Box<$target>),
            )*
            /// JSON that belongs to no variant above, as it came.
            Unrecognized($crate::model::Raw),
        }
        $(
            impl ::std::convert::From<$target> for $name {
                #[inline]
                fn from(value: $target) -> Self {
                    Self::$variant(Box::new(value))
                }
            }
        )*
        impl $crate::model::Union for $name {
            #[inline]
            fn tags(&self) -> &'static [(&'static str, usize)] {
                &[$(($value, $at)),*]
            }
            #[inline]
            fn tag_member(&self) -> Option<&'static str> {
                $tag
            }
            #[inline]
            fn tagged_by_parent(&self) -> bool {
                $parent
            }
            #[inline]
            fn variants(&self) -> usize {
                $count
            }
            #[inline]
            fn open(&mut self, index: usize) -> Option<&mut dyn $crate::model::Model> {
                *self = match index {
                    $($index => Self::$variant($crate::model::Cell::blank()),)*
                    _ => return None,
                };
                match self {
                    $(Self::$variant(value) => Some(&mut **value),)*
                    Self::Unrecognized(_) => None,
                }
            }
            #[inline]
            fn model(&self) -> Option<(usize, &dyn $crate::model::Model)> {
                match self {
                    $(Self::$variant(value) => Some(($index, &**value)),)*
                    Self::Unrecognized(_) => None,
                }
            }
            #[inline]
            fn raw(&self) -> Option<&::serde_json::Value> {
                match self {
                    Self::Unrecognized(raw) => Some(&raw.0),
                    _ => None,
                }
            }
            #[inline]
            fn set_raw(&mut self, value: ::serde_json::Value) {
                *self = Self::Unrecognized($crate::model::Raw(value));
            }
        }
        impl $crate::model::Cell for $name {
            #[inline]
            fn blank() -> Self {
                Self::Unrecognized($crate::model::Raw::default())
            }
            #[inline]
            fn slot(&mut self) -> $crate::model::Slot<'_> {
                $crate::model::Slot::Union(self)
            }
            #[inline]
            fn part(&self) -> $crate::model::Part<'_> {
                $crate::model::Part::Union(self)
            }
        }
        $crate::model::through_cell!($name);
    };
}

pub(crate) use {model, open_enum, through_cell, union};
