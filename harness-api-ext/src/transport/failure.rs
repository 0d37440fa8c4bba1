//! Answers of status 2XX that tell of a failure become errors.

use harness_api::reqwest::header::CONTENT_TYPE;
use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};

use super::attempt::fits;
use super::time::is_json;
use crate::error::failure_in_success;

pub(super) struct Failures;

impl Layer for Failures {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let operation = request.operation();
        let declared = operation.is_none_or(|operation| {
            operation
                .answers
                .first()
                .is_some_and(|media| is_json(media))
        });
        let limit = request.max_body().filter(|_| declared);
        Box::pin(async move {
            let mut answer = next.run(request).await?;
            let Some(limit) = limit else {
                return Ok(answer);
            };
            if !answer.status().is_success() || !has_json(&answer) || !fits(&answer, limit) {
                return Ok(answer);
            }
            let body = answer.buffer(limit).await?;
            match failure_in_success(operation, &body) {
                Some(failure) => {
                    let message = failure.message();
                    Err(answer.into_error(ErrorKind::Status, message, limit).await)
                }
                None => Ok(answer),
            }
        })
    }
}

fn has_json(answer: &Incoming) -> bool {
    let media = answer.headers().get(CONTENT_TYPE);
    media
        .and_then(|media| media.to_str().ok())
        .is_some_and(is_json)
}
