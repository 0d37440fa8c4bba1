//! Server-sent events, as far as the log service uses them.

use harness_api::Bytes;
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

/// Puts events together from the pieces of a body, wherever these are cut. Each event is made when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Events {
    piece: Bytes,
    /// The beginning of a line.
    rest: Vec<u8>,
    name: String,
    data: Option<String>,
    /// How many events were completed, those that say nothing included.
    completed: usize,
}

impl Events {
    /// Returns the number of the event that has begun and is not yet complete, where the piece has no other.
    pub(super) fn begun(&self) -> Option<usize> {
        let is_begun = !self.rest.is_empty() || !self.name.is_empty() || self.data.is_some();
        is_begun.then_some(self.completed)
    }

    /// Takes the next piece, when there is no other event in the one before.
    pub(super) fn feed(&mut self, piece: Bytes) {
        self.piece = piece;
    }

    /// Returns the next event that the pieces complete.
    pub(super) fn next(&mut self) -> Option<Event> {
        while !self.piece.is_empty() {
            let end = memchr(b'\n', &self.piece);
            let line = self
                .piece
                .split_to(end.map_or(self.piece.len(), |end| end + 1));
            self.rest
                .extend_from_slice(line.strip_suffix(b"\n").unwrap_or(&line));
            if self.is_too_long() {
                self.piece.clear();
                return Some(Event::TooLong);
            }
            if end.is_some() {
                let line = std::mem::take(&mut self.rest);
                let event = self.line(String::from_utf8_lossy(&line).trim_end_matches('\r'));
                if event.is_some() {
                    return event;
                }
            }
        }
        // What an event of many lines adds up to.
        self.is_too_long().then_some(Event::TooLong)
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
        let mut found = Vec::new();
        for piece in pieces {
            events.feed(piece.into());
            found.extend(std::iter::from_fn(|| events.next()));
        }
        found
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
                let mut pieces = body.chunks(size);
                let mut next = || loop {
                    match events.next() {
                        Some(event) => break Some(event),
                        None => events.feed(Bytes::copy_from_slice(pieces.next()?)),
                    }
                };
                assert_eq!(next(), Some(Event::Line("one".into())));
                assert_eq!(next(), Some(Event::TooLong));
                assert!(events.rest.len() <= LIMIT + size.max(1 << 20));
            }
        }
    }
}
