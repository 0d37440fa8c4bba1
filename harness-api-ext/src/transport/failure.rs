//! Responses of status 2XX that are no successes become errors.

use harness_api::reqwest::header::CONTENT_TYPE;
use harness_api::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};

use super::attempt::fits;
use super::time::is_json;
use crate::error::Judge;

pub(super) struct Failures;

impl Layer for Failures {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let judge = Judge::new(request.operation(), request.request().method());
        // What is not read as a whole is not looked at.
        let limit = request.max_body();
        Box::pin(async move {
            let mut answer = next.run(request).await?;
            let Some(limit) = limit.filter(|limit| {
                answer.status().is_success()
                    && judge.concerns(has_json(&answer))
                    && fits(&answer, *limit)
            }) else {
                return Ok(answer);
            };
            let body = answer.buffer(limit).await?;
            let Some(failure) = judge.failure(&body) else {
                return Ok(answer);
            };
            let (kind, message, unfit) = failure.into_parts();
            let error = answer.into_error(kind, message, limit).await;
            Err(match unfit {
                Some(unfit) => error.with_decode_failure(unfit),
                None => error,
            })
        })
    }
}

/// Whether the media type is JSON; `None` without one.
fn has_json(answer: &Incoming) -> Option<bool> {
    let media = answer.headers().get(CONTENT_TYPE)?;
    Some(media.to_str().is_ok_and(is_json))
}
