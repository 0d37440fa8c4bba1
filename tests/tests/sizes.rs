//! How large the generated types are: one that is large by value is moved by every call, and eats the stack.

use harness_api_tests::dispatch::sizes;

/// Fifty optional fields of text take 1,200 bytes; services have objects of nearly that many.
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
