//! Names, stages and steps in the YAML of pipelines and input sets.
//!
//! The text is parsed only for reading, and stored as it was sent.

use serde_norway::Value;

use crate::mock::envelope::Refusal;

/// Parsed document.
#[derive(Debug)]
pub(super) struct Document(Value);

/// Identifier and name of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

/// Step, with its stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) stage: String,
    pub(super) id: String,
    pub(super) name: String,
}

impl Document {
    /// Parses a text.
    ///
    /// # Errors
    ///
    /// Returns the failure of the service for invalid YAML.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let parsed = serde_norway::from_str(text);
        parsed
            .map(Self)
            .map_err(|error| Refusal::invalid(format!("Invalid YAML: {error}")))
    }

    /// Returns identifier and name of a document with this root; `None` if it has no such root or no identifier.
    pub(super) fn named(&self, root: &str) -> Option<Named> {
        let found = Named {
            id: self.text(&[root, "identifier"])?,
            name: self.text(&[root, "name"]).unwrap_or_default(),
        };
        (!found.id.is_empty()).then_some(found)
    }

    /// Returns the text under this path of keys.
    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        text(path.iter().try_fold(&self.0, |value, key| value.get(key))?)
    }

    /// Returns the identifiers of the stages of a pipeline.
    pub(super) fn stages(&self) -> Vec<String> {
        let mut found = Found::default();
        found.look(&self.0, "");
        found.stages
    }

    /// Returns the steps of a pipeline in document order, including those of groups and parallel steps.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut found = Found::default();
        found.look(&self.0, "");
        found.steps
    }
}

#[derive(Default)]
struct Found {
    stages: Vec<String>,
    steps: Vec<Step>,
}

impl Found {
    fn look(&mut self, value: &Value, stage: &str) {
        match value {
            Value::Mapping(members) => {
                for (key, value) in members {
                    let id = value.get("identifier").and_then(text);
                    match (key.as_str(), id) {
                        (Some("stage"), Some(id)) => {
                            self.stages.push(id.clone());
                            self.look(value, &id);
                        }
                        (Some("step"), Some(id)) => {
                            let name = value.get("name").and_then(text);
                            self.steps.push(Step {
                                stage: stage.to_owned(),
                                name: name.unwrap_or_else(|| id.clone()),
                                id,
                            });
                        }
                        _ => self.look(value, stage),
                    }
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.look(item, stage)),
            _ => {}
        }
    }
}

/// Returns a scalar as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "\
# the till
pipeline:
  tags: {}
  stages:
    - stage:
        identifier: build
        name: Build it
        spec:
          execution:
            steps:
              - step:
                  type: Run
                  name: \"Compile: all\"
                  identifier: compile # first
                  spec: { command: \"<+pipeline.variables.command>\", image: <+input> }
              - step: { identifier: test, spec: { name: not this } }
              - parallel:
                  - step: { identifier: lint, name: Lint }
                  - stepGroup: { identifier: scans, steps: [ { step: { identifier: scan } } ] }
    - stage: { identifier: wait, type: Custom, spec: { execution: { steps: [] } } }
  name: 'Deploy it'
  identifier: deploy
";

    fn parsed(text: &str) -> Document {
        Document::parse(text).expect("YAML")
    }

    #[test]
    fn a_pipeline_is_named_by_its_own_members() {
        let named = parsed(YAML).named("pipeline").expect("named");
        assert_eq!((&*named.id, &*named.name), ("deploy", "Deploy it"));
        assert_eq!(parsed(YAML).named("inputSet"), None);
        for nameless in [
            "pipeline:\n  name: x\n",
            "pipeline: {identifier: ''}",
            "",
            "[]",
        ] {
            assert_eq!(parsed(nameless).named("pipeline"), None, "{nameless}");
        }
        let json = "{\"pipeline\": {\"name\": \"Deploy\", \"identifier\": \"deploy\"}}";
        assert!(parsed(json).named("pipeline").is_some());
        let nested = "inputSet:\n  identifier: nightly\n  pipeline: {identifier: deploy}\n";
        assert_eq!(
            parsed(nested).text(&["inputSet", "pipeline", "identifier"]),
            Some("deploy".to_owned())
        );
    }

    #[test]
    fn steps_belong_to_their_stage_whatever_their_style() {
        let document = parsed(YAML);
        let steps = document.steps();
        let told: Vec<_> = steps
            .iter()
            .map(|step| (&*step.stage, &*step.id, &*step.name))
            .collect();
        assert_eq!(
            told,
            [
                ("build", "compile", "Compile: all"),
                ("build", "test", "test"),
                ("build", "lint", "Lint"),
                ("build", "scan", "scan"),
            ]
        );
        assert_eq!(document.stages(), ["build", "wait"]);
    }

    #[test]
    fn what_is_no_yaml_is_refused() {
        for text in [
            "pipeline: {identifier: deploy",
            "pipeline:\n\tidentifier: deploy\n",
            "a: 1\na: 2\n",
            "pipeline: *unknown\n",
        ] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }
}
