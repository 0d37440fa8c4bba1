//! Handles errors by predicates instead of statuses.

mod support;

use harness_api_ext::mock::Reply;
use harness_api_ext::{Error, Result};
use serde_json::json;
use support::Place;

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let organizations = place.harness.account().organizations();

    if let Err(error) = organizations.get("no_such_organization").await {
        explain("Something that does not exist", &error);
    }
    if let Err(error) = organizations.create("9 lives", "").await {
        explain("Something that is not valid", &error);
    }
    // The other errors require a mock, which can simulate failures.
    let Some(mock) = &place.mock else {
        return Ok(());
    };
    mock.deny("core_organization_delete");
    if let Err(error) = organizations.delete("default").await {
        explain("Something that is not allowed", &error);
    }
    let git = json!({
        "status": "ERROR", "code": "SCM_UNAUTHORIZED", "message": "Check the connector", "correlationId": "7b1f0c52",
        "responseMessages": [
            {"code": "HINT", "level": "INFO", "message": "Check the credentials of the connector."},
            {"code": "EXPLANATION", "level": "INFO", "message": "The token cannot read the repository."},
            {"code": "SCM_UNAUTHORIZED", "level": "ERROR", "message": "401 from the Git host"},
        ],
    });
    mock.answer_next("getOrganization", [Reply::json(500, &git)]);
    if let Err(error) = organizations.get("default").await {
        explain("Something with advice", &error);
    }
    Ok(())
}

fn explain(title: &str, error: &Error) {
    println!("\n{title}: {error}");
    let questions = [
        ("not found", error.is_not_found()),
        ("not valid", error.is_validation()),
        ("not allowed", error.is_permission_denied()),
        ("a conflict", error.is_conflict()),
        ("worth another try", error.is_retryable()),
    ];
    let answers: Vec<&str> = questions
        .iter()
        .filter(|(_, yes)| *yes)
        .map(|(name, _)| *name)
        .collect();
    println!(
        "  It is:          {}",
        if answers.is_empty() {
            "none of these".to_owned()
        } else {
            answers.join(", ")
        }
    );
    println!("  kind, status:   {:?}, {:?}", error.kind(), error.status());
    println!("  code:           {}", error.code().unwrap_or("none"));
    for fault in error.field_errors() {
        println!("  field:          {}: {}", fault.field, fault.message);
    }
    for check in error.permission_checks() {
        println!(
            "  permission:     {}",
            check.permission.as_deref().unwrap_or("not named")
        );
    }
    for text in error.explanations() {
        println!("  why:            {text}");
    }
    for text in error.hints() {
        println!("  what to do:     {text}");
    }
    println!(
        "  for support:    {}",
        error.correlation_id().unwrap_or("none")
    );
}
