//! stub
use crate::{Result, Sending};
use std::marker::PhantomData;
pub struct Pager<T>(PhantomData<T>);
#[derive(Debug)]
pub struct Items<T>(PhantomData<T>);
pub struct Page<T>(PhantomData<T>);
impl<T: Send + 'static> Pager<T> {
    pub fn new<R: Into<crate::raw::Call>>(_: R) -> Self {
        Self(PhantomData)
    }
    pub fn page_size(self, _: u32) -> Self {
        self
    }
    pub fn limit(self, _: u64) -> Self {
        self
    }
    pub fn items(self) -> Items<T> {
        Items(PhantomData)
    }
    pub async fn first(self) -> Result<Page<T>> {
        todo!()
    }
}
impl<T: Send + 'static> Items<T> {
    pub async fn collect_all(self) -> Result<Vec<T>> {
        todo!()
    }
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        todo!()
    }
}
