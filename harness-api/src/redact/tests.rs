//! What is masked, and what is not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

#[test]
fn a_line_is_one_line_bounded_and_without_tokens() {
    assert_eq!(one_line("a\r\n\tb\u{0}c", 20), "a b c");
    for (text, line) in [
        ("abcdef", "abc…"),
        ("abc def", "abc…"),
        ("ab c", "ab …"),
        ("abc ", "abc"),
        (" abc", "abc"),
    ] {
        assert_eq!(one_line(text, 3), line);
    }
    assert_eq!(
        one_line("key 'pat.acct.id.secret' refused", 80),
        "key 'pat.***' refused"
    );
    assert_eq!(one_line("x-api-key=sat.a.b.c", 80), "x-api-key=sat.***");
    assert_eq!(
        one_line("token_pat.a.b.c Xsat.a.b, compat. v1.2", 80),
        "token_pat.*** Xsat.***, compat. v1.2"
    );
    assert_eq!(one_line("äöü日本", 4), "äöü日…");
    let long = "x".repeat(1 << 20);
    assert_eq!(one_line(&long, 5), "xxxxx…");
    assert_eq!(one_line(&format!("a{}b", " ".repeat(1 << 20)), 5), "a…");
}

#[test]
fn tokens_of_others_are_found_encoded_and_broken() {
    for (text, masked) in [
        ("pat%2Eacct%2Eid%2esecret refused", "*** refused"),
        ("'sat&#46;a&#x2e;b&period;c'", "'***'"),
        (r"pat\u002eacct.id.secret, no", "***, no"),
        ("sat.acct.<b>6650</b>.c4n4ry ok", "sat.*** ok"),
        ("pat.acct.6650f0.\n  c4n4ry", "pat.***"),
        ("pat.acct.6650\nf0.c4n4ry\nrefused", "pat.*** refused"),
        ("pat.acct.6650f0.c4n\r\n4ry", "pat.***"),
        ("pat.acct.66\u{200b}50f0.c4n4ry!", "pat.***!"),
        ("pat%252eacct%252eid%252esecret", "***"),
    ] {
        assert_eq!(one_line(text, 80), masked, "{text}");
    }
    for open in [
        "I sat. He left. It rained.",
        "the format. See\npage 4. Or 5.",
        "compat. v1.2",
        "100% of &c. <a.b.c>",
    ] {
        assert_eq!(Redactor::default().mask(open), open);
    }
}

const KEY: &str = "wL8+q/Zx3.Rt5-Yu7_Io9=Pa2";

/// The key in a form, between a `b` and an `e` that stay.
fn seen(form: &str) -> String {
    Redactor::new([KEY]).one_line(&format!("b [{form}] e"), 200)
}

#[test]
fn an_own_key_is_found_in_every_form() {
    let each = |encode: &dyn Fn(u8) -> String| -> String { KEY.bytes().map(encode).collect() };
    let broken = |by: &str| format!("{}{by}{}", &KEY[..9], &KEY[9..]);
    let base64 = |before: &str| STANDARD.encode(format!("{before}{KEY}"));
    let mut forms = vec![
        KEY.to_owned(),
        KEY.to_uppercase(),
        each(&|byte| format!("%{byte:02X}")),
        each(&|byte| format!("%{byte:02x}")),
        each(&|byte| format!("%25{byte:02x}")),
        each(&|byte| format!("%u{byte:04x}")),
        each(&|byte| format!("&#{byte};")),
        each(&|byte| format!("&#x{byte:x};")),
        each(&|byte| format!("&amp;#X{byte:X};")),
        each(&|byte| format!("\\u{byte:04x}")),
        each(&|byte| format!("\\u{{{byte:x}}}")),
        each(&|byte| format!("\\x{byte:02x}")),
        each(&|byte| format!("\\{byte:03o}")),
        each(&|byte| format!("{byte:02x}")),
        each(&|byte| format!("{byte:02X}")),
        KEY.replace('.', "%2E"),
        KEY.replace('.', "&#46;"),
        KEY.replace('.', "&#46"),
        KEY.replace('.', "&#x2e;"),
        KEY.replace('.', "&period;"),
        KEY.replace('.', "\\u002e"),
        KEY.replace('.', "\\."),
        KEY.replace('/', "\\/"),
        KEY.replace('+', "&plus;").replace('=', "%3D"),
        base64(""),
        base64("user:"),
        base64("me:"),
        base64("someone@acme.example:"),
        URL_SAFE_NO_PAD.encode(format!("user:{KEY}")),
        base64("user:").replace('=', "%3D"),
        format!("{}\r\n {}", &base64("")[..20], &base64("")[20..]),
    ];
    for gap in [
        "\n",
        "\r\n\t",
        " ",
        "\u{a0}",
        "\u{200b}",
        "\u{ad}",
        "<br/>",
        "</b><b class='x'>",
        "\\n",
        "\\\n",
        " \\\r\n  ",
        "&nbsp;",
        "%0A",
        "&shy;",
        "&#8203;",
        "<wbr>",
    ] {
        forms.push(broken(gap));
    }
    for form in forms {
        assert_eq!(seen(&form), "b [***] e", "{form}");
    }
    // Its beginning, as far as it went.
    assert_eq!(seen(&format!("{}…", &KEY[..14])), "b [***…] e");
    let cut = format!("no key {}", &KEY[..7]);
    assert_eq!(Redactor::new([KEY]).mask(&cut), "no key ***");
    // What only looks alike.
    for open in ["wL8 wL8+q/Z.", "a Zx3.Rt5-Yu7_Io9=Pa2 b", "100% of 5"] {
        assert_eq!(Redactor::new([KEY]).mask(open), open);
    }
}

#[test]
fn a_key_is_found_in_its_header() {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str| {
        let name = HeaderName::from_static(name);
        let value = header_value(&name, value).expect("a value");
        headers.insert(name, value);
    };
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib3QifQ.s1gnatureOfTheToken";
    set("x-api-key", "pat.AcmeAccount.6650f0.s3cretPartOfIt");
    set("authorization", &format!("Bearer {jwt}"));
    set("proxy-authorization", "Basic Ym90OnBhc3Mgd29yZA==");
    set("cookie", "session=c00kieValue; theme=dark");
    set("accept", "application/json");
    let redactor = Redactor::default().with_headers(&headers);
    for (text, masked) in [
        ("s3cretPartOfIt", "***"),
        (jwt, "***"),
        ("s1gnatureOfTheToken", "***"),
        ("pass word", "***"),
        ("Ym90OnBhc3Mgd29yZA==", "***"),
        ("bot:password", "***"),
        ("c00kieValue", "***"),
        ("application/json for bot", "application/json for bot"),
        ("account AcmeAccount", "account AcmeAccount"),
    ] {
        assert_eq!(redactor.mask(text), masked, "{text}");
    }
    assert!(redactor.is_same(&redactor.with_headers(&headers)));
    assert!(redactor.is_same(&redactor.merged(&redactor.clone())));
    let other = Redactor::new(["an0ther"]);
    let both = redactor.merged(&other);
    assert_eq!(both.mask("an0ther c00kieValue"), "*** ***");
    assert!(both.is_same(&both.merged(&other)));
    assert!(!format!("{both:?}").contains("c00kie"));
}

#[test]
fn secret_headers_are_told_by_their_names() {
    for (name, is_secret) in [
        ("x-api-key", true),
        ("apikey", true),
        ("authorization", true),
        ("proxy-authorization", true),
        ("set-cookie", true),
        ("x-harness-token", true),
        ("x-vault-token", true),
        ("x-auth", true),
        ("x-private-key", true),
        ("idempotency-key", false),
        ("harness-account", false),
        ("accept", false),
        ("x-author", false),
    ] {
        let name = HeaderName::from_static(name);
        assert_eq!(is_secret_header(&name), is_secret, "{name}");
    }
}

#[test]
fn long_texts_are_searched_to_their_end() {
    let redactor = Redactor::new([KEY]);
    for length in (WINDOW - 30..WINDOW + 6).step_by(5).chain([3 * WINDOW - 1]) {
        let text = format!("{}{KEY}{}", "ä".repeat(length / 2), "-".repeat(WINDOW));
        let masked = redactor.mask(&text);
        assert!(masked.contains(MASK) && !masked.contains("Rt5"), "{length}");
    }
    let encoded: String = KEY
        .bytes()
        .map(|byte| format!("&amp;#{byte:07};"))
        .collect();
    for length in (WINDOW - 300..WINDOW + 10).step_by(31) {
        let text = format!("{}{encoded}{}", " ".repeat(length), " ".repeat(WINDOW));
        assert!(redactor.mask(&text).contains(MASK), "{length}");
    }
}

#[test]
fn an_excerpt_shows_no_part_of_a_key() {
    let redactor = Redactor::new([KEY]);
    let document = format!("{{\"a\":\n\"{KEY}\",\"b\":\"é{KEY}\"}}");
    for from in 0..document.len() {
        for to in from..document.len() {
            let shown = redactor.excerpt(document.as_bytes(), from..to);
            let parts = KEY.as_bytes().windows(3);
            let mut parts = parts.map(|part| String::from_utf8_lossy(part));
            assert!(!parts.any(|part| shown.contains(&*part)), "{shown}");
        }
    }
    assert_eq!(
        redactor.excerpt(document.as_bytes(), 0..document.len()),
        "{\"a\": \"***\",\"b\":\"é***\"}"
    );
}

#[test]
fn any_text_is_masked_without_a_panic() {
    let mut state = 7_u64;
    let alphabet: Vec<char> = "%&\\<>#;xu{}0a2e.ps t\n=ä/é&lt\u{200b}😀".chars().collect();
    let redactor = Redactor::new([KEY, "sat", "%2e%2", "<b>bold</b>"]);
    for _ in 0..2_000 {
        let mut text = String::new();
        for _ in 0..24 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let at = usize::try_from(state >> 33).unwrap_or_default();
            text.push(alphabet[at % alphabet.len()]);
        }
        let line = redactor.one_line(&text, 10);
        assert!(line.chars().count() <= 11 + MASK.len(), "{text}");
        assert_eq!(redactor.mask(&redactor.mask(&text)), redactor.mask(&text));
        redactor.excerpt(text.as_bytes(), text.len() / 3..text.len() / 2);
    }
}
