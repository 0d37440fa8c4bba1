//! Runs a pipeline with inputs, follows its logs, and waits for its outcome.

mod support;

use std::time::Duration;

use harness_api_ext::mock::RunScript;
use harness_api_ext::{Backoff, Project, Result};
use support::{Place, pipeline_yaml, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let project = place.project()?;
    let id = unique("run_pipeline");
    if let Some(mock) = &place.mock {
        let script =
            RunScript::new(["Running", "Success"]).log("compile", ["cargo build", "Finished"]);
        mock.pipeline_script(&id, script);
    }
    project
        .pipelines()
        .create(pipeline_yaml(&project, &id))
        .await?;
    let outcome = run(&project, &id).await;
    project.pipelines().delete(&*id).await?;
    outcome
}

async fn run(project: &Project, id: &str) -> Result<()> {
    // Inputs are YAML with the structure of the pipeline, and contain the values of its `<+input>` fields.
    let inputs = format!("pipeline:\n  identifier: {id}\n");
    let run = project
        .pipeline(id)
        .execute()
        .inputs_yaml(inputs)
        .notes("nightly")
        .await?;
    println!("Started run {}", run.id());

    // The log lines arrive as the steps write them, up to the end of the run.
    let mut logs = run.logs();
    while let Some(line) = logs.try_next().await? {
        println!("{:>10} | {}", line.step(), line.text());
    }

    let end = run
        .wait()
        .deadline(Duration::from_secs(600))
        .backoff(Backoff::every(Duration::from_secs(2)))
        .await?
        .success()?;
    println!(
        "It ended as {} after {:?}",
        end.state.status(),
        end.duration()
    );
    Ok(())
}
