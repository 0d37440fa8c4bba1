//! Converts responses with a 2xx status that describe a failure to errors.

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
        // Streamed bodies are not inspected.
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

/// Returns whether the media type is JSON; `None` without a media type.
fn has_json(answer: &Incoming) -> Option<bool> {
    let media = answer.headers().get(CONTENT_TYPE)?;
    Some(media.to_str().is_ok_and(is_json))
}
