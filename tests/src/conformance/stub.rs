use harness_api::OPERATIONS;
use harness_api_ext::mock::{Described, Mode, Reply, Server};

pub fn prepare(server: &Server, described: &Described) {
    for operation in OPERATIONS.iter().flat_map(|m| m.iter()) {
        let media = operation.answers.first().copied();
        let reply = match media {
            None => Reply::status(204),
            Some(media)
                if media.contains("json")
                    || media == "*/*"
                    || operation.answers.contains(&"application/json") =>
            {
                Reply::json(
                    200,
                    &described.value(operation, Mode::Full).unwrap_or_default(),
                )
            }
            Some(media) => Reply::bytes(200, media, "some: text\n"),
        };
        server.answer_with(operation.id, move |_| reply.clone());
    }
}
