//! Functions that make the derived types as lenient as those of the client.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::de::{Deserializer, Error, Visitor};

/// Decodes an integer, also from decimal text and from a whole floating-point number.
pub(crate) fn int<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    from.deserialize_any(Lenient(PhantomData))
}

/// Decodes a boolean, also from text.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    from.deserialize_any(Lenient(PhantomData))
}

trait Scalar: FromStr {
    fn from_flag(_: bool) -> Option<Self> {
        None
    }
    fn from_int(_: i64) -> Option<Self> {
        None
    }
    fn from_num(_: f64) -> Option<Self> {
        None
    }
}

impl Scalar for i64 {
    fn from_int(value: i64) -> Option<Self> {
        Some(value)
    }
    fn from_num(value: f64) -> Option<Self> {
        (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
    }
}

impl Scalar for bool {
    fn from_flag(value: bool) -> Option<Self> {
        Some(value)
    }
}

struct Lenient<T>(PhantomData<T>);

impl<T: Scalar> Lenient<T> {
    fn or_fault<E: Error>(value: Option<T>) -> Result<Option<T>, E> {
        match value {
            None => Err(E::custom("a scalar of another kind")),
            some => Ok(some),
        }
    }
}

impl<T: Scalar> Visitor<'_> for Lenient<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }
    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<T>, E> {
        Self::or_fault(T::from_flag(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        Self::or_fault(T::from_int(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        Self::or_fault(i64::try_from(value).ok().and_then(T::from_int))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<T>, E> {
        Self::or_fault(T::from_num(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Option<T>, E> {
        Self::or_fault(value.parse().ok())
    }
}

/// Defines an enum of text values that keeps unknown values.
macro_rules! open_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        #[derive(Clone, Debug)]
        pub enum $name {
            $($variant,)*
            UnknownValue(String),
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("text")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok(match text {
                            $($text => $name::$variant,)*
                            _ => $name::UnknownValue(text.to_owned()),
                        })
                    }
                }
                from.deserialize_str(Text)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(match self {
                    $(Self::$variant => $text,)*
                    Self::UnknownValue(text) => text,
                })
            }
        }
    };
}

pub(crate) use open_enum;
