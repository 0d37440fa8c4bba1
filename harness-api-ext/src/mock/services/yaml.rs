//! As much of YAML as has to be known of a pipeline: the lines that name it, its stages and its steps.
//!
//! The text is not parsed: it may hold expressions and inputs that no parser takes, and it is kept as it is.

/// Identifier and name, as the lines right below the root say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

/// A step, and the stage it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) stage: String,
    pub(super) id: String,
    pub(super) name: String,
}

/// What a document of this root is called; `None` when it has no such root or no identifier.
pub(super) fn named(yaml: &str, root: &str) -> Option<Named> {
    let found = Named {
        id: member(yaml, &[root, "identifier"])?,
        name: member(yaml, &[root, "name"]).unwrap_or_default(),
    };
    (!found.id.is_empty()).then_some(found)
}

/// The text under this path of keys.
pub(super) fn member(yaml: &str, path: &[&str]) -> Option<String> {
    let mut depth = 0;
    // The indentation of the keys along the path, once it is known.
    let mut indents: Vec<usize> = Vec::new();
    for line in yaml.lines() {
        let Some((indent, key, value)) = key(line) else {
            continue;
        };
        while depth > 0 && indent <= indents[depth - 1] {
            depth -= 1;
            indents.truncate(depth);
        }
        // Only what stands directly below the last key that fits is its member.
        let level = *indents.get(depth).unwrap_or(&indent);
        if indents.len() == depth {
            indents.push(indent);
        }
        if indent != level || key != path[depth] {
            continue;
        }
        if depth + 1 == path.len() {
            return Some(value.to_owned());
        }
        depth += 1;
    }
    None
}

/// The steps of a pipeline, in the order of the text.
pub(super) fn steps(yaml: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut stage = String::new();
    // Which of the two was begun last, until its identifier is known.
    let mut open: Option<&str> = None;
    let mut name = String::new();
    for line in yaml.lines() {
        let Some((_, key, value)) = key(line) else {
            continue;
        };
        match key {
            "stage" | "step" if value.is_empty() => {
                open = Some(if key == "stage" { "stage" } else { "step" });
                name.clear();
            }
            "name" if open.is_some() && name.is_empty() => value.clone_into(&mut name),
            "identifier" => match open.take() {
                Some("stage") => value.clone_into(&mut stage),
                Some(_) => steps.push(Step {
                    stage: stage.clone(),
                    id: value.to_owned(),
                    name: if name.is_empty() {
                        value.to_owned()
                    } else {
                        name.clone()
                    },
                }),
                None => {}
            },
            _ => {}
        }
    }
    steps
}

/// Indentation, key and value of a line; a dash that begins an item counts as indentation.
fn key(line: &str) -> Option<(usize, &str, &str)> {
    let text = line.trim_start_matches([' ', '-']);
    let indent = line.len() - text.len();
    let (key, value) = text.split_once(':')?;
    if key.is_empty()
        || key.starts_with('#')
        || !(value.is_empty() || value.starts_with([' ', '\r']))
    {
        return None;
    }
    let value = value.trim();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
        Some('#') => "",
        _ => value.split(" #").next().unwrap_or_default().trim_end(),
    };
    Some((indent, key.trim_matches(['"', '\'']), value))
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
              - step:
                  identifier: test
                  spec:
                    name: not this
  name: 'Deploy it'
  identifier: deploy
";

    #[test]
    fn a_pipeline_is_named_by_its_own_lines() {
        let named = named(YAML, "pipeline").expect("named");
        assert_eq!((&*named.id, &*named.name), ("deploy", "Deploy it"));
        assert_eq!(super::named(YAML, "inputSet"), None);
        assert_eq!(super::named("pipeline:\n  name: x\n", "pipeline"), None);
        let nested = "inputSet:\n  identifier: nightly\n  pipeline:\n    identifier: deploy\n";
        assert_eq!(
            member(nested, &["inputSet", "pipeline", "identifier"]).as_deref(),
            Some("deploy")
        );
        assert_eq!(
            member(nested, &["inputSet", "identifier"]).as_deref(),
            Some("nightly")
        );
    }

    #[test]
    fn steps_belong_to_their_stage() {
        let steps = steps(YAML);
        let told: Vec<_> = steps
            .iter()
            .map(|step| (&*step.stage, &*step.id, &*step.name))
            .collect();
        assert_eq!(
            told,
            [
                ("build", "compile", "Compile: all"),
                ("build", "test", "test")
            ]
        );
    }
}
