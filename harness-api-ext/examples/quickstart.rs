//! Shows the main features: an organization and a project, a pipeline and its run, a list, an error.
//!
//! `cargo run -p harness-api-ext --example quickstart` runs it against a mock. With `HARNESS_API_KEY` set, it runs against
//! that account, where it creates an organization of its own and deletes it in the end.

mod support;

use harness_api_ext::{Harness, Project, Result};
use support::{Place, pipeline_yaml, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    if let Some(mock) = &place.mock {
        mock.pipeline_script("deploy", ["Running", "Success"]);
    }
    let harness = &place.harness;
    let org = unique("quickstart");

    println!("\n1. An organization and a project");
    harness
        .account()
        .organizations()
        .create(&org, "Quickstart")
        .tag("made-by", "example")
        .await?;
    let projects = harness.org(&org).projects();
    projects
        .create("checkout", "Checkout")
        .description("The shop's till")
        .await?;
    println!("   created {org} and its project checkout");

    let tour = tour(harness, &harness.org(&org).project("checkout")).await;

    println!("\n6. Cleaning up");
    harness.account().organizations().delete(&org).await?;
    println!("   deleted {org}, with everything in it");
    tour
}

async fn tour(harness: &Harness, project: &Project) -> Result<()> {
    println!("\n2. A pipeline, from YAML");
    let pipelines = project.pipelines();
    let yaml = pipeline_yaml(project, "deploy");
    pipelines.create(&*yaml).await?;
    let stored = pipelines
        .get("deploy")
        .await?
        .yaml_pipeline
        .unwrap_or_default();
    println!(
        "   created deploy; {} lines of YAML came back as they were sent",
        stored.lines().count()
    );

    println!("\n3. A run of the pipeline");
    let run = project.pipeline("deploy").execute().notes("a tour").await?;
    let mut states = run.watch();
    while let Some(state) = states.try_next().await? {
        println!("   {}", state.status());
    }
    let mut logs = run.logs();
    while let Some(line) = logs.try_next().await? {
        println!("   {}: {}", line.step(), line.text());
    }

    println!("\n4. A list, read page by page");
    let mut organizations = harness
        .account()
        .organizations()
        .list()
        .page_size(1)
        .limit(3)
        .items();
    while let Some(found) = organizations.try_next().await? {
        let name = found
            .organization
            .and_then(|organization| organization.name);
        println!(
            "   {} of {:?}",
            name.unwrap_or_default(),
            organizations.total()
        );
    }

    println!("\n5. An error");
    match pipelines.get("no_such_pipeline").await {
        Err(error) if error.is_not_found() => {
            println!("   not found, as expected");
            println!("   kind:           {:?}", error.kind());
            println!("   code:           {}", error.code().unwrap_or("none"));
            println!("   message:        {}", error.message());
            println!("   hints:          {:?}", error.hints());
            println!(
                "   correlation id: {}",
                error.correlation_id().unwrap_or("none")
            );
        }
        Err(error) => return Err(error),
        Ok(_) => println!("   a pipeline of that name exists after all"),
    }
    Ok(())
}
