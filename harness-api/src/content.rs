//! Telling kinds of content apart.

/// Whether a media type is JSON or of the JSON family.
pub(crate) fn is_json_type(media: &str) -> bool {
    // As most write it.
    if media == "application/json" {
        return true;
    }
    let essence = essence(media);
    let is = |known: &str| essence.eq_ignore_ascii_case(known);
    is("application/json")
        || ends_with(essence, "+json")
        || is("text/json")
        || is("application/vnd.goa.error")
}

/// Whether a media type is an HTML page.
pub(crate) fn is_html_type(media: &str) -> bool {
    let essence = essence(media);
    essence.eq_ignore_ascii_case("text/html")
        || essence.eq_ignore_ascii_case("application/xhtml+xml")
}

/// Whether an HTML page fits what a call accepts: it is named, or anything is accepted.
pub(crate) fn takes_html(accepted: &[u8]) -> bool {
    // Short texts, looked at on every call: to prepare a search would cost more than it saves.
    accepted.windows(4).any(|part| part == b"html")
        || accepted.windows(3).any(|part| part == b"*/*")
}

/// Whether a body begins as an HTML page does, whatever its declared type.
pub(crate) fn is_html(body: &[u8]) -> bool {
    let body = without_bom(body).trim_ascii_start();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|start| {
            body.get(..start.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        })
}

/// A body without the byte order mark some servers put in front.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// In any case of letters.
fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.is_some_and(|start| text.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_type_and_by_beginning() {
        assert!(
            is_json_type("Application/JSON; charset=utf-8")
                && is_json_type("application/problem+JSON")
        );
        assert!(takes_html(b"application/json, text/html") && takes_html(b"*/*"));
        assert!(!takes_html(b"application/*") && !takes_html(b""));
        assert!(!is_json_type("application/yaml") && !is_json_type(""));
        assert!(is_html_type("text/html;charset=UTF-8") && !is_html_type("text/plain"));
        assert!(is_html(b"\xef\xbb\xbf \n<!DOCTYPE html><html>") && is_html(b"<HTML>"));
        assert!(!is_html(b"<?xml version='1.0'?>") && !is_html(b"{}") && !is_html(b"<"));
    }
}
