//! How long the server asks to wait.

use std::time::{Duration, SystemTime};

use harness_api::reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

/// The reset headers of the feature management service, of which the larger counts.
const RESETS: [&str; 2] = [
    "x-ratelimit-reset-seconds-org",
    "x-ratelimit-reset-seconds-ip",
];

/// The wait that an answer asks for: the larger of the reset headers, or `Retry-After` as seconds or as a date.
///
/// A date counts from the `Date` of the response, since the clock of the server may differ from ours; without one, from
/// `now`. A date in the past is no wait. What is neither number nor date is no answer.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |value: &HeaderValue| value.to_str().ok().map(|text| text.trim().to_owned());
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let reset = RESETS
        .iter()
        .filter_map(|name| headers.get(*name).and_then(text)?.parse().ok())
        .max();
    if let Some(seconds) = reset {
        return Some(Duration::from_secs(seconds));
    }
    let value = headers.get(RETRY_AFTER).and_then(text)?;
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let sent = headers.get(DATE).and_then(text);
            let from = sent.and_then(|sent| date(&sent)).unwrap_or(now);
            Some(date(&value)?.duration_since(from).unwrap_or_default())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_dates_and_resets() {
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", " 7 ")]), Some(7));
        assert_eq!(
            wait(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]),
            Some(30)
        );
        assert_eq!(
            wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]),
            Some(0)
        );
        // By a clock that is an hour ahead of ours, and one that is behind.
        for (sent, until) in [
            (
                "Sun, 06 Nov 1994 09:49:37 GMT",
                "Sun, 06 Nov 1994 09:50:07 GMT",
            ),
            (
                "Sun, 06 Nov 1994 07:49:37 GMT",
                "Sun, 06 Nov 1994 07:50:07 GMT",
            ),
        ] {
            assert_eq!(wait(&[("date", sent), ("retry-after", until)]), Some(30));
            assert_eq!(wait(&[("date", until), ("retry-after", sent)]), Some(0));
        }
        assert_eq!(
            wait(&[
                ("date", "soon"),
                ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")
            ]),
            Some(30)
        );
        for nonsense in ["-1", "soon", "", "99999999999999999999999"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
        assert_eq!(
            wait(&[
                ("retry-after", "1"),
                ("x-ratelimit-reset-seconds-org", "4"),
                ("x-ratelimit-reset-seconds-ip", "9"),
            ]),
            Some(9)
        );
        assert_eq!(
            wait(&[("retry-after", "1"), ("x-ratelimit-reset-seconds-ip", "x")]),
            Some(1)
        );
    }
}
