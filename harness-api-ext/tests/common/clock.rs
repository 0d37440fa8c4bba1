//! A clock that stands still while anything moves between client and server, and runs when nothing does.
//!
//! Client and server are one thread, so what is written to a socket is there when it is next polled. A clock that is merely
//! paused would run ahead of that: whenever all tasks wait, be it for a socket, it jumps to the next timer. Here it moves by a
//! step at most, and then the sockets are polled many times before it moves again.

use std::time::Duration;

use tokio::task::{JoinHandle, yield_now};
use tokio::time::{pause, sleep};

const POLLS: usize = 200;

/// Lets time run in steps, until it is dropped.
pub(crate) struct Clock(JoinHandle<()>);

impl Clock {
    /// Starts a clock whose steps are at most this long.
    pub(crate) fn start(step: Duration) -> Self {
        pause();
        Self(tokio::spawn(async move {
            loop {
                for _ in 0..POLLS {
                    // The sockets are polled whenever all tasks have had their turn.
                    yield_now().await;
                }
                // On a busy machine the kernel needs a moment too.
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
