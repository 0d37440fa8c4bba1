use super::*;

#[test]
fn a_list_that_cannot_be_told_is_the_business_of_the_table() {
    let query = json!({"page": int(), "limit": int()});
    let two = list(
        query.clone(),
        object(json!({"things": things(), "others": things()})),
    );
    assert_eq!(two.paging(), None);
    let refusal = two.refusal("");
    assert!(
        refusal.contains("its response has several lists: others, things"),
        "{refusal}"
    );
    let (_, proposed) = refusal.split_once("behaviour.toml:\n      ").unwrap();
    let paging = two.operation(Some(proposed)).unwrap().paging.unwrap();
    assert_eq!(paging.items, "things");

    let table = "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nitems = \"things\"\nfirst = 1\n";
    let paging = two.operation(Some(table)).unwrap().paging.unwrap();
    assert_eq!((paging.items.as_str(), paging.first), ("things", 1));
    assert_eq!(paging.item, Ty::Named("Thing".to_owned()));

    let none = "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nnone = true\n";
    assert_eq!(two.operation(Some(none)).unwrap().paging, None);

    let one = list(query, object(json!({"thing": text()})));
    let refusal = one.refusal("");
    assert!(
        refusal.contains("listThings: its response has no list\n"),
        "{refusal}"
    );
    assert!(
        refusal.ends_with("reason = \"The response has no list.\"\n      none = true"),
        "{refusal}"
    );
}

#[test]
fn a_prefix_of_untyped_lists_leaves_the_others() {
    let table = "[[paging]]\nprefixes = [\"/th\"]\nuntyped = true\nreason = \"r\"\nitems = \"data.content\"\n";
    let query = json!({"page": int(), "limit": int()});
    let open = list(query.clone(), json!({}));
    let paging = open.operation(Some(table)).unwrap().paging.unwrap();
    assert_eq!(
        (paging.items.as_str(), paging.item),
        ("data.content", Ty::Json)
    );
    assert!(
        list(query, things())
            .refusal(table)
            .contains("[[paging]] /th")
    );
}

#[test]
fn a_list_that_is_left_out_when_it_is_empty_stands_in_the_table() {
    let table = "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nomits-empty = true\n";
    let query = json!({"page": int(), "limit": int()});
    let case = list(
        query.clone(),
        object(json!({"things": things(), "page": int()})),
    );
    let operation = case.operation(Some(table)).unwrap();
    let paging = operation.paging.unwrap();
    assert!(paging.omits_empty);
    assert!(surface::paging(&paging).contains("items things if there are any"));
    let may_be_empty = |operation: &Operation| match operation.response_schema.body {
        ValueSchema::Object { may_be_empty, .. } => may_be_empty,
        _ => panic!("no object"),
    };
    assert!(may_be_empty(&case.operation(Some(table)).unwrap()));
    assert!(!may_be_empty(&case.operation(None).unwrap()));
    assert!(
        list(query, things())
            .refusal(table)
            .contains("a list that is the response itself cannot be left out")
    );
}

#[test]
fn a_header_does_not_replace_a_member() {
    let table =
        "[[paging]]\nprefixes = [\"/things\"]\nreason = \"r\"\ntotal-header = \"X-Total\"\n";
    let query = json!({"page": int(), "limit": int()});
    let paging = list(query.clone(), things())
        .operation(Some(table))
        .unwrap()
        .paging
        .unwrap();
    assert_eq!(paging.total, Some(Found::Header("X-Total".to_owned())));
    assert!(
        list(query, ng_page())
            .refusal(table)
            .contains("/things: total-header")
    );
}

#[test]
fn members_that_the_answer_lacks_are_refused() {
    let case = list(json!({"page": int(), "size": int()}), ng_page());
    for (key, why) in [
        ("items = \"data.rows\"", "its response has no `data.rows`"),
        (
            "items = \"data.totalItems\"",
            "`data.totalItems` of its response is no list",
        ),
        ("total = \"data.count\"", "its response has no `data.count`"),
        (
            "last = \"status\"",
            "`status` of its response is of another type",
        ),
        (
            "tokens = { page = \"data.content\" }",
            "`data.content` of its response is of another type",
        ),
    ] {
        let table = format!("[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\n{key}\n");
        assert!(
            case.refusal(&table).ends_with(why),
            "{key}: {}",
            case.refusal(&table)
        );
    }
}

#[test]
fn entries_that_change_nothing_are_refused() {
    let case = list(json!({"page": int(), "size": int()}), ng_page());
    for (table, idle) in [
        (
            "[[paging]]\noperations = [\"gone\"]\nreason = \"r\"\nfirst = 1",
            "[[paging]] gone",
        ),
        (
            "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nfirst = 0",
            "[[paging]] listThings: first",
        ),
        (
            "[[paging]]\nprefixes = [\"/th\", \"/else\"]\nreason = \"r\"\nfirst = 1",
            "[[paging]] /else",
        ),
        (
            "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nfirst = 1\nitems = \"data.content\"",
            "[[paging]] listThings: items",
        ),
        (
            "[[repeat]]\noperations = [\"listThings\"]\nreason = \"r\"\nclass = \"safe\"",
            "[[repeat]] listThings",
        ),
        (
            "[[repeat]]\noperations = [\"gone\"]\nreason = \"r\"\nclass = \"never\"",
            "[[repeat]] gone",
        ),
    ] {
        let refusal = case.refusal(table);
        assert!(
            refusal.starts_with("entries of openapi/behaviour.toml no longer apply"),
            "{refusal}"
        );
        assert!(refusal.lines().any(|line| line.trim() == idle), "{refusal}");
    }
}

#[test]
fn a_table_that_is_not_as_it_should_be_is_refused() {
    for (table, why) in [
        (
            "[[paging]]\noperations = [\"a\"]\nfirst = 1",
            "missing field `reason`",
        ),
        (
            "[[paging]]\noperations = [\"a\"]\nreason = \" \"",
            "has no reason",
        ),
        (
            "[[paging]]\nreason = \"r\"",
            "name either operations or prefixes",
        ),
        (
            "[[paging]]\noperations = [\"a\"]\nprefixes = [\"/\"]\nreason = \"r\"",
            "name either",
        ),
        (
            "[[paging]]\noperations = [\"a\"]\nreason = \"r\"\nfrist = 1",
            "unknown field `frist`",
        ),
        (
            "[[repeat]]\noperations = [\"a\"]\nreason = \"r\"\nclass = \"often\"",
            "unknown variant `often`",
        ),
    ] {
        let refusal = format!("{:#}", Table::parse(table).unwrap_err());
        assert!(refusal.contains(why), "{table}: {refusal}");
    }
}

#[test]
fn an_entry_on_an_undescribed_response_no_longer_applies_to_a_described_one() {
    let query = json!({"page": int(), "limit": int()});
    let table =
        "[[paging]]\noperations = [\"listThings\"]\nuntyped = true\nreason = \"r\"\nnone = true\n";
    let undescribed = list(query.clone(), json!({}));
    assert_eq!(undescribed.operation(Some(table)).unwrap().paging, None);
    let described = list(query, ng_page());
    let refusal = described.refusal(table);
    assert!(
        refusal.contains("no longer apply") && refusal.contains("[[paging]] listThings"),
        "{refusal}"
    );
}

#[test]
fn the_table_overrules_the_class() {
    let case = act("get", "/things/{id}/token", "makeToken");
    let table = "[[repeat]]\noperations = [\"makeToken\"]\nreason = \"r\"\nclass = \"never\"\n";
    assert_eq!(
        case.operation(Some(table)).unwrap().retry,
        RetryClass::Never
    );
}
