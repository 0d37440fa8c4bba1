//! What nothing of a description may be called, since Rust, Cargo or a file system means something else by it.

/// Words of Rust in edition 2024, those of which it has no use yet among them.
const KEYWORDS: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What generated code begins paths with, or may begin them with.
const PATHS: [&str; 7] = [
    "alloc",
    "core",
    "harness_api",
    "model",
    "rt",
    "serde_json",
    "std",
];

/// What a client has at its root beside its modules: private modules, functions and dependencies.
const ROOT: [&str; 44] = [
    "base",
    "base64",
    "body",
    "bytes",
    "call",
    "client",
    "content",
    "decode",
    "encode",
    "error",
    "exchange",
    "futures_core",
    "generated",
    "is_loopback",
    "jiff",
    "one_line",
    "operation",
    "options",
    "paging",
    "path",
    "payload",
    "percent_encoding",
    "position",
    "pruned",
    "query",
    "reading",
    "redact",
    "redactor",
    "redirect",
    "redirect_policy",
    "request",
    "reqwest",
    "response",
    "schema",
    "scope_level",
    "serde",
    "serde_path_to_error",
    "server_message",
    "setters",
    "shared",
    "stream",
    "tokio",
    "transport",
    "upload",
];

/// Methods of the client, beside which each module has one.
const CLIENT: [&str; 10] = [
    "base_url",
    "builder",
    "clone",
    "fmt",
    "headers",
    "http",
    "layers",
    "max_body",
    "max_error_body",
    "new",
];

/// Features that a client has beside its modules.
const FEATURES: [&str; 4] = ["default", "full", "native_tls", "rustls"];

/// Crates of the compiler, and folders that Cargo makes.
const CARGO: [&str; 7] = [
    "build",
    "deps",
    "examples",
    "incremental",
    "proc_macro",
    "std_detect",
    "test",
];

/// Devices that no file can be called on Windows, whatever its ending.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// Returns whether `name` is a word of Rust.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

/// Returns an identifier: words of Rust get an underscore.
pub(super) fn ident(name: &str) -> String {
    let mark = if is_keyword(name) { "_" } else { "" };
    format!("{name}{mark}")
}

/// Returns whether `name` means something at the beginning of a path in generated code, or cannot be there.
pub(super) fn is_path(name: &str) -> bool {
    is_keyword(name) || PATHS.contains(&name)
}

/// Returns whether `name` cannot be a crate beside those that a client depends on.
pub(super) fn is_crate(name: &str) -> bool {
    is_path(name) || is_device(name) || ROOT.contains(&name) || CARGO.contains(&name)
}

/// Returns whether `name` cannot be a file.
pub(super) fn is_device(name: &str) -> bool {
    let numbered = ["com", "lpt"]
        .iter()
        .any(|device| name.strip_prefix(device).is_some_and(|n| n.len() == 1));
    numbered || DEVICES.contains(&name)
}

/// Returns whether `name` cannot be a module of the client, and a feature, and a method of it.
pub(super) fn is_module(name: &str) -> bool {
    is_path(name)
        || is_device(name)
        || [&ROOT[..], &CLIENT, &FEATURES]
            .iter()
            .any(|names| names.contains(&name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::{fs, path::Path};

    use syn::{ImplItem, Item, UseTree, Visibility};

    use super::*;

    #[test]
    fn keywords_are_sorted_and_none_of_what_syn_refuses_is_missing() {
        assert!(KEYWORDS.is_sorted());
        for word in KEYWORDS {
            // syn knows the words of older editions.
            assert!(word == "gen" || syn::parse_str::<syn::Ident>(word).is_err());
        }
        for word in "auto default dyn union raw safe macro_rules".split(' ') {
            let known = syn::parse_str::<syn::Ident>(word).is_err();
            assert_eq!(is_keyword(word), known, "{word}");
        }
    }

    fn names(tree: &UseTree, found: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => names(&path.tree, found),
            UseTree::Name(name) => found.push(name.ident.to_string()),
            UseTree::Rename(rename) => found.push(rename.rename.to_string()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
            UseTree::Glob(_) => {}
        }
    }

    #[test]
    fn what_the_client_has_at_its_root_is_reserved() {
        let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness-api/src");
        let read = |name: &str| {
            let text = fs::read_to_string(support.join(name)).unwrap();
            syn::parse_file(&text).unwrap().items
        };
        let mut found = Vec::new();
        for item in read("lib.rs") {
            match item {
                Item::Mod(item) => found.push(item.ident.to_string()),
                Item::Use(item) => names(&item.tree, &mut found),
                _ => {}
            }
        }
        for item in read("client.rs") {
            let Item::Impl(block) = item else { continue };
            for item in block.items {
                if let ImplItem::Fn(method) = item
                    && !matches!(method.vis, Visibility::Inherited)
                {
                    let of_builder = method.sig.inputs.iter().any(|input| {
                        matches!(input, syn::FnArg::Receiver(me) if me.mutability.is_some())
                    });
                    if !of_builder {
                        found.push(method.sig.ident.to_string());
                    }
                }
            }
        }
        found.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        assert!(found.len() > 30, "{found:?}");
        let free: Vec<_> = found.iter().filter(|name| !is_module(name)).collect();
        assert!(free.is_empty(), "{free:?}");
    }
}
