//! Server-sent events, as far as the log service uses them.

use memchr::memchr;

/// How long a line, and the text of an event, may be; a server that sends a longer one is not a log service.
const LIMIT: usize = 4 << 20;

/// What the stream of a log says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A line of the log.
    Line(String),
    /// The end of the log. The service sends it as an error, with the text `eof`.
    End,
    /// A failure, in the service's words.
    Failure(String),
    /// Something longer than the limit. Nothing comes behind it.
    TooLong,
}

/// Puts events together from the pieces of a body, wherever these are cut.
#[derive(Debug, Default)]
pub(super) struct Events {
    rest: Vec<u8>,
    name: String,
    data: Option<String>,
    /// How many events were completed, those that say nothing included.
    completed: usize,
}

impl Events {
    /// Returns the number of the event that has begun and is not yet complete.
    pub(super) fn begun(&self) -> Option<usize> {
        let is_begun = !self.rest.is_empty() || !self.name.is_empty() || self.data.is_some();
        is_begun.then_some(self.completed)
    }

    /// Takes a piece and gives the events that it completes.
    pub(super) fn feed(&mut self, mut piece: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(length) = memchr(b'\n', piece) {
            self.rest.extend_from_slice(&piece[..length]);
            piece = &piece[length + 1..];
            if self.is_too_long() {
                break;
            }
            let line = std::mem::take(&mut self.rest);
            events.extend(self.line(String::from_utf8_lossy(&line).trim_end_matches('\r')));
        }
        if !self.is_too_long() {
            self.rest.extend_from_slice(piece);
        }
        if self.is_too_long() {
            events.push(Event::TooLong);
        }
        events
    }

    fn is_too_long(&self) -> bool {
        self.rest.len() > LIMIT || self.data.as_ref().is_some_and(|data| data.len() > LIMIT)
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            return self.complete();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }

    fn complete(&mut self) -> Option<Event> {
        self.completed += 1;
        let name = std::mem::take(&mut self.name);
        let data = self.data.take()?;
        match (&*name, data.trim()) {
            ("error", "eof") => Some(Event::End),
            ("error", text) => Some(Event::Failure(text.to_owned())),
            ("ping", _) | (_, "") => None,
            _ => Some(Event::Line(data)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b": hello\n\nevent: ping\ndata: x\n\ndata: {\"out\":\"\xc3\xa9\"}\r\n\r\ndata:two\ndata: lines\n\nevent: error\ndata: eof\n\n";

    fn all(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<Event> {
        let mut events = Events::default();
        pieces.flat_map(|piece| events.feed(&piece)).collect()
    }

    #[test]
    fn events_do_not_mind_where_the_body_is_cut() {
        let whole = all([BODY.to_vec()].into_iter());
        assert_eq!(
            whole,
            [
                Event::Line("{\"out\":\"é\"}".into()),
                Event::Line("two\nlines".into()),
                Event::End
            ]
        );
        assert_eq!(all(BODY.iter().map(|byte| vec![*byte])), whole);
    }

    #[test]
    fn an_error_that_is_not_the_end_is_a_failure() {
        let events = all([b"event: error\ndata: no such stream\n\n".to_vec()].into_iter());
        assert_eq!(events, [Event::Failure("no such stream".into())]);
    }

    #[test]
    fn what_has_no_end_is_refused_wherever_it_is_cut() {
        let line = [
            b"data: one\n\n".to_vec(),
            vec![b'x'; LIMIT + 1],
            b"\n\n".to_vec(),
        ]
        .concat();
        let event = [b"data: one\n\n".to_vec(), b"data: xyz\n".repeat(LIMIT / 3)].concat();
        for body in [line, event] {
            for size in [1000, 1 << 20, body.len()] {
                let mut events = Events::default();
                let mut all = body.chunks(size).flat_map(|piece| events.feed(piece));
                assert_eq!(all.next(), Some(Event::Line("one".into())));
                assert_eq!(all.next(), Some(Event::TooLong));
                drop(all);
                assert!(events.rest.len() <= LIMIT + (1 << 20));
            }
        }
    }
}
