//! What generated operations are written with.

pub(crate) use crate::{
    body::{FilePart, RequestBody},
    call::{Call, Sending},
    operation::{Operation, Param, Provenance},
    stream::ByteStream,
};

/// What every request builder can do, whatever its operation.
macro_rules! request {
    ($name:ident) => {
        impl $crate::Configure for $name<'_> {
            #[inline]
            fn options(&mut self) -> &mut $crate::CallOptions {
                self.call.options()
            }
        }
        impl<'c> ::std::convert::From<$name<'c>> for $crate::Call<'c> {
            #[inline]
            fn from(request: $name<'c>) -> Self {
                request.call
            }
        }
    };
}

pub(crate) use request;
