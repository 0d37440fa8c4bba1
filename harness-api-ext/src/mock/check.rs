//! What is wrong with a request, by the description of its operation.

use harness_api::Place;

use super::envelope::{Reason, Refusal};
use super::received::Received;
use super::route;

/// Refuses a request that calls no operation, leaves out what is required, or whose body is not what it says it is.
pub(super) fn check(request: &Received) -> Result<(), Refusal> {
    let Some(operation) = request.operation() else {
        return Err(unknown(request));
    };
    let mut faults = Vec::new();
    for param in operation.required() {
        let name = param.name;
        let (place, is_there) = match param.place {
            Place::Query => (
                "query",
                request.query(name).is_some_and(|value| !value.is_empty()),
            ),
            Place::Header => ("header", request.header(name).is_some()),
            Place::Form => ("form", request.part(name).is_some()),
            _ => continue,
        };
        if !is_there {
            faults.push((
                name.to_owned(),
                format!("required in the {place}, and missing"),
            ));
        }
    }
    if operation.body_required
        && request.body().is_empty()
        && request.header("content-type").is_none()
    {
        faults.push(("body".to_owned(), "required, and missing".to_owned()));
    }
    if !faults.is_empty() {
        return Err(Refusal::unprocessable(faults));
    }
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(request.body()).is_ok();
    if request.is_type("application/json") && !request.body().is_empty() && !is_json {
        return Err(Refusal::new(Reason::Unreadable, "Unable to process JSON"));
    }
    Ok(())
}

fn unknown(request: &Received) -> Refusal {
    let methods = route::methods(request.path());
    let fault = if methods.is_empty() {
        "no operation of the modules that are compiled in has this path".to_owned()
    } else {
        format!(
            "this path has no {}, only {}",
            request.method(),
            methods.join(", ")
        )
    };
    Refusal::unprocessable(vec![(
        format!("{} {}", request.method(), request.path()),
        fault,
    )])
}
