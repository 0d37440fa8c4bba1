//! Intervals between polls.

use std::time::Duration;

/// Intervals between polls, which grow by a factor up to a limit.
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::Backoff;
///
/// let second = Duration::from_secs(1);
/// assert_eq!(Backoff::growing(second, 1.0, second), Backoff::every(second));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    first: Duration,
    factor: f64,
    limit: Duration,
}

impl Backoff {
    /// Returns a constant interval.
    pub fn every(pause: Duration) -> Self {
        Self::growing(pause, 1.0, pause)
    }

    /// Returns intervals that begin with `first` and are multiplied by `factor`, up to `limit`. A factor that is below
    /// 1, or not a number, counts as 1.
    pub fn growing(first: Duration, factor: f64, limit: Duration) -> Self {
        Self {
            first,
            factor: if factor.is_finite() {
                factor.max(1.0)
            } else {
                1.0
            },
            limit,
        }
    }

    /// Returns the interval before the poll of this number, counted from 1.
    pub(crate) fn pause(&self, round: u32) -> Duration {
        if self.first.is_zero() {
            // Zero stays zero, even if the factor grows beyond all numbers.
            return Duration::ZERO;
        }
        let exponent = i32::try_from(round.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.first.as_secs_f64() * self.factor.powi(exponent);
        Duration::try_from_secs_f64(seconds).map_or(self.limit, |pause| pause.min(self.limit))
    }
}

/// Begins with 2 seconds, and grows by half up to 30 seconds.
impl Default for Backoff {
    fn default() -> Self {
        Self::growing(Duration::from_secs(2), 1.5, Duration::from_secs(30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit() {
        let backoff = Backoff::default();
        let pauses: Vec<u64> = (1..=9)
            .map(|round| backoff.pause(round).as_millis() as u64)
            .collect();
        assert_eq!(
            pauses,
            [
                2_000, 3_000, 4_500, 6_750, 10_125, 15_187, 22_781, 30_000, 30_000
            ]
        );
        assert_eq!(backoff.pause(u32::MAX), Duration::from_secs(30));
        let odd = Backoff::growing(Duration::from_secs(1), f64::NAN, Duration::from_secs(9));
        assert_eq!(odd.pause(50), Duration::from_secs(1));
    }
}
