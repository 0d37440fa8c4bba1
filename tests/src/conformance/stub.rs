use harness_api::OPERATIONS;
use harness_api_ext::mock::{Reply, Server};

use super::{
    Description,
    sample::{Mode, sample},
};

pub fn prepare(server: &Server, description: &Description) {
    for operation in OPERATIONS.iter().flat_map(|m| m.iter()) {
        let Some(d) = description.operation(operation.id) else {
            continue;
        };
        let (status, answer) = d.answer();
        let reply = match answer {
            None => Reply::status(status),
            Some((media, schema)) => {
                let value = schema.map(|s| sample(description, s, Mode::Full, 0));
                if media == "application/json" {
                    Reply::json(status, &value.unwrap_or_default())
                } else {
                    let text = match value {
                        Some(serde_json::Value::String(t)) => t,
                        Some(v) => v.to_string(),
                        None => String::new(),
                    };
                    Reply::bytes(status, media, text)
                }
            }
        };
        server.answer_with(operation.id, move |_| reply.clone());
    }
}
