//! What an error keeps of its call.

use super::*;

#[test]
fn attempts_time_and_ids_come_from_the_call() {
    let error = Canned::new(500, E1).info(2).error(&GET_PIPELINE);
    assert_eq!(error.request_id(), Some("req-1"));
    assert_eq!(error.attempts(), Some(2));
    assert_eq!(error.elapsed(), Some(Duration::from_millis(1500)));
    assert_eq!(error.operation(), Some(&GET_PIPELINE));
    assert_eq!(error.method(), Some("GET"));
    assert_eq!(error.path(), Some("/pipeline/api/pipelines/{id}"));
    let none = Error::build("m");
    assert!(none.request_id().is_none() && none.attempts().is_none() && none.elapsed().is_none());
    assert!(none.operation().is_none() && none.status().is_none() && none.headers().is_none());
}

#[test]
fn the_servers_id_may_be_in_a_header() {
    let with = |body| {
        Canned::new(500, body)
            .header("x-correlation-id", "from-header")
            .error(&GET_PIPELINE)
    };
    assert_eq!(with(E6).correlation_id(), Some("from-header"));
    assert_eq!(with(E1).correlation_id(), Some("7b1f-0c52"));
}

#[test]
fn the_wait_that_the_server_asks_for() {
    let error = Canned::new(429, "")
        .header("retry-after", "7")
        .error(&GET_PIPELINE);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(pipeline(429, "").retry_after(), None);
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
    let error = Canned::new(503, "")
        .header("retry-after", &soon)
        .error(&GET_PIPELINE);
    let wait = error.retry_after().unwrap().as_secs();
    assert!((50..=60).contains(&wait), "{wait}");
}

#[test]
fn values_can_be_attached_to_any_error() {
    #[derive(Debug, PartialEq)]
    struct Position(u32);
    let own = Error::pagination("m").with_attached(Position(3));
    assert_eq!(own.attached(), Some(&Position(3)));
    assert!(own.attached::<String>().is_none());
    let answered = Canned::new(500, E1)
        .info(2)
        .error(&GET_PIPELINE)
        .with_attached(Position(4));
    assert_eq!(answered.attached(), Some(&Position(4)));
    assert_eq!(answered.attempts(), Some(2));
}

#[test]
fn kinds_follow_the_raw_client() {
    use harness_api::ErrorKind as Raw;
    let table = [
        (Raw::Build, ErrorKind::Build),
        (Raw::Layer, ErrorKind::Refused),
        (Raw::Connect, ErrorKind::Connect),
        (Raw::Timeout, ErrorKind::Timeout),
        (Raw::Transport, ErrorKind::Transport),
        (Raw::Status, ErrorKind::Api),
        (Raw::Decode, ErrorKind::Decode),
        (Raw::EmptyBody, ErrorKind::Decode),
        (Raw::UnexpectedContent, ErrorKind::Decode),
        (Raw::BodyTooLarge, ErrorKind::Decode),
    ];
    for (raw, kind) in table {
        let error = Error::from(harness_api::Error::new(raw, "why"));
        assert_eq!(
            (error.kind(), error.message(), error.raw().kind()),
            (kind, "why", raw)
        );
        assert_eq!(error.to_string(), "why");
        assert_eq!(error.into_raw().kind(), raw);
    }
}

#[test]
fn causes_are_kept() {
    let own = Error::new(ErrorKind::Wait, "m").with_source(std::fmt::Error);
    assert!(own.source().unwrap().is::<std::fmt::Error>());
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::builder(format!("http://{address}"))
        .build()
        .unwrap();
    let error = Error::from(block_on(Call::new(&client, &GET_REPO).json::<Value>()).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retryable() && error.is_certainly_not_sent());
    let mut chain = std::iter::successors(error.source(), |cause| (*cause).source());
    assert!(chain.any(|cause| cause.is::<std::io::Error>()), "{error:?}");
}

#[test]
fn an_error_is_one_pointer_and_can_cross_threads() {
    fn sendable<T: Send + Sync + 'static>() {}
    sendable::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
