//! The futures of calls: from the wait for an answer to its value.

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::decode::{self, Received};
use crate::error::Error;
use crate::model::{Cell, Slot};
use crate::response::{Response, ResponseParts};
use crate::transport::BoxFuture;

/// Waits for an answer and decodes it into a generated type. Only what depends on the type is compiled for each.
pub(crate) struct Typed<T> {
    arrival: Arrival,
    value: PhantomData<fn() -> T>,
}

#[allow(
    dead_code,
    reason = "which operations need it depends on the modules that are compiled in"
)]
impl<T: Cell> Typed<T> {
    pub(crate) fn new(received: BoxFuture<'static, Result<Received, Error>>) -> Self {
        Self {
            arrival: Arrival::Awaited(received),
            value: PhantomData,
        }
    }
}

impl<T: Cell> Future for Typed<T> {
    type Output = Result<Response<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.arrival.poll(context) {
            return Poll::Pending;
        }
        let mut value = T::blank();
        let read = self.arrival.read(value.slot(), type_name::<T>());
        Poll::Ready(match read {
            Ok(parts) => Ok(Response::new(value, parts)),
            Err(error) => Err(error),
        })
    }
}

/// An answer that is waited for, or is here.
enum Arrival {
    Awaited(BoxFuture<'static, Result<Received, Error>>),
    Here(Result<Received, Error>),
    Read,
}

impl Arrival {
    /// Whether it is here.
    fn poll(&mut self, context: &mut Context<'_>) -> bool {
        if let Self::Awaited(awaited) = self {
            match awaited.as_mut().poll(context) {
                Poll::Ready(received) => *self = Self::Here(received),
                Poll::Pending => return false,
            }
        }
        true
    }

    /// Reads the answer that is here.
    fn read(&mut self, slot: Slot<'_>, type_name: &str) -> Result<Box<ResponseParts>, Error> {
        match mem::replace(self, Self::Read) {
            Self::Here(received) => decode::place(received?, slot, type_name),
            Self::Awaited(_) | Self::Read => Err(Error::build("the answer was read already")),
        }
    }
}

/// Waits for an answer and decodes it.
pub(crate) struct Reading<T> {
    pub(crate) received: BoxFuture<'static, Result<Received, Error>>,
    pub(crate) finish: fn(Received) -> Result<Response<T>, Error>,
}

impl<T> Future for Reading<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let received = ready!(self.received.as_mut().poll(context))?;
        Poll::Ready((self.finish)(received))
    }
}
