//! Server of the examples: the account of the `HARNESS_*` variables, or else a mock in the process.

#![allow(dead_code, reason = "each example uses what it needs")]

use harness_api_ext::mock::Server;
use harness_api_ext::{Error, Harness, Project, Result};

/// Client of an example, and its mock if it uses one.
pub(crate) struct Place {
    pub(crate) harness: Harness,
    pub(crate) mock: Option<Server>,
}

impl Place {
    /// Returns a client for the account in the environment if a key is set, or else for a mock.
    pub(crate) async fn find() -> Result<Self> {
        let names = ["HARNESS_PLATFORM_API_KEY", "HARNESS_API_KEY"];
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let has_key = names.into_iter().any(is_set);
        // Tests of the examples never use the network.
        if has_key && !cfg!(test) {
            let harness = Harness::from_env()?;
            println!(
                "Running against {}, account {}",
                harness.base_url(),
                harness.account_id()
            );
            return Ok(Self {
                harness,
                mock: None,
            });
        }
        println!("Running against a mock; set HARNESS_API_KEY to run against your account");
        let server = Server::start().await?;
        Ok(Self {
            harness: server.harness(),
            mock: Some(server),
        })
    }

    /// Returns the project from `HARNESS_ORG` and `HARNESS_PROJECT`, or a new one of the mock.
    pub(crate) fn project(&self) -> Result<Project> {
        if let Some(mock) = &self.mock {
            mock.add_project("retail", "checkout");
            return Ok(self.harness.org("retail").project("checkout"));
        }
        let project = self.harness.default_project();
        project.ok_or_else(|| Error::from(harness_api_ext::raw::Error::new(
            harness_api_ext::raw::ErrorKind::Build,
            "set HARNESS_ORG and HARNESS_PROJECT to a project in which the example may create things",
        )))
    }
}

/// Returns a unique identifier.
pub(crate) fn unique(name: &str) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{name}_{}", since.map_or(0, |since| since.as_millis()))
}

/// Returns a small pipeline with two steps, neither of which needs a delegate.
pub(crate) fn pipeline_yaml(project: &Project, id: &str) -> String {
    format!(
        "pipeline:
  name: {id}
  identifier: {id}
  orgIdentifier: {}
  projectIdentifier: {}
  stages:
    - stage:
        name: Build
        identifier: build
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Compile
                  identifier: compile
                  type: Wait
                  spec: {{ duration: 1s }}
              - step:
                  name: Test
                  identifier: test
                  type: Wait
                  spec: {{ duration: 1s }}
",
        project.org_id(),
        project.id(),
    )
}

/// In the test of the examples, each example is a module with this one inside.
#[cfg(test)]
#[test]
fn runs() {
    if let Err(error) = super::main() {
        panic!("the example failed: {error}");
    }
}
