//! A small workspace of its own, on which the tool runs as it does on the real one: in processes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

/// The workspace of a pet shop.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Workspace {
    /// Returns a new one with the description of [`pet_shop`], vendored and not generated.
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let workspace = Self { root };
        let manifest = "[package]\nname = \"x\"\n\n[features]\n# <generated>\n# </generated>\n";
        for (path, text) in [
            ("harness-api/Cargo.toml", manifest),
            ("harness-api-ext/Cargo.toml", manifest),
            ("tests/Cargo.toml", manifest),
            (
                "README.md",
                "# Pets\n\n<!-- <generated> -->\n<!-- </generated> -->\n",
            ),
            ("xtask/Cargo.toml", ""),
            ("xtask/src/generate/mod.rs", ""),
            (
                "openapi/modules.toml",
                "[[module]]\nname = \"pets\"\ntitle = \"Pets\"\nrules = [{ prefix = \"/pets\" }]\n",
            ),
            ("openapi/names.toml", ""),
            ("openapi/behaviour.toml", ""),
        ] {
            workspace.write(path, text);
        }
        fs::create_dir_all(workspace.root.join("openapi/fixes")).unwrap();
        workspace.publish("first.json", &pet_shop());
        let vendored = workspace.run(&["vendor", "first.json", "--date", "2026-01-02"]);
        assert_eq!(vendored.code, Some(0), "{vendored:?}");
        workspace
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Returns the text of a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Writes a description as its publisher does.
    pub(crate) fn publish(&self, file: &str, description: &Value) {
        self.write(file, &format!("{description:#}"));
    }

    /// Starts a verb.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("--root")
            .arg(&self.root)
            .args(arguments)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Waits for a process.
    pub(crate) fn end(child: Child) -> Ended {
        Ended::of(child.wait_with_output().unwrap())
    }

    /// Runs a verb to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Self::end(self.start(arguments))
    }

    /// Returns the text of every file, by path.
    pub(crate) fn files(&self) -> std::collections::BTreeMap<String, String> {
        let mut found = std::collections::BTreeMap::new();
        list(&self.root, &self.root, &mut found);
        found
    }
}

fn list(root: &Path, folder: &Path, found: &mut std::collections::BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
        }
    }
}

/// Returns an operation that responses with a schema.
pub(crate) fn operation(id: &str, schema: &str) -> Value {
    json!({"operationId": id, "tags": ["Pets"], "responses": {"200": {"description": "", "content":
        {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}}}})
}

/// Returns a description of two operations and their types.
pub(crate) fn pet_shop() -> Value {
    let text = json!({"type": "string"});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Pet shop", "version": "1"},
        "paths": {
            "/pets/all": {"get": operation("listPets", "Pets")},
            "/pets/best": {"get": operation("bestPet", "Pet")},
        },
        "components": {"schemas": {
            "Pet": {"type": "object", "properties": {"name": text, "kind": text}},
            "Pets": {"type": "object", "properties":
                {"pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}},
        }},
    })
}
