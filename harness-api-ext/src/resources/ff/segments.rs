//! Segments: groups of targets.

use harness_api::ff::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde_json::{Value, json};

use super::instruction::{instructions, texts};
use crate::Project;
use crate::error::Result;
use crate::resources::builder::{done, list, request, sendable, whole};
use crate::scope::Scope;

impl Project {
    /// The segments, or target groups, in an environment of this project.
    pub fn segments(&self, environment: impl Into<String>) -> Segments {
        let environment = environment.into();
        Segments {
            scope: self.scope.naming("environment identifier", &environment),
            environment,
        }
    }
}

/// The segments in an environment.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let segments = harness.org("default").project("checkout").segments("prod");
/// segments.create("pilot", "Pilot shops").include(["shop_7"]).await?;
/// segments.patch("pilot").include(["shop_8"]).exclude(["shop_7"]).await?;
/// let pilot = segments.get("pilot").await?;
/// println!("{:?} is one of {}", pilot.name, segments.list().collect_all().await?.len());
/// segments.delete("pilot").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Segments {
    scope: Scope,
    environment: String,
}

impl Segments {
    /// The segments.
    pub fn list(&self) -> ListSegments {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        ListSegments::new(self.scope.checked(api.get_all_segments(
            account,
            org,
            &*self.environment,
            project,
        )))
    }

    /// A segment.
    pub fn get(&self, id: impl Into<String>) -> GetSegment {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        GetSegment::new(self.scope.checked(api.get_segment(
            account,
            org,
            id,
            project,
            &*self.environment,
        )))
    }

    /// A new segment.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateSegment {
        CreateSegment {
            segment: types::CreateSegmentBody {
                identifier: Some(id.into().into()),
                name: Some(name.into().into()),
                project: self.scope.project().map(Into::into),
                environment: Some(self.environment.clone().into()),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Changes a segment by instructions. It is never repeated by itself.
    pub fn patch(&self, id: impl Into<String>) -> PatchSegment {
        PatchSegment {
            scope: self.scope.clone(),
            environment: self.environment.clone(),
            id: id.into(),
            patch: types::GitSyncPatchOperation::new(Vec::new()),
            options: CallOptions::default(),
        }
    }

    /// Deletes a segment. The server refuses while a flag is served to it.
    pub fn delete(&self, id: impl Into<String>) -> DeleteSegment {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        DeleteSegment::new(self.scope.checked(api.delete_segment(
            account,
            org,
            id,
            project,
            &*self.environment,
        )))
    }
}

list! {
    /// A list of segments: `GET /cf/admin/segments`.
    ListSegments(raw::GetAllSegments) -> types::Segment;
    /// Those whose name holds this text.
    search(impl Into<String>) => name;
}

request! {
    /// Reads a segment: `GET /cf/admin/segments/{identifier}`.
    GetSegment(raw::GetSegment) -> types::Segment = whole;
}

request! {
    /// Deletes a segment: `DELETE /cf/admin/segments/{identifier}`.
    DeleteSegment(raw::DeleteSegment) -> () = done;
}

/// Adds texts to a list.
fn add<I>(list: &mut Option<Value>, texts: I)
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    let texts = texts.into_iter().map(|text| Value::String(text.into()));
    match list {
        Some(Value::Array(list)) => list.extend(texts),
        other => *other = Some(texts.collect()),
    }
}

/// Creates a segment: `POST /cf/admin/segments`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateSegment {
    scope: Scope,
    segment: types::CreateSegmentBody,
    options: CallOptions,
}

impl CreateSegment {
    /// These targets are in it, whatever its rules say.
    pub fn include<I>(mut self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        add(&mut self.segment.included, targets);
        self
    }

    /// These targets are not in it, whatever its rules say.
    pub fn exclude<I>(mut self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        add(&mut self.segment.excluded, targets);
        self
    }

    /// One rule more: targets are in it whose attribute compares so, by an operator such as `equal` or `starts_with`, to
    /// one of these values.
    pub fn rule<I>(
        mut self,
        attribute: impl Into<String>,
        operator: impl Into<String>,
        values: I,
    ) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let rule = types::CreateSegmentBodyRules {
            attribute: Some(attribute.into().into()),
            op: Some(operator.into().into()),
            values: Some(values.into_iter().map(Into::<String>::into).collect()),
            negate: Some(false.into()),
            ..Default::default()
        };
        self.segment.rules.get_or_insert_default().push(rule);
        self
    }

    async fn run(self) -> Result<()> {
        let (account, org, _) = self.scope.required();
        let request = self
            .scope
            .raw()
            .ff()
            .create_segment(account, org, &self.segment)
            .with_options(self.options);
        done(self.scope.checked(request).send().await?)
    }
}

sendable!(CreateSegment -> ());

/// Changes a segment by instructions: `PATCH /cf/admin/segments/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct PatchSegment {
    scope: Scope,
    environment: String,
    id: String,
    patch: types::GitSyncPatchOperation,
    options: CallOptions,
}

impl PatchSegment {
    /// Puts these targets in it, whatever its rules say.
    pub fn include<I>(self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.instruction("addToIncludeList", json!({ "targets": texts(targets) }))
    }

    /// Takes back that these targets are in it.
    pub fn remove_included<I>(self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.instruction(
            "removeFromIncludeList",
            json!({ "targets": texts(targets) }),
        )
    }

    /// Keeps these targets out of it, whatever its rules say.
    pub fn exclude<I>(self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.instruction("addToExcludeList", json!({ "targets": texts(targets) }))
    }

    /// Takes back that these targets are kept out.
    pub fn remove_excluded<I>(self, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.instruction(
            "removeFromExcludeList",
            json!({ "targets": texts(targets) }),
        )
    }

    async fn run(self) -> Result<types::Segment> {
        let (account, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .ff()
            .patch_segment(account, org, project, self.environment, self.id)
            .body(&self.patch)
            .with_options(self.options);
        whole(self.scope.checked(request).send().await?)
    }
}

instructions!(PatchSegment);
sendable!(PatchSegment -> types::Segment);
