//! The process that a client belongs to.

use std::sync::OnceLock;

/// The process that sent the first call of a client. Its connections are driven by tasks on threads of that process. A
/// forked process does not have these threads, and a call would wait for them forever.
#[derive(Default)]
pub(super) struct Process(OnceLock<u32>);

impl Process {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let process = std::process::id();
        if *self.0.get_or_init(|| process) == process {
            return Ok(());
        }
        Err(
            "the client was used before this process was forked, and its connections belong to the other one: make a client \
             after the fork",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_decides() {
        let process = Process::default();
        assert_eq!(process.check(), Ok(()));
        assert_eq!(process.check(), Ok(()));
        let other = Process(OnceLock::from(std::process::id().wrapping_add(1)));
        assert!(other.check().is_err_and(|fault| fault.contains("forked")));
    }
}
