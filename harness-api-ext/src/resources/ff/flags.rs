//! The feature flags of a project.

use harness_api::ff::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde_json::json;

use super::instruction::{instructions, texts};
use crate::error::Result;
use crate::resources::builder::{done, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The feature flags of this project.
    feature_flags -> FeatureFlags on Project
}

/// The feature flags of a project.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let flags = harness.org("default").project("checkout").feature_flags();
/// flags.create("dark_mode", "Dark mode").description("Colours for the night").await?;
/// flags.patch("dark_mode").environment("prod").turn_on().serve("true").await?;
/// let flag = flags.get("dark_mode").environment("prod").await?;
/// println!("{:?}", flag.env_properties.and_then(|here| here.state));
///
/// for flag in flags.list().environment("prod").collect_all().await? {
///     println!("{:?}", flag.identifier);
/// }
/// flags.delete("dark_mode").await?;
/// flags.restore("dark_mode").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FeatureFlags {
    scope: Scope,
}

impl FeatureFlags {
    /// The flags.
    pub fn list(&self) -> ListFlags {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        ListFlags::new(
            self.scope
                .checked(api.get_all_features(account, org, project)),
        )
    }

    /// A flag. How it is served is told for one [environment](GetFlag::environment).
    pub fn get(&self, id: impl Into<String>) -> GetFlag {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        GetFlag::new(
            self.scope
                .checked(api.get_feature_flag(id, account, org, project)),
        )
    }

    /// A new flag: on or off, with the variations `true` and `false`, unless others are
    /// [set](CreateFlag::variations).
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateFlag {
        let flag = CreateFlag {
            flag: types::CreateFeatureFlagBody {
                identifier: Some(id.into().into()),
                name: Some(name.into().into()),
                project: self.scope.project().map(Into::into),
                archived: Some(false.into()),
                permanent: Some(false.into()),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        };
        flag.variations(
            types::FeatureKind::Boolean,
            [("true", "true"), ("false", "false")],
        )
        .serves("true", "false")
    }

    /// Changes a flag by instructions, all of them or none. It is never repeated by itself.
    pub fn patch(&self, id: impl Into<String>) -> PatchFlag {
        PatchFlag {
            scope: self.scope.clone(),
            id: id.into(),
            environment: None,
            patch: types::GitSyncPatchOperation::new(Vec::new()),
            options: CallOptions::default(),
        }
    }

    /// Archives a flag: it is served no more and can be restored. [Force](DeleteFlag::force) deletes it for good.
    pub fn delete(&self, id: impl Into<String>) -> DeleteFlag {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        DeleteFlag::new(
            self.scope
                .checked(api.delete_feature_flag(id, account, org, project)),
        )
    }

    /// Brings an archived flag back.
    pub fn restore(&self, id: impl Into<String>) -> RestoreFlag {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        RestoreFlag::new(
            self.scope
                .checked(api.restore_feature_flag(id, account, org, project)),
        )
    }
}

list! {
    /// A list of flags: `GET /cf/admin/features`.
    ListFlags(raw::GetAllFeatures) -> types::Feature;
    /// Tells how they are served in this environment.
    environment(impl Into<String>) => environment_identifier;
    /// Those whose name holds this text.
    search(impl Into<String>) => name;
    /// Those of this kind.
    kind(impl Into<types::GetAllFeaturesKind>) => kind;
    /// Those that are archived, or those that are not.
    archived(bool) => archived;
    /// Those that are on in the environment, or off.
    enabled(bool) => enabled;
}

request! {
    /// Reads a flag: `GET /cf/admin/features/{identifier}`.
    GetFlag(raw::GetFeatureFlag) -> types::Feature = whole;
    /// Tells how it is served in this environment.
    environment(impl Into<String>) => environment_identifier;
}

request! {
    /// Archives or deletes a flag: `DELETE /cf/admin/features/{identifier}`.
    DeleteFlag(raw::DeleteFeatureFlag) -> () = done;
    /// Deletes it for good, archived or not.
    force(bool) => force_delete;
    /// The message of the commit, where flags are kept in Git.
    commit_message(impl Into<String>) => commit_msg;
}

request! {
    /// Restores a flag: `POST /cf/admin/features/{identifier}/restore`.
    RestoreFlag(raw::RestoreFeatureFlag) -> () = done;
    /// The message of the commit, where flags are kept in Git.
    commit_message(impl Into<String>) => commit_msg;
}

/// Creates a flag: `POST /cf/admin/features`. It is off in every environment until it is turned on.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateFlag {
    scope: Scope,
    flag: types::CreateFeatureFlagBody,
    options: CallOptions,
}

impl CreateFlag {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.flag.description = Some(text.into().into());
        self
    }

    /// What it can be: pairs of identifier and value, all of this kind. Say too which of them it
    /// [serves](Self::serves).
    pub fn variations<I, N, V>(mut self, kind: types::FeatureKind, variations: I) -> Self
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<String>,
        V: Into<String>,
    {
        let variations = variations.into_iter().map(|(id, value)| {
            let id: String = id.into();
            types::CreateFeatureFlagBodyVariations {
                name: Some(id.clone().into()),
                identifier: Some(id.into()),
                value: Some(value.into().into()),
                ..Default::default()
            }
        });
        self.flag.kind = Some(kind.as_str().into());
        self.flag.variations = Some(variations.collect());
        self
    }

    /// The variations that it serves when it is on and when it is off.
    pub fn serves(mut self, on: impl Into<String>, off: impl Into<String>) -> Self {
        self.flag.default_on_variation = Some(on.into().into());
        self.flag.default_off_variation = Some(off.into().into());
        self
    }

    /// Whether it is to stay: such flags never count as stale.
    pub fn permanent(mut self, stays: bool) -> Self {
        self.flag.permanent = Some(stays.into());
        self
    }

    /// Who it belongs to, such as a mail address.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.flag.owner = Some(owner.into().into());
        self
    }

    async fn run(self) -> Result<types::FeatureResponseMetadata> {
        let (account, org, _) = self.scope.required();
        let request = self
            .scope
            .raw()
            .ff()
            .create_feature_flag(account, org)
            .body(&self.flag)
            .with_options(self.options);
        whole(self.scope.checked(request).send().await?)
    }
}

sendable!(CreateFlag -> types::FeatureResponseMetadata);

/// Changes a flag by instructions: `PATCH /cf/admin/features/{identifier}`.
///
/// Where a pipeline is attached to the flag and refuses, the error has status 424.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct PatchFlag {
    scope: Scope,
    id: String,
    environment: Option<String>,
    patch: types::GitSyncPatchOperation,
    options: CallOptions,
}

impl PatchFlag {
    /// The environment that is meant by what is said of serving, on and off.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// Turns it on: rules and default are served.
    pub fn turn_on(self) -> Self {
        self.instruction("setFeatureFlagState", json!({ "state": "on" }))
    }

    /// Turns it off: the off variation is served.
    pub fn turn_off(self) -> Self {
        self.instruction("setFeatureFlagState", json!({ "state": "off" }))
    }

    /// Serves this variation when the flag is on and no rule says otherwise.
    pub fn serve(self, variation: impl Into<String>) -> Self {
        let variation = variation.into();
        self.instruction("updateDefaultServe", json!({ "variation": variation }))
    }

    /// Serves this variation when the flag is off.
    pub fn serve_off(self, variation: impl Into<String>) -> Self {
        let variation = variation.into();
        self.instruction("updateOffVariation", json!({ "variation": variation }))
    }

    /// Serves this variation to these targets.
    pub fn serve_targets<I>(self, variation: impl Into<String>, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let (variation, targets) = (variation.into(), texts(targets));
        self.instruction(
            "addTargetsToVariationTargetMap",
            json!({ "variation": variation, "targets": targets }),
        )
    }

    /// Takes back that this variation is served to these targets.
    pub fn stop_serving_targets<I>(self, variation: impl Into<String>, targets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let (variation, targets) = (variation.into(), texts(targets));
        self.instruction(
            "removeTargetsToVariationTargetMap",
            json!({ "variation": variation, "targets": targets }),
        )
    }

    /// Serves this variation to the targets of these segments.
    pub fn serve_segments<I>(self, variation: impl Into<String>, segments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let (variation, segments) = (variation.into(), texts(segments));
        self.instruction(
            "addSegmentToVariationTargetMap",
            json!({ "variation": variation, "targetSegments": segments }),
        )
    }

    /// Takes back that this variation is served to the targets of these segments.
    pub fn stop_serving_segments<I>(self, variation: impl Into<String>, segments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let (variation, segments) = (variation.into(), texts(segments));
        self.instruction(
            "removeSegmentToVariationTargetMap",
            json!({ "variation": variation, "targetSegments": segments }),
        )
    }

    async fn run(self) -> Result<types::FeatureResponseMetadata> {
        let (account, org, project) = self.scope.required();
        let mut request = self
            .scope
            .raw()
            .ff()
            .patch_feature(self.id, account, org, project)
            .body(&self.patch)
            .with_options(self.options);
        if let Some(environment) = self.environment {
            request = request.environment_identifier(environment);
        }
        whole(self.scope.checked(request).send().await?)
    }
}

instructions!(PatchFlag);
sendable!(PatchFlag -> types::FeatureResponseMetadata);
