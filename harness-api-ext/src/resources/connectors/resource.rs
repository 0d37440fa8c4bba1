//! The connectors of an account, an organization or a project.

use harness_api::connectors::{self as raw, types};
use harness_api::{CallOptions, Configure, Redactor};

use crate::error::Result;
use crate::resources::builder::{
    PageSettings, awaitable, described, done, in_git, levels, member, pages, request, sendable,
};
use crate::scope::Scope;
use crate::wait::WaitFailure;

levels! {
    /// The connectors at this level; those above can be used too, and are listed above.
    connectors -> Connectors on Account Org Project
}

/// Connectors at one level.
///
/// ```
/// use harness_api_ext::connectors::types::{DockerAuthentication, DockerConnector};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let connectors = harness.org("default").project("checkout").connectors();
/// let hub = DockerConnector {
///     docker_registry_url: Some("https://index.docker.io/v2/".into()),
///     provider_type: Some("DockerHub".into()),
///     ..Default::default()
/// };
/// connectors.create("hub", "Docker Hub", hub).tag("team", "pay").await?;
/// connectors.test("hub").await?.success()?;
/// for found in connectors.list().search("hub").collect_all().await? {
///     println!("{:?}", found.connector.and_then(|connector| connector.identifier));
/// }
/// if let Some(mut hub) = connectors.get("hub").await?.connector {
///     hub.name = Some("The hub".into());
///     connectors.update(*hub).await?;
/// }
/// connectors.delete("hub").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Connectors {
    scope: Scope,
}

impl Connectors {
    /// The connectors, those that changed last first.
    pub fn list(&self) -> ListConnectors {
        ListConnectors {
            scope: self.scope.clone(),
            filter: types::ConnectorFilterProperties {
                filter_type: Some(types::ConnectorFilterPropertiesFilterType::Connector),
                ..Default::default()
            },
            search: None,
            above: false,
            paging: PageSettings::default(),
            options: CallOptions::default(),
        }
    }

    /// A connector. One that does not exist is answered with status 400, and is
    /// [not found](crate::Error::is_not_found) all the same.
    pub fn get(&self, id: impl Into<String>) -> GetConnector {
        let api = self.scope.raw().connectors();
        GetConnector::new(self.scope.on(api.get_connector(self.scope.account(), id)))
    }

    /// A new connector of the kind that its settings are of. For a kind that has no type here, give
    /// [`ConnectorConfig::Unrecognized`](types::ConnectorConfig::Unrecognized) and say its [kind](CreateConnector::kind).
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        settings: impl Into<types::ConnectorConfig>,
    ) -> CreateConnector {
        CreateConnector {
            connector: types::ConnectorInfo {
                identifier: Some(id.into()),
                name: Some(name.into()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                spec: Some(settings.into()),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the connector with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut connector: types::ConnectorInfo) -> UpdateConnector {
        let scope = self
            .scope
            .adopting(
                &mut connector.org_identifier,
                &mut connector.project_identifier,
            )
            .naming(
                "connector identifier",
                connector.identifier.as_deref().unwrap_or_default(),
            );
        let body = types::NgConnectorRequest {
            connector: Some(Box::new(connector)),
            ..Default::default()
        };
        let api = scope.raw().connectors();
        UpdateConnector::new(scope.on(api.update_connector(scope.account(), &body)))
    }

    /// Deletes a connector.
    pub fn delete(&self, id: impl Into<String>) -> DeleteConnector {
        let api = self.scope.raw().connectors();
        DeleteConnector::new(
            self.scope
                .on(api.delete_connector(self.scope.account(), id)),
        )
    }

    /// Uses a connector once, to see whether it works. A delegate does it, which may take a minute.
    pub fn test(&self, id: impl Into<String>) -> TestConnector {
        let id = id.into();
        let api = self.scope.raw().connectors();
        let request = api.get_test_connection_result(self.scope.account(), &*id);
        TestConnector {
            raw: self.scope.on(request),
            id,
        }
    }
}

/// A list of connectors: `POST /ng/api/connectors/listV2`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListConnectors {
    scope: Scope,
    filter: types::ConnectorFilterProperties,
    search: Option<String>,
    above: bool,
    paging: PageSettings,
    options: CallOptions,
}

impl ListConnectors {
    /// Those whose name, identifier, description or tags hold this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }

    /// Those with these identifiers.
    pub fn identifiers<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.connector_identifiers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Those of these kinds.
    pub fn kinds<I>(mut self, kinds: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::ConnectorFilterPropertiesTypes>,
    {
        self.filter.types = Some(kinds.into_iter().map(Into::into).collect());
        self
    }

    /// Those of the levels above as well, which can be used here.
    pub fn with_those_above(mut self) -> Self {
        self.above = true;
        self
    }

    fn into_raw(self) -> raw::GetConnectorListV2 {
        let api = self.scope.raw().connectors();
        let mut request = api
            .get_connector_list_v2(self.scope.account(), &self.filter)
            .with_options(self.options);
        if let Some(text) = self.search {
            request = request.search_term(text);
        }
        if self.above {
            request = request.include_all_connectors_available_at_scope(true);
        }
        self.scope.on(request)
    }
}

impl Configure for ListConnectors {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }
}

pages!(ListConnectors -> types::NgConnectorResponse);

request! {
    /// Reads a connector: `GET /ng/api/connectors/{identifier}`.
    GetConnector(raw::GetConnector) -> types::NgConnectorResponse = .data;
}
in_git!(GetConnector);

request! {
    /// Replaces a connector: `PUT /ng/api/connectors`.
    UpdateConnector(raw::UpdateConnector) -> types::NgConnectorResponse = .data;
}
in_git!(UpdateConnector);

request! {
    /// Deletes a connector: `DELETE /ng/api/connectors/{identifier}`.
    DeleteConnector(raw::DeleteConnector) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
}
in_git!(DeleteConnector);

/// Creates a connector: `POST /ng/api/connectors`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateConnector {
    scope: Scope,
    connector: types::ConnectorInfo,
    options: CallOptions,
}

impl CreateConnector {
    /// The kind, for settings that have no type here.
    pub fn kind(mut self, kind: impl Into<types::ConnectorInfoType>) -> Self {
        self.connector.type_ = Some(kind.into());
        self
    }

    async fn run(self) -> Result<types::NgConnectorResponse> {
        let body = types::NgConnectorRequest {
            connector: Some(Box::new(self.connector)),
            ..Default::default()
        };
        let request = self
            .scope
            .raw()
            .connectors()
            .create_connector(self.scope.account(), &body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateConnector.connector);
in_git!(CreateConnector);
sendable!(CreateConnector -> types::NgConnectorResponse);

/// Tests a connector: `POST /ng/api/connectors/testConnection/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct TestConnector {
    raw: raw::GetTestConnectionResult,
    id: String,
}

/// What a test of a connector has shown.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let tested = harness.account().connectors().test("hub").await?;
/// println!("{:?}", tested.result.error_summary);
/// tested.success()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestedConnector {
    /// What the server answered.
    pub result: types::ConnectorValidationResult,
    id: String,
    redactor: Redactor,
}

impl TestConnector {
    async fn run(self) -> Result<TestedConnector> {
        let answer = self.raw.send().await?;
        Ok(TestedConnector {
            redactor: answer.redactor().clone(),
            result: member(answer, |answer| answer.data)?,
            id: self.id,
        })
    }
}

impl TestedConnector {
    /// Whether the connector works.
    pub fn is_success(&self) -> bool {
        self.result.status == Some(types::ConnectorValidationResultStatus::Success)
    }

    /// What was found, when the connector works.
    ///
    /// # Errors
    ///
    /// Of kind [`Wait`](crate::ErrorKind::Wait) with [`WaitFailure::Failed`] and what the delegate says, when it does not.
    pub fn success(self) -> Result<Self> {
        if self.is_success() {
            return Ok(self);
        }
        let result = &self.result;
        let status = result
            .status
            .as_ref()
            .map_or("unknown", |status| status.as_str());
        let reasons = result
            .errors
            .iter()
            .flatten()
            .filter_map(|error| error.message.as_deref());
        let reasons: Vec<&str> = result
            .error_summary
            .as_deref()
            .into_iter()
            .chain(reasons)
            .collect();
        let status = format!("{status}: {}", reasons.join("; "));
        let name = format!("the test of connector {}", self.id);
        Err(WaitFailure::failed(
            &self.redactor,
            &name,
            &status,
            self.result,
        ))
    }
}

impl Configure for TestConnector {
    fn options(&mut self) -> &mut CallOptions {
        self.raw.options()
    }
}

in_git!(TestConnector);
awaitable!(TestConnector -> TestedConnector);
