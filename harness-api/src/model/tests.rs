//! `Clone` and `Debug` of a type that has a member of every kind.

#![allow(
    dead_code,
    private_interfaces,
    unreachable_pub,
    reason = "the macros make public types with all that belongs to them"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model;

/// Every kind of member, and members beyond the named ones.
struct Whole {
    text: Option<String>,
    int: Option<i64>,
    num: Option<f64>,
    flag: Option<bool>,
    time: Option<model::Time>,
    json: Option<Value>,
    kind: Option<Kind>,
    part: Option<Box<Piece>>,
    list: Option<Vec<Piece>>,
    map: Option<BTreeMap<String, Vec<i64>>>,
    either: Option<Either>,
    reset: model::Maybe<Box<Piece>>,
    extra: BTreeMap<String, Value>,
    misfits: model::Misfits,
}

impl model::Model for Whole {
    fn blank() -> Self {
        Self {
            text: None,
            int: None,
            num: None,
            flag: None,
            time: None,
            json: None,
            kind: None,
            part: None,
            list: None,
            map: None,
            either: None,
            reset: model::Maybe::Absent,
            extra: BTreeMap::new(),
            misfits: model::Misfits::NONE,
        }
    }
    fn about(&self) -> &'static model::About {
        &model::About {
            name: "Whole",
            names: &[
                "int", "map", "num", "flag", "json", "kind", "list", "part", "text", "time",
                "reset", "either",
            ],
            required: &[],
            secrets: &[],
            tagged: &[],
        }
    }
    fn slot(&mut self, index: usize) -> model::Slot<'_> {
        match index {
            0 => model::Slot::Int(&mut self.int),
            1 => model::Slot::Opt(&mut self.map),
            2 => model::Slot::Num(&mut self.num),
            3 => model::Slot::Flag(&mut self.flag),
            4 => model::Slot::Json(&mut self.json),
            5 => model::Slot::Opt(&mut self.kind),
            6 => model::Slot::Opt(&mut self.list),
            7 => model::Slot::Opt(&mut self.part),
            8 => model::Slot::Str(&mut self.text),
            9 => model::Slot::Time(&mut self.time),
            10 => model::Slot::Maybe(&mut self.reset),
            11 => model::Slot::Opt(&mut self.either),
            _ => model::Slot::Misfits(&mut self.misfits),
        }
    }
    fn parts<'a>(&'a self, to: &mut model::Parts<'a, '_>) {
        to.opt(0, &self.int);
        to.opt(1, &self.map);
        to.opt(2, &self.num);
        to.opt(3, &self.flag);
        to.opt(4, &self.json);
        to.opt(5, &self.kind);
        to.opt(6, &self.list);
        to.opt(7, &self.part);
        to.opt(8, &self.text);
        to.opt(9, &self.time);
        to.maybe(10, &self.reset);
        to.opt(11, &self.either);
        to.misfits(&self.misfits);
    }
    fn extra(&self) -> Option<&BTreeMap<String, Value>> {
        Some(&self.extra)
    }
    fn extra_mut(&mut self) -> Option<&mut BTreeMap<String, Value>> {
        Some(&mut self.extra)
    }
}
model::model!(Whole);

/// Every kind of required member, one of them a secret.
struct Piece {
    text: String,
    int: i64,
    num: f64,
    flag: bool,
    time: model::Time,
    json: Value,
    kind: Kind,
    misfits: model::Misfits,
}

impl model::Model for Piece {
    fn blank() -> Self {
        use model::Cell;
        Self {
            text: Cell::blank(),
            int: Cell::blank(),
            num: Cell::blank(),
            flag: Cell::blank(),
            time: Cell::blank(),
            json: Cell::blank(),
            kind: Cell::blank(),
            misfits: model::Misfits::NONE,
        }
    }
    fn about(&self) -> &'static model::About {
        &model::About {
            name: "Piece",
            names: &["int", "num", "flag", "json", "kind", "text", "time"],
            required: &[],
            secrets: &[5],
            tagged: &[],
        }
    }
    fn slot(&mut self, index: usize) -> model::Slot<'_> {
        match index {
            0 => model::Slot::OneInt(&mut self.int),
            1 => model::Slot::OneNum(&mut self.num),
            2 => model::Slot::OneFlag(&mut self.flag),
            3 => model::Slot::OneJson(&mut self.json),
            4 => model::Slot::Text(&mut self.kind),
            5 => model::Slot::OneStr(&mut self.text),
            6 => model::Slot::OneTime(&mut self.time),
            _ => model::Slot::Misfits(&mut self.misfits),
        }
    }
    fn parts<'a>(&'a self, to: &mut model::Parts<'a, '_>) {
        to.one(0, &self.int);
        to.one(1, &self.num);
        to.one(2, &self.flag);
        to.one(3, &self.json);
        to.one(4, &self.kind);
        to.one(5, &self.text);
        to.one(6, &self.time);
        to.misfits(&self.misfits);
    }
}
model::through_cell!(Piece);

model::open_enum! {
    /// An enum.
    Kind { 0 Round = "ROUND", }
}

model::union! {
    /// A union.
    Either: 1, tag: Some("kind"), tagged_by_parent: false, tags: [("ROUND", 0)],
    { 0 Piece(Piece), }
}

fn piece() -> Value {
    json!({"text": "xyzzy", "int": 4, "num": 0.5, "flag": true, "time": "2026-11-20T10:11:12Z",
           "json": [null, 1], "kind": "ROUND"})
}

fn whole() -> Value {
    json!({"text": "plugh", "int": "misfit", "num": 1.5, "flag": false, "time": "2026-11-20T10:11:12Z",
           "json": {"a": [1]}, "kind": "SQUARE", "part": piece(), "list": [piece(), piece()],
           "map": {"a": [1, 2], "b": []}, "either": piece(), "reset": null, "beyond": {"c": 3}})
}

#[test]
fn a_clone_is_the_same_in_every_member() {
    for change in [
        json!({}),
        json!({"reset": piece()}),
        json!({"either": {"kind": "FLAT", "width": 3}, "text": null, "map": null, "int": 7}),
    ] {
        let mut source = whole();
        if let (Some(source), Value::Object(change)) = (source.as_object_mut(), change) {
            source.extend(change);
        }
        let value: Whole = serde_json::from_value(source.clone()).unwrap();
        let clone = value.clone();
        assert!(clone == value, "{source}");
        assert_eq!(
            serde_json::to_value(&clone).unwrap(),
            serde_json::to_value(&value).unwrap()
        );
        assert_eq!(clone.reset.is_null(), value.reset.is_null());
        assert_eq!(clone.misfits, value.misfits);
        assert_eq!(clone.extra, value.extra);
        assert_eq!(clone.kind, Some(Kind::UnknownValue("SQUARE".into())));
    }
    let mut other: Whole = serde_json::from_value(whole()).unwrap();
    other.list.as_mut().unwrap()[1].num = 0.25;
    let first: Whole = serde_json::from_value(whole()).unwrap();
    assert!(other.clone() == other && other.clone() != first);
}

#[test]
fn debug_shows_what_is_set_and_no_secret() {
    let value: Whole = serde_json::from_value(json!({
        "text": "plugh", "kind": "ROUND", "int": {"a": "quux"}, "list": [piece()], "reset": null,
        "either": {"kind": "FLAT", "word": "quux"}
    }))
    .unwrap();
    let piece = r#"Piece { int: 4, num: 0.5, flag: true, json: Array [Null, Number(1)], kind: "ROUND", text: [redacted], time: At(2026-11-20T10:11:12Z), .. }"#;
    assert_eq!(
        format!("{value:?}"),
        format!(
            r#"Whole {{ kind: "ROUND", list: [{piece}], text: "plugh", reset: null, either: {{"kind", "word"}}, extra: {{}}, misfits: ["int"] }}"#
        )
    );
    assert_eq!(format!("{:?}", Whole::default()), "Whole { extra: {}, .. }");
}

#[test]
fn text_that_is_no_finite_number_is_a_misfit() {
    for text in ["NaN", "-inf", "infinity", "1e999"] {
        let source = json!({"num": text});
        let whole: Whole = serde_json::from_value(source.clone()).expect("decodes");
        assert!(
            whole.num.is_none() && whole.misfits.get("num").is_some(),
            "{text}"
        );
        assert_eq!(serde_json::to_value(&whole).expect("encodes"), source);
    }
    let whole: Whole = serde_json::from_value(json!({"num": "-1.5e3"})).expect("decodes");
    assert_eq!(whole.num, Some(-1500.0));
}

#[test]
fn a_member_that_comes_twice_is_a_misfit_where_it_never_fits() {
    for (text, flag, misfits) in [
        (r#"{"flag":[],"flag":true}"#, Some(true), 0),
        (r#"{"flag":true,"flag":[]}"#, Some(true), 0),
        (r#"{"flag":[],"flag":{}}"#, None, 1),
    ] {
        let whole: Whole = serde_json::from_str(text).expect("decodes");
        assert_eq!(whole.flag, flag, "{text}");
        assert_eq!(model::misfits(&whole).len(), misfits, "{text}");
        let again = serde_json::to_string(&whole).expect("encodes");
        assert_eq!(again.matches("flag").count(), 1, "{again}");
    }
}
