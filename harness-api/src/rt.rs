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
    };
}

pub(crate) use request;
