//! Server-sent events, as far as the log service uses them.

/// How long a line may be; a server that sends a longer one is not a log service.
const LINE_LIMIT: usize = 4 << 20;

/// What the stream of a log says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A line of the log.
    Line(String),
    /// The end of the log. The service sends it as an error, with the text `eof`.
    End,
    /// A failure, in the service's words.
    Failure(String),
}

/// Puts events together from the pieces of a body, wherever these are cut.
#[derive(Debug, Default)]
pub(super) struct Events {
    rest: Vec<u8>,
    name: String,
    data: Option<String>,
}

/// A line was longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Events {
    /// Takes a piece and gives the events that it completes.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<Vec<Event>, TooLong> {
        self.rest.extend_from_slice(piece);
        let mut events = Vec::new();
        let mut from = 0;
        while let Some(length) = self.rest[from..].iter().position(|byte| *byte == b'\n') {
            let line = self.rest[from..from + length].to_vec();
            from += length + 1;
            events.extend(self.line(String::from_utf8_lossy(&line).trim_end_matches('\r')));
        }
        self.rest.drain(..from);
        if self.rest.len() > LINE_LIMIT {
            return Err(TooLong);
        }
        Ok(events)
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
        pieces
            .flat_map(|piece| events.feed(&piece).expect("short lines"))
            .collect()
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
    fn a_line_without_end_is_refused() {
        let mut events = Events::default();
        assert_eq!(events.feed(&vec![b'x'; LINE_LIMIT + 1]), Err(TooLong));
    }
}
