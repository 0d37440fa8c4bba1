//! The impls that are alike for every generated type.

/// The traits of a generated struct, on top of its `Model`. With `required`, the type has members without
/// which it cannot be made, so `Cell::blank` is written beside it instead of taken from `Default`.
macro_rules! model {
    ($name:ident) => {
        $crate::model::model!($name, <$name as ::std::default::Default>::default());
    };
    ($name:ident, $blank:expr) => {
        impl $crate::model::Cell for $name {
            #[inline]
            fn blank() -> Self {
                $blank
            }
            #[inline]
            fn slot(&mut self) -> $crate::model::Slot<'_> {
                $crate::model::Slot::Model(self)
            }
            #[inline]
            fn part(&self) -> $crate::model::Part<'_> {
                $crate::model::Part::Model(self)
            }
        }
        $crate::model::union_serde!($name);
    };
}

/// serde's traits and equality, by way of `Cell`.
macro_rules! union_serde {
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
    };
}

/// An enum of text values that keeps values it does not know.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::UnknownValue(text.to_owned()),
                }
            }
        }
        impl ::std::convert::From<$name> for String {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::model::Text for $name {
            #[inline]
            fn set(&mut self, text: &str) {
                *self = Self::from(text);
            }
            #[inline]
            fn get(&self) -> &str {
                self.as_str()
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
                $crate::model::Part::Text(self)
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

pub(crate) use {model, open_enum, union_serde};
