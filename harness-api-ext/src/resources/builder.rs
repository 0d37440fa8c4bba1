//! How the builders of requests are written: what they all have is made here, what is their own stands with the resource.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "which of these are used depends on the modules that are compiled in"
)]

use std::fmt;

use harness_api::{DecodeFailure, Response};

use crate::error::{Error, Result};

/// What a caller gives that may hold secrets, such as inputs in YAML: `Debug` does not show it.
pub(crate) struct Unshown<T>(pub(crate) T);

impl<T> fmt::Debug for Unshown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

/// A request with parameters only: a coat over the builder of the raw client.
///
/// ```text
/// request! {
///     /// Reads a widget: `GET /v1/widgets/{widget}`.
///     GetWidget(raw::GetWidget) -> types::Widget = .data;
///     /// With its parts.
///     parts(bool) => include_parts;
/// }
/// ```
///
/// What it gives is a member of the answer, `= .data`, or what a function makes of the answer: `= whole`, `= done`. It has
/// `new`, its setters, `send`, `IntoFuture` and `Configure`.
macro_rules! request {
    (
        $(#[$doc:meta])*
        $name:ident($raw:ty) -> $out:ty = $(.$member:ident)? $($read:ident)?;
        $($(#[$setter_doc:meta])* $setter:ident($ty:ty) => $raw_setter:ident;)*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send` or `.await`"]
        pub struct $name {
            raw: $raw,
        }

        impl $name {
            pub(crate) fn new(raw: $raw) -> Self {
                Self { raw }
            }

            $(
                $(#[$setter_doc])*
                pub fn $setter(mut self, value: $ty) -> Self {
                    self.raw = self.raw.$raw_setter(value);
                    self
                }
            )*

            async fn run(self) -> $crate::Result<$out> {
                let answer = self.raw.send().await?;
                $($crate::resources::builder::member(answer, |envelope| envelope.$member))?
                $($read(answer))?
            }
        }

        impl $crate::raw::Configure for $name {
            fn options(&mut self) -> &mut $crate::raw::CallOptions {
                self.raw.options()
            }
        }

        $crate::resources::builder::awaitable!($name -> $out);
    };
}

/// `send`, `IntoFuture` and `Configure` for a builder that has `async fn run(self)` and a field `options`.
macro_rules! sendable {
    ($name:ident -> $out:ty) => {
        impl $crate::raw::Configure for $name {
            fn options(&mut self) -> &mut $crate::raw::CallOptions {
                &mut self.options
            }
        }

        $crate::resources::builder::awaitable!($name -> $out);
    };
}

/// `send` and `IntoFuture` for a builder that has `async fn run(self)`.
macro_rules! awaitable {
    ($name:ident -> $out:ty) => {
        impl $name {
            /// Sends the request. `.await` on the builder does the same.
            ///
            /// # Errors
            ///
            /// See [`Error`](crate::Error): what the server refuses is of kind [`Api`](crate::ErrorKind::Api).
            pub fn send(self) -> $crate::Sending<$out> {
                Box::pin(self.run())
            }
        }

        impl std::future::IntoFuture for $name {
            type Output = $crate::Result<$out>;
            type IntoFuture = $crate::Sending<$out>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

/// A list whose parameters are those of the raw client's builder. It has `new`, its setters, and what [`pages`] gives.
macro_rules! list {
    (
        $(#[$doc:meta])*
        $name:ident($raw:ty) -> $item:ty;
        $($(#[$setter_doc:meta])* $setter:ident($ty:ty) => $raw_setter:ident;)*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before the list is read"]
        pub struct $name {
            raw: $raw,
            paging: $crate::resources::builder::PageSettings,
        }

        impl $name {
            pub(crate) fn new(raw: $raw) -> Self {
                Self { raw, paging: Default::default() }
            }

            $(
                $(#[$setter_doc])*
                pub fn $setter(mut self, value: $ty) -> Self {
                    self.raw = self.raw.$raw_setter(value);
                    self
                }
            )*

            fn into_raw(self) -> $raw {
                self.raw
            }
        }

        impl $crate::raw::Configure for $name {
            fn options(&mut self) -> &mut $crate::raw::CallOptions {
                self.raw.options()
            }
        }

        $crate::resources::builder::pages!($name -> $item);
    };
}

/// A list that is asked for with a filter in the body, which is always sent. It has `new`, a field `filter` for the setters
/// that stand with the resource, setters of the raw client's builder, and what [`pages`] gives.
macro_rules! filtered {
    (
        $(#[$doc:meta])*
        $name:ident($raw:ty, $filter:ty) -> $item:ty;
        $($(#[$setter_doc:meta])* $setter:ident($ty:ty) => $raw_setter:ident;)*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before the list is read"]
        pub struct $name {
            raw: $raw,
            filter: $filter,
            paging: $crate::resources::builder::PageSettings,
        }

        impl $name {
            pub(crate) fn new(raw: $raw, filter: $filter) -> Self {
                Self { raw, filter, paging: Default::default() }
            }

            $(
                $(#[$setter_doc])*
                pub fn $setter(mut self, value: $ty) -> Self {
                    self.raw = self.raw.$raw_setter(value);
                    self
                }
            )*

            fn into_raw(self) -> $raw {
                self.raw.body(&self.filter)
            }
        }

        impl $crate::raw::Configure for $name {
            fn options(&mut self) -> &mut $crate::raw::CallOptions {
                self.raw.options()
            }
        }

        $crate::resources::builder::pages!($name -> $item);
    };
}

/// Ways to read a list, for a builder that has a field `paging` and `fn into_raw(self)`, the request of the raw client.
macro_rules! pages {
    ($name:ident -> $item:ty) => {
        impl $name {
            /// How many items to ask for at once, at most what the service gives. It changes how often the server is
            /// asked, not what the list holds.
            pub fn page_size(mut self, items: u32) -> Self {
                self.paging.size = Some(items);
                self
            }

            /// How many items to read in all.
            pub fn limit(mut self, items: u64) -> Self {
                self.paging.limit = Some(items);
                self
            }

            /// The pager: for single pages, resuming, and everything else about paging.
            pub fn pager(self) -> $crate::Pager<$item> {
                let paging = self.paging;
                paging.apply($crate::Pager::new(self.into_raw()))
            }

            /// The items, page after page as they are asked for.
            pub fn items(self) -> $crate::Items<$item> {
                self.pager().items()
            }

            /// All items, or as many as [`limit`](Self::limit) says.
            ///
            /// # Errors
            ///
            /// The first that a page gives; what was read before is lost with it. [`items`](Self::items) keeps it.
            pub fn collect_all(self) -> $crate::Sending<Vec<$item>> {
                let items = self.items();
                Box::pin(async move { items.collect_all().await })
            }

            /// Reads the first page. `.await` on the builder does the same.
            ///
            /// # Errors
            ///
            /// See [`Error`](crate::Error).
            pub fn send(self) -> $crate::Sending<$crate::Page<$item>> {
                let pager = self.pager();
                Box::pin(async move { pager.first().await })
            }
        }

        impl std::future::IntoFuture for $name {
            type Output = $crate::Result<$crate::Page<$item>>;
            type IntoFuture = $crate::Sending<$crate::Page<$item>>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

/// Setters for description and tags, for a builder whose field of this name has these members.
macro_rules! described {
    ($name:ident.$body:ident) => {
        impl $name {
            /// What it is for.
            pub fn description(mut self, text: impl Into<String>) -> Self {
                self.$body.description = Some(text.into());
                self
            }

            /// One tag more. A tag without a value has an empty one.
            pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                self.$body
                    .tags
                    .get_or_insert_default()
                    .insert(key.into(), value.into());
                self
            }
        }
    };
}

/// `git`, for a builder of something that can be kept in a Git repository.
macro_rules! in_git {
    ($name:ident) => {
        impl $name {
            /// Where in Git it is, and how a change is committed.
            pub fn git(mut self, git: $crate::GitStore) -> Self {
                $crate::raw::Configure::options(&mut self).attach(git);
                self
            }
        }
    };
}

/// A method of this name on each of these levels, which gives the handle of a resource that lives there.
macro_rules! levels {
    ($(#[$doc:meta])* $method:ident -> $handle:ident on $($level:ident)+) => {
        $crate::resources::builder::levels!(@ [$(#[$doc])*] $method $handle $($level)+);
    };
    (@ $docs:tt $method:ident $handle:ident $($level:ident)+) => {
        $($crate::resources::builder::levels!(@one $docs $method $handle $level);)+
    };
    (@one [$(#[$doc:meta])*] $method:ident $handle:ident $level:ident) => {
        impl $crate::$level {
            $(#[$doc])*
            pub fn $method(&self) -> $handle {
                $handle { scope: self.scope.clone() }
            }
        }
    };
}

pub(crate) use {awaitable, described, filtered, in_git, levels, list, pages, request, sendable};

/// What is set about the pages of a list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PageSettings {
    pub(crate) size: Option<u32>,
    pub(crate) limit: Option<u64>,
}

impl PageSettings {
    pub(crate) fn apply<T: serde::de::DeserializeOwned + Send + 'static>(
        self,
        mut pager: crate::Pager<T>,
    ) -> crate::Pager<T> {
        if let Some(size) = self.size {
            pager = pager.page_size(size);
        }
        if let Some(limit) = self.limit {
            pager = pager.limit(limit);
        }
        pager
    }
}

/// What stands in a member of an answer's envelope.
pub(crate) fn member<A, O: Held<T>, T>(
    answer: Response<A>,
    take: impl FnOnce(A) -> O,
) -> Result<T> {
    let (envelope, parts) = answer.into_parts();
    take(envelope)
        .held()
        .ok_or_else(|| Error::missing(parts, "value"))
}

/// The items of a list at a path of an answer that is not paged. `null` is a list without items, and a list that is not
/// there is none.
pub(crate) fn items<A, T>(
    answer: Response<A>,
    path: &'static str,
    take: impl FnOnce(A) -> Option<Vec<T>>,
) -> Result<Vec<T>> {
    let (body, parts) = answer.into_parts();
    if let Some(items) = take(body) {
        return Ok(items);
    }
    let document = serde_json::from_slice::<serde_json::Value>(&parts.bytes).unwrap_or_default();
    let pointer = format!("/{}", path.replace('.', "/"));
    if document
        .pointer(&pointer)
        .is_some_and(serde_json::Value::is_null)
    {
        return Ok(Vec::new());
    }
    let reason = "nothing where a list is expected";
    let message = format!("the response is not what is described at {path}: {reason}");
    let error = parts.into_error(harness_api::ErrorKind::Decode, message);
    Err(error
        .with_decode_failure(DecodeFailure::new(path, reason))
        .into())
}

/// The texts of a setter that takes several.
pub(crate) fn texts(values: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

/// A time as services take it: milliseconds since 1970, in UTC. What is before is 1970.
pub(crate) fn millis(time: std::time::SystemTime) -> i64 {
    time.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// A member that may hold a value, boxed or not.
pub(crate) trait Held<T> {
    fn held(self) -> Option<T>;
}

impl<T> Held<T> for Option<T> {
    fn held(self) -> Option<T> {
        self
    }
}

impl<T> Held<T> for Option<Box<T>> {
    fn held(self) -> Option<T> {
        self.map(|boxed| *boxed)
    }
}

/// The whole answer.
pub(crate) fn whole<A>(answer: Response<A>) -> Result<A> {
    Ok(answer.into_inner())
}

/// Nothing: that it is a success is all there is to say.
pub(crate) fn done<A>(_: Response<A>) -> Result<()> {
    Ok(())
}
