//! The variables of an account, an organization or a project.

use harness_api::platform::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The variables at this level.
    variables -> Variables on Account Org Project
}

/// Variables at one level: texts that pipelines refer to. They are not secret.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let variables = harness.org("default").project("checkout").variables();
/// variables.create("region", "Region", "eu-west-1").description("Where it runs").await?;
/// if let Some(mut region) = variables.get("region").await?.variable {
///     region.spec.get_or_insert_default().fixed_value = Some("eu-central-1".into());
///     variables.update(*region).await?;
/// }
/// variables.delete("region").await?;
/// println!("{} are left", variables.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Variables {
    scope: Scope,
}

impl Variables {
    /// The variables at this level.
    pub fn list(&self) -> ListVariables {
        let api = self.scope.raw().platform();
        ListVariables::new(self.scope.on(api.get_variable_list(self.scope.account())))
    }

    /// A variable.
    pub fn get(&self, id: impl Into<String>) -> GetVariable {
        let api = self.scope.raw().platform();
        GetVariable::new(self.scope.on(api.get_variable(id, self.scope.account())))
    }

    /// A new variable with a fixed value, of type `String`, which is the one that the service has.
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> CreateVariable {
        CreateVariable {
            variable: types::VariableDto {
                identifier: Some(id.into()),
                name: Some(name.into()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                type_: Some(types::VariableDtoType::String),
                spec: Some(Box::new(types::VariableConfigDto {
                    value_type: Some(types::VariableConfigDtoValueType::Fixed),
                    fixed_value: Some(value.into()),
                    ..Default::default()
                })),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the variable with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut variable: types::VariableDto) -> UpdateVariable {
        let scope = self
            .scope
            .adopting(
                &mut variable.org_identifier,
                &mut variable.project_identifier,
            )
            .naming(
                "variable identifier",
                variable.identifier.as_deref().unwrap_or_default(),
            );
        // What the server found, and not what a caller sends.
        variable.governance_metadata = None;
        let body = types::VariableRequestDto {
            variable: Some(Box::new(variable)),
            ..Default::default()
        };
        let api = scope.raw().platform();
        UpdateVariable::new(scope.on(api.update_variable(scope.account(), &body)))
    }

    /// Deletes a variable.
    pub fn delete(&self, id: impl Into<String>) -> DeleteVariable {
        let api = self.scope.raw().platform();
        DeleteVariable::new(self.scope.on(api.delete_variable(self.scope.account(), id)))
    }
}

list! {
    /// A list of variables: `GET /ng/api/variables`.
    ListVariables(raw::GetVariableList) -> types::VariableResponseDto;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those of the levels below as well.
    with_those_below(bool) => include_variables_from_every_sub_scope;
}

request! {
    /// Reads a variable: `GET /ng/api/variables/{identifier}`.
    GetVariable(raw::GetVariable) -> types::VariableResponseDto = .data;
}

request! {
    /// Replaces a variable: `PUT /ng/api/variables`.
    UpdateVariable(raw::UpdateVariable) -> types::VariableResponseDto = .data;
}

request! {
    /// Deletes a variable: `DELETE /ng/api/variables/{identifier}`.
    DeleteVariable(raw::DeleteVariable) -> () = done;
}

/// Creates a variable: `POST /ng/api/variables`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateVariable {
    scope: Scope,
    variable: types::VariableDto,
    options: CallOptions,
}

impl CreateVariable {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.variable.description = Some(text.into());
        self
    }

    async fn run(self) -> Result<types::VariableResponseDto> {
        let body = types::VariableRequestDto {
            variable: Some(Box::new(self.variable)),
            ..Default::default()
        };
        let request = self
            .scope
            .raw()
            .platform()
            .create_variable(self.scope.account(), &body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(CreateVariable -> types::VariableResponseDto);
