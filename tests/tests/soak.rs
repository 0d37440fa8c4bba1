//! A short run of the soak test.
#![cfg(feature = "platform")]

use harness_api_tests::soak::{Plan, run};

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_the_server_fails_at_random() {
    let plan = Plan {
        items: 20_000,
        calls: 2_000,
        at_once: 8,
        seed: 7,
    };
    let report = run(plan).await.expect("all as it has to be");
    println!("{report}");
    assert_eq!(report.items, 20_000);
    assert_eq!(report.good + report.failed, 2_000);
    // Requests of the list, the calls, and one more for each retry.
    assert!(report.requests > 200 + 2_000, "{report}");
    assert!(report.faults > 20, "{report}");
    // Half of the calls are writes: the responses of some were lost after the write, and none was done again.
    assert!((900..=1_000).contains(&report.writes), "{report}");
    assert!((1..200).contains(&report.failed), "{report}");
}
