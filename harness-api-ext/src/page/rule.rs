//! Whether there is a next page: the signs of an answer, weighed together.

use harness_api::Step;

/// How many pages in a row may be empty while the server says there is more.
pub(super) const MAX_EMPTY: u32 = 20;

/// How many pages in a row may come behind the total, which may be wrong but not by that much.
pub(super) const MAX_BEYOND: u32 = 1000;

/// What is known when a page has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) step: Step,
    /// How many items the pages before held.
    pub(super) before: u64,
    /// How many items this page holds.
    pub(super) rows: u64,
    /// The most items that one of the pages before held.
    pub(super) widest: u64,
    /// The size that was asked for.
    pub(super) asked: Option<u64>,
    /// The size when none is asked for.
    pub(super) default: Option<u64>,
    /// The size that the server says it used.
    pub(super) used: Option<u64>,
    pub(super) total: Option<u64>,
    /// What the server says outright.
    pub(super) more: Option<bool>,
    /// The token of the next page; meant for [`Step::Token`] alone.
    pub(super) token: NextToken,
    /// How many pages in a row were empty, this one included.
    pub(super) empty: u32,
    /// How many pages in a row came behind the total, this one included.
    pub(super) beyond: u32,
}

/// What an answer says of the token for the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextToken {
    None,
    New,
    /// One that was sent before.
    Again,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Next,
    End,
    /// The server leads nowhere.
    Stuck(&'static str),
}

const SAME_TOKEN: &str = "the server gave a token of the list again, so that it would not end";
const TOO_MANY_EMPTY: &str = "the server gives empty pages and says that there is more";
const TOO_FAR: &str = "the server gives pages without end, far more than its total";

impl Signs {
    /// Whether there is a next page.
    ///
    /// What the server says outright holds. A token is all that matters where pages have tokens. Otherwise a page is asked
    /// for as long as the total is not reached; where there is no total, or one that is smaller than what was seen, as long
    /// as pages are full. Asking once too often gives an empty page, asking once too little loses items.
    pub(super) fn verdict(&self) -> Verdict {
        match self.by_signs() {
            Verdict::Next if self.beyond >= MAX_BEYOND => Verdict::Stuck(TOO_FAR),
            verdict => verdict,
        }
    }

    fn by_signs(&self) -> Verdict {
        if self.step == Step::Whole || self.more == Some(false) {
            return Verdict::End;
        }
        let more = self.more == Some(true);
        if self.step == Step::Token {
            return match self.token {
                NextToken::None => Verdict::End,
                NextToken::New if self.empty >= MAX_EMPTY => Verdict::Stuck(TOO_MANY_EMPTY),
                NextToken::New => Verdict::Next,
                NextToken::Again if self.rows == 0 && !more => Verdict::End,
                NextToken::Again => Verdict::Stuck(SAME_TOKEN),
            };
        }
        let seen = self.before.saturating_add(self.rows);
        if self.rows == 0 {
            return match self.total {
                _ if !more => Verdict::End,
                Some(total) if seen >= total => Verdict::End,
                _ if self.empty >= MAX_EMPTY => Verdict::Stuck(TOO_MANY_EMPTY),
                _ => Verdict::Next,
            };
        }
        let next = match self.total {
            _ if more => true,
            Some(total) if seen <= total => seen < total,
            _ => self.is_full(),
        };
        if next { Verdict::Next } else { Verdict::End }
    }

    /// Whether the page holds as many items as one can.
    ///
    /// A page as wide as one before is full: the server clips sizes without a word. So is one of the default size, though
    /// another was asked for: the server does not know the parameter.
    fn is_full(&self) -> bool {
        if self.widest > 0 && self.rows >= self.widest {
            return true;
        }
        match (self.used, self.asked.or(self.default)) {
            (Some(used), _) => self.rows >= used,
            (None, Some(size)) => self.rows >= size || Some(self.rows) == self.default,
            (None, None) => true,
        }
    }
}

/// Notices that something comes again, in constant memory: against the one before, and against an older one that is
/// replaced ever more rarely (Brent), which finds circles of any length.
#[derive(Debug, Default)]
pub(super) struct Circle {
    count: u64,
    last: Option<u64>,
    old: Option<u64>,
}

impl Circle {
    /// Whether this was met before.
    pub(super) fn meets(&mut self, fingerprint: u64) -> bool {
        let again = self.last == Some(fingerprint) || self.old == Some(fingerprint);
        self.count = self.count.saturating_add(1);
        self.last = Some(fingerprint);
        if self.count.is_power_of_two() {
            self.old = Some(fingerprint);
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: Signs = Signs {
        step: Step::Number,
        before: 0,
        rows: 10,
        widest: 0,
        asked: Some(10),
        default: None,
        used: None,
        total: None,
        more: None,
        token: NextToken::None,
        empty: 0,
        beyond: 0,
    };
    const TOKEN: Signs = Signs {
        step: Step::Token,
        token: NextToken::New,
        ..NUMBER
    };

    #[test]
    fn signs_are_weighed_together() {
        use Verdict::{End, Next, Stuck};
        let table = [
            (
                "whole",
                Signs {
                    step: Step::Whole,
                    ..NUMBER
                },
                End,
            ),
            ("full, nothing else known", NUMBER, Next),
            (
                "short, nothing else known",
                Signs { rows: 9, ..NUMBER },
                End,
            ),
            (
                "empty",
                Signs {
                    rows: 0,
                    empty: 1,
                    ..NUMBER
                },
                End,
            ),
            (
                "empty, total not reached",
                Signs {
                    rows: 0,
                    empty: 1,
                    total: Some(40),
                    ..NUMBER
                },
                End,
            ),
            (
                "total not reached",
                Signs {
                    total: Some(11),
                    ..NUMBER
                },
                Next,
            ),
            (
                "total reached, full",
                Signs {
                    total: Some(10),
                    ..NUMBER
                },
                End,
            ),
            (
                "total reached later",
                Signs {
                    before: 30,
                    total: Some(40),
                    ..NUMBER
                },
                End,
            ),
            (
                "total too small, full",
                Signs {
                    before: 30,
                    total: Some(12),
                    ..NUMBER
                },
                Next,
            ),
            (
                "total too small, short",
                Signs {
                    before: 30,
                    rows: 2,
                    total: Some(12),
                    ..NUMBER
                },
                End,
            ),
            (
                "total of zero, full",
                Signs {
                    total: Some(0),
                    ..NUMBER
                },
                Next,
            ),
            (
                "clipped, total tells",
                Signs {
                    asked: Some(100),
                    total: Some(25),
                    ..NUMBER
                },
                Next,
            ),
            (
                "clipped, size tells",
                Signs {
                    asked: Some(100),
                    used: Some(10),
                    ..NUMBER
                },
                Next,
            ),
            (
                "size told, short",
                Signs {
                    asked: Some(5),
                    used: Some(50),
                    ..NUMBER
                },
                End,
            ),
            (
                "clipped, more tells",
                Signs {
                    asked: Some(100),
                    more: Some(true),
                    ..NUMBER
                },
                Next,
            ),
            (
                "clipped, as wide as before",
                Signs {
                    asked: Some(100),
                    widest: 10,
                    before: 10,
                    ..NUMBER
                },
                Next,
            ),
            (
                "clipped, last",
                Signs {
                    asked: Some(100),
                    widest: 11,
                    before: 11,
                    ..NUMBER
                },
                End,
            ),
            (
                "size ignored",
                Signs {
                    asked: Some(100),
                    default: Some(10),
                    ..NUMBER
                },
                Next,
            ),
            (
                "default size, short",
                Signs {
                    asked: None,
                    default: Some(30),
                    ..NUMBER
                },
                End,
            ),
            (
                "no size known",
                Signs {
                    asked: None,
                    ..NUMBER
                },
                Next,
            ),
            (
                "far beyond the total",
                Signs {
                    before: 99_999,
                    total: Some(3),
                    beyond: MAX_BEYOND,
                    ..NUMBER
                },
                Stuck(TOO_FAR),
            ),
            (
                "outright the last",
                Signs {
                    more: Some(false),
                    total: Some(99),
                    ..NUMBER
                },
                End,
            ),
            (
                "outright more, short",
                Signs {
                    rows: 1,
                    more: Some(true),
                    total: Some(1),
                    ..NUMBER
                },
                Next,
            ),
            (
                "outright more, empty",
                Signs {
                    rows: 0,
                    empty: 1,
                    more: Some(true),
                    ..NUMBER
                },
                Next,
            ),
            (
                "outright more, empty, total reached",
                Signs {
                    rows: 0,
                    empty: 1,
                    before: 7,
                    total: Some(7),
                    more: Some(true),
                    ..NUMBER
                },
                End,
            ),
            (
                "outright more, empty for ever",
                Signs {
                    rows: 0,
                    empty: MAX_EMPTY,
                    more: Some(true),
                    ..NUMBER
                },
                Stuck(TOO_MANY_EMPTY),
            ),
            (
                "offset, total not reached",
                Signs {
                    step: Step::Offset,
                    rows: 3,
                    total: Some(9),
                    ..NUMBER
                },
                Next,
            ),
            (
                "offset, short",
                Signs {
                    step: Step::Offset,
                    rows: 3,
                    ..NUMBER
                },
                End,
            ),
            ("token", Signs { rows: 3, ..TOKEN }, Next),
            (
                "token, total reached",
                Signs {
                    total: Some(10),
                    ..TOKEN
                },
                Next,
            ),
            (
                "token, empty",
                Signs {
                    rows: 0,
                    empty: 1,
                    ..TOKEN
                },
                Next,
            ),
            (
                "token, empty for ever",
                Signs {
                    rows: 0,
                    empty: MAX_EMPTY,
                    ..TOKEN
                },
                Stuck(TOO_MANY_EMPTY),
            ),
            (
                "token, outright the last",
                Signs {
                    more: Some(false),
                    ..TOKEN
                },
                End,
            ),
            (
                "no token",
                Signs {
                    token: NextToken::None,
                    total: Some(99),
                    ..TOKEN
                },
                End,
            ),
            (
                "token again",
                Signs {
                    token: NextToken::Again,
                    ..TOKEN
                },
                Stuck(SAME_TOKEN),
            ),
            (
                "token again, empty",
                Signs {
                    rows: 0,
                    empty: 1,
                    token: NextToken::Again,
                    ..TOKEN
                },
                End,
            ),
            (
                "token again, empty, outright more",
                Signs {
                    rows: 0,
                    empty: 1,
                    token: NextToken::Again,
                    more: Some(true),
                    ..TOKEN
                },
                Stuck(SAME_TOKEN),
            ),
        ];
        for (name, signs, verdict) in table {
            assert_eq!(signs.verdict(), verdict, "{name}");
        }
    }

    #[test]
    fn circles_of_any_length_are_noticed_and_others_are_not() {
        for length in [1, 2, 3, 7, 100] {
            for lead in [0, 1, 5, 33] {
                let mut circle = Circle::default();
                let walk = (0..lead).chain((0..).map(|step| lead + step % length));
                let met = walk.take(2000).position(|place| circle.meets(place));
                let met = met.expect("a circle") as u64;
                assert!(met >= lead + length, "{length} {lead}: {met}");
                assert!(met < 4 * (lead + length) + 4, "{length} {lead}: {met}");
            }
        }
        let mut circle = Circle::default();
        assert!(!(0..100_000).any(|place| circle.meets(place)));
    }
}
