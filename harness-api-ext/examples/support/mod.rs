//! Where the examples run: against the account that `HARNESS_*` names, or else against a mock in the process.

#![allow(dead_code, reason = "each example uses what it needs")]

use harness_api_ext::mock::Server;
use harness_api_ext::{Error, Harness, Project, Result};

/// A client, and the mock when it is one of it.
pub(crate) struct Place {
    pub(crate) harness: Harness,
    pub(crate) mock: Option<Server>,
}

impl Place {
    /// A client of the account in the environment when there is a key, and of a mock when there is none.
    pub(crate) async fn find() -> Result<Self> {
        let names = ["HARNESS_PLATFORM_API_KEY", "HARNESS_API_KEY"];
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let has_key = names.into_iter().any(is_set);
        // Tests of the examples never leave the machine.
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
        println!("Running against a mock; set HARNESS_API_KEY to run against an account of yours");
        let server = Server::start().await?;
        Ok(Self {
            harness: server.harness(),
            mock: Some(server),
        })
    }

    /// The project from `HARNESS_ORG` and `HARNESS_PROJECT`; with a mock, a new one.
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

/// An identifier that nothing else has.
pub(crate) fn unique(name: &str) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{name}_{}", since.map_or(0, |since| since.as_millis()))
}

/// A small pipeline: two steps, and nothing that needs a delegate.
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

/// In the test of the examples, each of them is a module around this one.
#[cfg(test)]
#[test]
fn runs() {
    if let Err(error) = super::main() {
        panic!("the example failed: {error}");
    }
}
