//! Plain values, chosen by the format and the name of a field.

use crate::mock::server::ACCOUNT;

/// Fixed time, in milliseconds since 1970.
const MOMENT: i64 = 1_740_000_000_000;

const NAMES: &[&str] = &[
    "billing", "checkout", "catalog", "search", "shipping", "ledger", "mailer", "pricing",
];
const PEOPLE: &[&str] = &["ada", "grace", "edsger", "barbara", "alan", "radia"];

/// Mixes a step into a seed. The same steps give the same number on every machine.
pub(super) fn mix(seed: u64, step: &str) -> u64 {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in step.bytes().chain([0xff]) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of FNV depend little on short texts.
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Returns one of several values, selected by a seed.
pub(super) fn pick<T>(from: &[T], seed: u64) -> Option<&T> {
    let length = u64::try_from(from.len())
        .ok()
        .filter(|length| *length > 0)?;
    from.get(usize::try_from(seed % length).ok()?)
}

/// Returns the words of a name in lower case, joined: `created_at` and `createdAt` are equal.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Returns whether a field of this name describes a failure.
pub(super) fn is_failure(name: &str) -> bool {
    let name = plain(name);
    let words = [
        "error",
        "fail",
        "deny",
        "denied",
        "violation",
        "responsemessages",
        "stale",
    ];
    words.iter().any(|word| name.contains(word))
}

/// Returns a boolean.
pub(super) fn boolean(name: &str, seed: u64) -> bool {
    let plain = plain(name);
    if is_failure(name) || plain == "empty" || plain.contains("delete") {
        return false;
    }
    plain.contains("success")
        || plain.ends_with("enabled")
        || plain.contains("valid")
        || seed & 1 == 0
}

/// Returns whether a number of this name is a time.
fn is_moment(name: &str) -> bool {
    let camel = name.ends_with("At") || name.ends_with("Ts") || name.ends_with("_at");
    let plain = plain(name);
    camel
        || (plain.ends_with("time") && !plain.ends_with("leadtime") && !plain.ends_with("downtime"))
        || plain.ends_with("timestamp")
        || plain.ends_with("date")
}

/// Returns an integer.
pub(super) fn integer(name: &str, format: &str, seed: u64) -> i64 {
    let small = i64::try_from(seed % 90).unwrap_or_default();
    if format != "int32" && is_moment(name) {
        return MOMENT + small * 86_400_000;
    }
    small + 1
}

/// Returns a number.
pub(super) fn number(name: &str, seed: u64) -> f64 {
    let whole = u32::try_from(integer(name, "int32", seed)).unwrap_or_default();
    // A quarter is exact in binary and decimal.
    f64::from(whole) + 0.25
}

/// Returns a text.
pub(super) fn text(name: &str, format: &str, seed: u64) -> String {
    let word = pick(NAMES, seed).copied().unwrap_or_default();
    let person = pick(PEOPLE, seed >> 8).copied().unwrap_or_default();
    let few = seed % 4096;
    let day = seed % 28 + 1;
    match format {
        "date-time" => return format!("2025-03-{day:02}T08:30:00Z"),
        "date" => return format!("2025-03-{day:02}"),
        "uri" | "url" => return format!("https://{word}.example.com/{few:03x}"),
        "uuid" => return uuid(seed),
        "email" => return format!("{person}@example.com"),
        "ipv4" => return format!("192.0.2.{}", seed % 250 + 1),
        "byte" => return "bW9jaw==".to_owned(),
        _ => {}
    }
    let plain = plain(name);
    let ends = |ends: &[&str]| ends.iter().any(|end| plain.ends_with(end));
    if plain == "status" {
        return "SUCCESS".to_owned();
    }
    if ends(&[
        "accountidentifier",
        "accountid",
        "harnessaccount",
        "account",
    ]) {
        return ACCOUNT.to_owned();
    }
    if ends(&["email"]) {
        return format!("{person}@example.com");
    }
    if ends(&["uuid", "correlationid"]) {
        return uuid(seed);
    }
    if ends(&["url", "uri", "link", "href", "website"]) {
        return format!("https://{word}.example.com/{few:03x}");
    }
    if ends(&["yaml"]) {
        return format!("name: {word}\nidentifier: {word}_{few:03x}\n");
    }
    if ends(&["identifier", "ids", "id", "ref", "key", "slug", "handle"]) {
        return format!("{word}_{few:03x}");
    }
    if ends(&["version"]) {
        return format!("{}.{}.{}", seed % 5 + 1, seed % 10, seed % 7);
    }
    if ends(&["branch", "branchname", "defaultbranch"]) {
        return "main".to_owned();
    }
    if ends(&["sha", "commit", "commitid", "digest", "hash"]) {
        return format!("{seed:016x}{:016x}{:08x}", mix(seed, "1"), seed >> 32);
    }
    if ends(&["ip", "ipaddress"]) {
        return format!("192.0.2.{}", seed % 250 + 1);
    }
    if ends(&["host", "hostname", "domain"]) {
        return format!("{word}.example.com");
    }
    if ends(&["path", "file", "filepath", "folder"]) {
        return format!("{word}/{few:03x}.yaml");
    }
    if ends(&["color", "colour"]) {
        return "#0063F7".to_owned();
    }
    if ends(&["currency"]) {
        return "USD".to_owned();
    }
    if is_moment(name) {
        return format!("2025-03-{day:02}T08:30:00Z");
    }
    if ends(&[
        "user",
        "username",
        "author",
        "owner",
        "createdby",
        "updatedby",
    ]) {
        return person.to_owned();
    }
    if ends(&["description", "message", "summary", "reason", "comment"]) {
        return format!("About {word} {few}.");
    }
    if ends(&["name", "title", "label"]) {
        return format!("{word} {few}");
    }
    format!("{word}-{few:03x}")
}

fn uuid(seed: u64) -> String {
    let more = mix(seed, "uuid");
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        seed >> 32,
        seed & 0xffff,
        (seed >> 16) & 0xfff,
        more & 0xfff,
        more >> 16
    )
}
