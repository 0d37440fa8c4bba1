//! What generated operations are written with.

#[allow(
    unused_imports,
    reason = "which of them depends on the modules that are compiled in"
)]
pub(crate) use crate::{
    body::{FilePart, RequestBody},
    call::{Call, Sending},
    operation::{Operation, Param, Provenance, Repeat},
    paging::{Found, More, Paged, Paging, Step, Token},
    schema::{ResponseSchema, StatusMember, ValueSchema},
    stream::ByteStream,
};

/// What every request builder can do, whatever its operation.
#[allow(unused_macros, reason = "no module, no request")]
macro_rules! request {
    ($name:ident) => {
        impl $crate::Configure for $name {
            #[inline]
            fn options(&mut self) -> &mut $crate::CallOptions {
                self.call.options()
            }
        }
    };
}

#[allow(unused_imports, reason = "no module, no request")]
pub(crate) use request;
