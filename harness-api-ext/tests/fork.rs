//! Blocking calls before and after a fork. It is a separate program, because a process that forks must have only one
//! thread.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[cfg(not(all(unix, feature = "platform")))]
fn main() {}

#[cfg(all(unix, feature = "platform"))]
fn main() {
    forked::run();
}

#[cfg(all(unix, feature = "platform"))]
mod forked {
    use std::process::exit;
    use std::thread;
    use std::time::Duration;

    use fork::{Fork, fork, waitpid};
    use harness_api_ext::blocking::Block;
    use harness_api_ext::mock::Server;
    use harness_api_ext::{ErrorKind, Harness, Result};

    pub(super) fn run() {
        // The server belongs to this process, and responds to the other one over the network.
        let server = Server::start().block().expect("a server");
        let client = || server.harness_builder().build().expect("a client");
        let (used, unused) = (client(), client());
        call(&used).expect("a call before the fork");
        for _ in 0..2 {
            match fork().expect("a fork") {
                Fork::Child => {
                    // A hanging test fails.
                    thread::spawn(|| {
                        thread::sleep(Duration::from_secs(60));
                        exit(9)
                    });
                    exit(child(&used, &unused, &client()));
                }
                Fork::Parent(child) => {
                    assert_eq!(waitpid(child).expect("a child"), 0, "how the child ended");
                }
            }
            call(&used).expect("a call after the fork");
        }
        println!("blocking calls outlive a fork");
    }

    fn call(harness: &Harness) -> Result<()> {
        let organizations = harness.account().organizations().list().items();
        organizations.blocking().collect::<Result<Vec<_>>>()?;
        harness.account().organizations().get("default").block()?;
        Ok(())
    }

    /// Returns the exit code of the child: 0 for success.
    fn child(used: &Harness, unused: &Harness, made_after: &Harness) -> i32 {
        let Err(error) = call(used) else {
            return 1;
        };
        if error.kind() != ErrorKind::Build || !error.to_string().contains("forked") {
            return 2;
        }
        for harness in [unused, made_after, unused] {
            if let Err(error) = call(harness) {
                eprintln!("in the child: {error}");
                return 3;
            }
        }
        // A process forked by this one has a new runtime again.
        match fork() {
            Ok(Fork::Child) => exit(i32::from(call(unused).is_ok())),
            Ok(Fork::Parent(child)) => match waitpid(child) {
                Ok(0) => 0,
                _ => 4,
            },
            Err(_) => 5,
        }
    }
}
