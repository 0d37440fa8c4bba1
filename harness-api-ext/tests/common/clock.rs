//! A clock that stands still during communication between client and server, and runs otherwise.
//!
//! Client and server are in one thread, so bytes written to a socket are available at the next poll. A paused clock
//! would not work: whenever all tasks wait, even for a socket, it jumps to the next timer. This clock moves by at most
//! one step, and then the sockets are polled many times before it moves again.

use std::time::Duration;

use tokio::task::{JoinHandle, yield_now};
use tokio::time::{pause, sleep};

const POLLS: usize = 200;

/// Advances the time in steps, until it is dropped.
pub(crate) struct Clock(JoinHandle<()>);

impl Clock {
    /// Starts a clock with steps of at most this length.
    pub(crate) fn start(step: Duration) -> Self {
        pause();
        Self(tokio::spawn(async move {
            loop {
                for _ in 0..POLLS {
                    // The sockets are polled after each round of all tasks.
                    yield_now().await;
                }
                // On a busy machine the kernel needs time too.
                std::thread::sleep(Duration::from_micros(20));
                sleep(step).await;
            }
        }))
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.0.abort();
    }
}
