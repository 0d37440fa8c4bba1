//! The entities of the catalogue.

use harness_api::idp::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::entity_ref::{EntityRef, dotted};
use crate::error::Result;
use crate::git::GitStore;
use crate::resources::builder::{done, in_git, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The entities of the catalogue at this level.
    entities -> Entities on Account Org Project
}

/// The entities of the catalogue at one level: components, APIs, systems and so on, written as YAML.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let entities = harness.org("retail").project("checkout").entities();
/// let yaml = "apiVersion: harness.io/v1\nkind: component\nidentifier: billing\nname: Billing\n";
/// entities.create(yaml).await?;
/// let billing = entities.get("component", "billing").await?;
/// println!("{:?}", billing.yaml);
/// let elsewhere = "component:account.retail/ledger".parse()?;
/// println!("{:?}", entities.by_ref(&elsewhere).await?.owner);
/// println!("{}", entities.reference("component", "billing"));
/// for found in entities.list().search("bill").collect_all().await? {
///     println!("{:?}", found.identifier);
/// }
/// entities.update("component", "billing", yaml.replace("Billing", "Bills")).await?;
/// entities.delete("component", "billing").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Entities {
    scope: Scope,
}

impl Entities {
    /// The entities at this level.
    pub fn list(&self) -> ListEntities {
        let scope = dotted(self.scope.org(), self.scope.project());
        let api = self.scope.raw().idp();
        ListEntities::new(self.scope.checked(api.get_entities().scopes(scope)))
    }

    /// An entity, by kind and identifier. One that does not exist is answered with status 500, and is
    /// [not found](crate::Error::is_not_found) all the same.
    pub fn get(&self, kind: impl Into<String>, id: impl Into<String>) -> GetEntity {
        self.by_ref(&self.reference(kind, id))
    }

    /// An entity at whatever level its reference says.
    pub fn by_ref(&self, entity: &EntityRef) -> GetEntity {
        let scope = self.scope.refusing(entity.check());
        let api = scope.raw().idp();
        let mut request = api.get_entity(entity.scope(), entity.kind(), entity.id());
        if let Some(org) = entity.org() {
            request = request.org_identifier(org);
        }
        if let Some(project) = entity.project() {
            request = request.project_identifier(project);
        }
        GetEntity::new(scope.checked(request))
    }

    /// The reference of an entity at this level. Nothing is sent.
    pub fn reference(&self, kind: impl Into<String>, id: impl Into<String>) -> EntityRef {
        let (org, project) = (self.scope.org(), self.scope.project());
        EntityRef::new(kind.into(), org, project, id.into())
    }

    /// A new entity of this YAML, which says its kind and identifier. The text is sent as it is.
    pub fn create(&self, yaml: impl Into<String>) -> CreateEntity {
        CreateEntity {
            scope: self.scope.clone(),
            yaml: yaml.into(),
            git: None,
            convert: None,
            dry_run: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this YAML in place of that of an entity. The text is sent as it is.
    pub fn update(
        &self,
        kind: impl Into<String>,
        id: impl Into<String>,
        yaml: impl Into<String>,
    ) -> UpdateEntity {
        let entity = self.reference(kind, id);
        UpdateEntity {
            scope: self.scope.refusing(entity.check()),
            entity,
            yaml: yaml.into(),
            git: None,
            options: CallOptions::default(),
        }
    }

    /// Deletes an entity.
    pub fn delete(&self, kind: impl Into<String>, id: impl Into<String>) -> DeleteEntity {
        let entity = self.reference(kind, id);
        let scope = self.scope.refusing(entity.check());
        let api = scope.raw().idp();
        let request = api.delete_entity(entity.scope(), entity.kind(), entity.id());
        DeleteEntity::new(scope.on(request))
    }
}

list! {
    /// A list of entities: `GET /v1/entities`.
    ListEntities(raw::GetEntities) -> types::EntityResponse;
    /// Those that hold this text.
    search(impl Into<String>) => search_term;
    /// Those of these kinds, with commas between them: `component,api`.
    kind(impl Into<String>) => kind;
    /// Those of these types, with commas between them: `service,library`.
    entity_type(impl Into<String>) => type_;
    /// Those of these owners, with commas between them.
    owner(impl Into<String>) => owner;
    /// Those with these tags, with commas between them.
    tags(impl Into<String>) => tags;
    /// Those that belong to the caller.
    owned_by_me(bool) => owned_by_me;
    /// Those that the caller marked as favourites.
    favorites(bool) => favorites;
    /// Those of these levels in place of this one, with commas between them: `account,account.retail`.
    scopes(impl Into<String>) => scopes;
}

request! {
    /// Reads an entity: `GET /v1/entities/{scope}/{kind}/{identifier}`.
    GetEntity(raw::GetEntity) -> types::EntityResponse = whole;
}
in_git!(GetEntity);

request! {
    /// Deletes an entity: `DELETE /v1/entities/{scope}/{kind}/{identifier}`.
    DeleteEntity(raw::DeleteEntity) -> () = done;
}

/// What is said of Git, as the body of a call has it.
macro_rules! git_details {
    ($details:ident, $git:expr; $($member:ident)*) => {
        types::$details {
            $($member: $git.value(stringify!($member)).map(str::to_owned),)*
            store_type: $git.value("store_type").map(Into::into),
            is_harness_code_repo: $git.value("is_harness_code_repo").map(|flag| flag == "true"),
            ..Default::default()
        }
    };
}

/// Creates an entity: `POST /v1/entities`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateEntity {
    scope: Scope,
    yaml: String,
    git: Option<GitStore>,
    convert: Option<bool>,
    dry_run: Option<bool>,
    options: CallOptions,
}

impl CreateEntity {
    /// Where in Git it is kept.
    pub fn git(mut self, git: GitStore) -> Self {
        self.git = Some(git);
        self
    }

    /// Whether the YAML is of the older form, and is to be converted.
    pub fn convert(mut self, older: bool) -> Self {
        self.convert = Some(older);
        self
    }

    /// Whether it is only checked, and not stored.
    pub fn dry_run(mut self, check_only: bool) -> Self {
        self.dry_run = Some(check_only);
        self
    }

    async fn run(self) -> Result<types::EntityResponse> {
        let mut body = types::EntityCreateRequest::new(self.yaml);
        if let Some(git) = &self.git {
            body.git_details = Some(Box::new(git_details!(
                IdpGitCreateDetails, git;
                branch_name base_branch commit_message connector_ref file_path repo_name
            )));
        }
        let mut request = self
            .scope
            .raw()
            .idp()
            .create_entity(&body)
            .with_options(self.options);
        if let Some(convert) = self.convert {
            request = request.convert(convert);
        }
        if let Some(dry_run) = self.dry_run {
            request = request.dry_run(dry_run);
        }
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateEntity -> types::EntityResponse);

/// Replaces an entity: `PUT /v1/entities/{scope}/{kind}/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateEntity {
    scope: Scope,
    entity: EntityRef,
    yaml: String,
    git: Option<GitStore>,
    options: CallOptions,
}

impl UpdateEntity {
    /// Where in Git it is kept, and how the change is committed.
    pub fn git(mut self, git: GitStore) -> Self {
        self.git = Some(git);
        self
    }

    async fn run(self) -> Result<types::EntityResponse> {
        let mut body = types::EntityUpdateRequest::new(self.yaml);
        if let Some(git) = &self.git {
            body.git_details = Some(Box::new(git_details!(
                IdpGitUpdateDetails, git;
                branch_name base_branch commit_message connector_ref file_path repo_name
                last_object_id last_commit_id
            )));
        }
        let entity = &self.entity;
        let request = self
            .scope
            .raw()
            .idp()
            .update_entity(entity.scope(), entity.kind(), entity.id(), &body)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(UpdateEntity -> types::EntityResponse);
