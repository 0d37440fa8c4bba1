//! Sizes of the generated types: every call moves a large value, which also uses the stack.

use harness_api_tests::dispatch::sizes;

/// Fifty optional text fields take 1,200 bytes; some services have objects of almost that size.
const LIMIT: usize = 1200;

#[test]
fn no_type_is_larger_than_fifty_texts() {
    let mut all: Vec<_> = sizes().collect();
    all.sort_by_key(|(path, size)| (std::cmp::Reverse(*size), *path));
    let largest: Vec<_> = all
        .iter()
        .take(5)
        .map(|(path, size)| format!("{size:>5} {path}"))
        .collect();
    let over = all.iter().filter(|(_, size)| *size > LIMIT).count();
    assert_eq!(
        over,
        0,
        "types of more than {LIMIT} bytes; the largest are\n{}",
        largest.join("\n")
    );
    println!("{}", largest.join("\n"));
}
