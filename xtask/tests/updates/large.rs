//! The report of an update that changes everything stays readable.

use xtask::diff::{
    Change, Class, Detail, ExtMethod, Extent, FixChange, Level, Report, Silent, What,
};

/// Changes of each class and module.
const EACH: usize = 3;

const MODULES: usize = 35;

/// Classes of operations and of types, with the level that is usual for each.
const OPERATIONS: &[(Class, Level)] = &[
    (Class::OperationAdded, Level::Additive),
    (Class::OperationRemoved, Level::Breaking),
    (Class::MethodRenamed, Level::Breaking),
    (Class::MethodAdded, Level::Additive),
    (Class::MethodRemoved, Level::Breaking),
    (Class::ArgumentAdded, Level::Breaking),
    (Class::ArgumentRemoved, Level::Breaking),
    (Class::ArgumentType, Level::Breaking),
    (Class::ArgumentOrder, Level::Breaking),
    (Class::ArgumentRenamed, Level::Patch),
    (Class::SetterAdded, Level::Additive),
    (Class::SetterRemoved, Level::Breaking),
    (Class::SetterType, Level::Breaking),
    (Class::BodyTyped, Level::Breaking),
    (Class::BodyChanged, Level::Breaking),
    (Class::ResponseTyped, Level::Breaking),
    (Class::ResponseEmpty, Level::Breaking),
    (Class::ResponseUntyped, Level::Breaking),
    (Class::ResponseChanged, Level::Breaking),
    (Class::PagingAdded, Level::Additive),
    (Class::PagingRemoved, Level::Breaking),
    (Class::PageItem, Level::Breaking),
    (Class::Paging, Level::Patch),
    (Class::Deprecated, Level::Additive),
    (Class::Path, Level::Patch),
    (Class::ContentType, Level::Patch),
    (Class::Provenance, Level::Patch),
];

const TYPES: &[(Class, Level)] = &[
    (Class::TypeAdded, Level::Additive),
    (Class::TypeRemoved, Level::Breaking),
    (Class::TypeRenamed, Level::Breaking),
    (Class::TypeInModule, Level::Additive),
    (Class::TypeNotInModule, Level::Breaking),
    (Class::TypeKind, Level::Breaking),
    (Class::FieldAdded, Level::Additive),
    (Class::FieldRemoved, Level::Breaking),
    (Class::FieldRenamed, Level::Breaking),
    (Class::FieldType, Level::Breaking),
    (Class::FieldRequired, Level::Breaking),
    (Class::FieldOptional, Level::Breaking),
    (Class::RequiredFieldAdded, Level::Breaking),
    (Class::FieldDeprecated, Level::Additive),
    (Class::ExtraAdded, Level::Additive),
    (Class::ExtraRemoved, Level::Breaking),
    (Class::VariantAdded, Level::Additive),
    (Class::VariantRemoved, Level::Breaking),
    (Class::VariantChanged, Level::Patch),
    (Class::SchemaName, Level::Patch),
];

fn changes(classes: &[(Class, Level)], kind: &str) -> Vec<Change> {
    let mut made = Vec::new();
    for &(class, level) in classes {
        for number in 0..EACH * MODULES {
            let module = format!("module{}", number % MODULES);
            let name = format!("{class:?}{number}");
            let rust = vec![format!("{module}::{kind}::{name}")];
            let methods = if number % 5 == 0 { 9 } else { 0 };
            let ext = (0..methods).map(|method| ExtMethod {
                handle: format!("project.things{}()", (number + method) % 500),
                method: format!("get{number}(..)"),
                public: number % 10 == 0,
            });
            made.push(Change {
                what: match class {
                    Class::OperationAdded | Class::TypeAdded => What::Added,
                    Class::OperationRemoved | Class::TypeRemoved => What::Removed,
                    _ => What::Changed,
                },
                name,
                modules: vec![module],
                rust: rust.clone(),
                ext: ext.collect(),
                used_by: match kind {
                    "types" => vec![format!("module1::Api::get{number}"); 3],
                    _ => Vec::new(),
                },
                sampled: number % 2 == 0,
                level,
                details: vec![Detail {
                    level,
                    class,
                    // Every third is equal to others.
                    text: format!("`a{}`", if number % 3 == 0 { 0 } else { number }),
                }],
                ..Change::default()
            });
        }
    }
    made
}

fn report() -> Report {
    let names = |count: usize| (0..count).map(|number| format!("thing{number}")).collect();
    let problems = (0..300).map(|number| match number % 3 {
        0 => format!("no rule of the module table places GET /things/{number}"),
        1 => format!("fix {number} no longer applies: remove it"),
        _ => format!(
            "types with one name for several; name all but one:\n{}",
            "    Thing: Thing, model.Thing\n".repeat(20)
        ),
    });
    Report {
        old: "old".to_owned(),
        new: "new".to_owned(),
        level: Level::Breaking,
        problems: problems.collect(),
        old_problems: vec!["a list is not understood".to_owned(); 100],
        fixes: (0..100)
            .map(|number| FixChange {
                name: format!("{number}-fix"),
                was: Some(number),
                is: Some(0),
                gained: names(30),
                lost: names(30),
            })
            .collect(),
        modules: Vec::new(),
        operations: changes(OPERATIONS, "Api"),
        schemas: changes(TYPES, "types"),
        silent: Silent {
            operations: names(1000),
            schemas: names(1000),
            rest: true,
        },
        missing: names(50),
    }
}

#[test]
fn a_report_of_everything_is_cut_and_counts_what_is_left_out() {
    let report = report();
    let text = report.markdown(Extent::Short);
    let lines = text.lines().count();
    assert!(lines < 400, "{lines} lines:\n{text}");
    let widest = text.lines().map(str::len).max().unwrap();
    assert!(widest < 1500, "a line of {widest} bytes");

    // Everything is told at least as a number, and what concerns most comes first.
    let all = EACH * MODULES;
    for &(class, _) in OPERATIONS {
        assert!(
            text.contains(&format!("- {}: {all} operations", class.title())),
            "{class:?}"
        );
    }
    for &(class, _) in TYPES {
        assert!(
            text.contains(&format!("- {}: {all} types", class.title())),
            "{class:?}"
        );
    }
    let same = all.div_ceil(3);
    assert!(text.contains(&format!("`a0`: {same} operations: ")));
    let groups = text.lines().filter(|line| line.contains("; ext: "));
    let counts: Vec<usize> = groups
        .filter(|line| line.starts_with("- "))
        .map(|line| {
            let (_, count) = line.rsplit_once("ext: ").unwrap();
            count.split(' ').next().unwrap().parse().unwrap()
        })
        .collect();
    assert!(
        counts.len() > 10 && counts.is_sorted_by(|a, b| a >= b),
        "{counts:?}"
    );

    let full = report.markdown(Extent::Full);
    assert!(
        !full.contains("--full")
            && full.lines().count() > (OPERATIONS.len() + TYPES.len()) * all / 2
    );
    for change in report.operations.iter().chain(&report.schemas) {
        assert!(full.contains(&change.rust[0]), "{}", change.rust[0]);
    }
}
