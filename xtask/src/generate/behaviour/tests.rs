use serde_json::{Map, json};

use super::*;
use crate::{
    generate::{
        api::{Found, Repeat, Ty},
        front,
        lower::names::Names,
        middle, own_map,
    },
    surface,
};

/// One operation of a small description.
struct Case {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    query: Value,
    body: Option<Value>,
    answer: Option<Value>,
    headers: Vec<&'static str>,
}

/// A GET of `/things` with these query parameters, by name and schema, and this answer.
fn list(query: Value, answer: Value) -> Case {
    Case {
        method: "get",
        path: "/things",
        id: "listThings",
        query,
        body: None,
        answer: Some(answer),
        headers: Vec::new(),
    }
}

/// An operation that takes and answers nothing in particular.
fn act(method: &'static str, path: &'static str, id: &'static str) -> Case {
    Case {
        method,
        path,
        id,
        query: json!({}),
        body: None,
        answer: Some(json!({"type": "string"})),
        headers: Vec::new(),
    }
}

impl Case {
    fn operation(&self, table: Option<&str>) -> Result<Operation> {
        let parameters: Vec<Value> = self
            .query
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, schema)| {
                let place = if name == "If-Match" {
                    "header"
                } else {
                    "query"
                };
                json!({"name": name, "in": place, "schema": schema})
            })
            .collect();
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .map(|name| (name.to_string(), json!({"schema": {"type": "integer"}})))
            .collect();
        let mut operation = json!({
            "operationId": self.id,
            "tags": ["Things"],
            "parameters": parameters,
            "responses": {"200": {"description": "OK", "headers": headers}},
        });
        if let Some(answer) = &self.answer {
            operation["responses"]["200"]["content"] =
                json!({"application/json": {"schema": answer}});
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = json!({"content": {"application/json": {"schema": body}}});
        }
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Things", "version": "1"},
            "paths": {self.path: {self.method: operation}},
            "components": {"schemas": {"Thing": object(json!({"name": text()}))}},
        });
        let map = own_map(&document);
        let (lowered, partition) = middle(&document, &map, &Names::empty(), false, &mut |_| {})?;
        let (api, _) = front(&lowered, &partition, &mut |_| {})?;
        let table = table.map(Table::parse).transpose()?;
        let api = behaviour(api, &document, table.as_ref())?;
        Ok(api.modules[0].operations[0].clone())
    }

    /// The paging in words, and the type of an item.
    fn paging(&self) -> Option<(String, Ty)> {
        let paging = self.operation(None).unwrap().paging?;
        Some((surface::paging(&paging), paging.item))
    }

    fn repeat(&self) -> Repeat {
        self.operation(None).unwrap().repeat
    }

    fn refusal(&self, table: &str) -> String {
        format!("{:#}", self.operation(Some(table)).unwrap_err())
    }
}

fn int() -> Value {
    json!({"type": "integer", "format": "int64"})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn things() -> Value {
    json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}})
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn ng_page() -> Value {
    object(json!({
        "status": text(),
        "data": object(json!({
            "content": things(), "totalItems": int(), "pageSize": int(), "pageIndex": int(),
            "pageToken": text(),
        })),
    }))
}

/// Asserts the words, and that items are things.
fn assert_paged(case: &Case, words: &str) {
    let (text, item) = case.paging().expect(words);
    assert_eq!(text, words);
    assert_eq!(item, Ty::Named("Thing".to_owned()), "{words}");
}

#[test]
fn numbered_pages_in_an_envelope() {
    assert_paged(
        &list(
            json!({"pageIndex": {"type": "integer", "default": 0}, "pageSize": {"type": "integer", "default": 50},
                "pageToken": text()}),
            ng_page(),
        ),
        "paged pageIndex/pageSize from 0, size 50, items data.content, total data.totalItems, \
         size data.pageSize, pageToken from data.pageToken",
    );
}

#[test]
fn spring_pages_say_which_is_the_last() {
    let page = object(json!({
        "content": things(), "totalElements": int(), "size": int(), "last": flag(), "sort": {"type": "array", "items": {}},
    }));
    assert_paged(
        &list(json!({"page": int(), "size": int()}), page.clone()),
        "paged page/size from 0, items content, total totalElements, size size, last last",
    );
    assert_paged(
        &list(
            json!({"page": int(), "size": int()}),
            object(json!({"data": page})),
        ),
        "paged page/size from 0, items data.content, total data.totalElements, size data.size, last data.last",
    );
}

#[test]
fn bare_arrays_count_in_headers() {
    let mut case = list(
        json!({"page": {"type": "integer", "default": 1}, "limit": {"type": "integer", "default": 30, "maximum": 100}}),
        things(),
    );
    assert_paged(
        &case,
        "paged page/limit from 1, size 30, at most 100, items body",
    );
    case.headers = vec!["X-Page-Size", "X-Total-Elements"];
    assert_paged(
        &case,
        "paged page/limit from 1, size 30, at most 100, items body, total header X-Total-Elements, \
         size header X-Page-Size",
    );
    let mut case = list(json!({"page": int(), "per_page": int()}), things());
    case.headers = vec!["x-total-items"];
    assert_paged(
        &case,
        "paged page/per_page from 0, items body, total header x-total-items",
    );
}

#[test]
fn other_names_of_pages() {
    for (page, size) in [
        ("pageNumber", "pageSize"),
        ("pageNo", "pageSize"),
        ("page", "pageSize"),
        ("page", "page_size"),
    ] {
        assert_paged(
            &list(json!({page: int(), size: int()}), things()),
            &format!("paged {page}/{size} from 0, items body"),
        );
    }
}

#[test]
fn offsets_begin_at_nothing_whatever_their_default() {
    for offset in ["offset", "skip"] {
        assert_paged(
            &list(
                json!({offset: {"type": "integer", "default": 1}, "limit": int()}),
                object(json!({"things": things(), "total": int()})),
            ),
            &format!("paged {offset}/limit by offset, items things, total total"),
        );
    }
}

#[test]
fn tokens_come_from_the_page_before() {
    assert_paged(
        &list(
            json!({"cursor": text(), "limit": int()}),
            object(json!({
                "things": things(), "last": flag(), "nextRequest": object(json!({"cursor": text()})),
            })),
        ),
        "paged limit, items things, last last, cursor from nextRequest.cursor",
    );
    assert_paged(
        &list(
            json!({"lastSeenExecutionId": text(), "lastSeenStartTime": int(), "size": int()}),
            object(json!({"data": object(json!({
                "content": things(), "hasMore": flag(), "lastSeenExecutionId": text(), "lastSeenStartTime": int(),
            }))})),
        ),
        "paged size, items data.content, more data.hasMore, lastSeenExecutionId from data.lastSeenExecutionId, \
         lastSeenStartTime from data.lastSeenStartTime",
    );
}

#[test]
fn a_token_that_no_answer_gives_asks_for_no_page() {
    let case = list(json!({"cursor": text(), "limit": int()}), things());
    assert_eq!(case.paging(), None);
    assert_eq!(
        case.refusal(""),
        "openapi/behaviour.toml has to say how these lists are paged, or why they are not:\n  \
         listThings: its answer has no `cursor` that asks for the next page"
    );
}

#[test]
fn slices_have_no_total() {
    assert_paged(
        &list(
            json!({"pageIndex": int(), "pageSize": int()}),
            object(
                json!({"data": object(json!({"content": things(), "hasNext": flag(), "pageSize": int()}))}),
            ),
        ),
        "paged pageIndex/pageSize from 0, items data.content, size data.pageSize, more data.hasNext",
    );
}

#[test]
fn what_tells_about_the_page_may_stand_beside_the_items() {
    let query = json!({"page": int(), "limit": int()});
    for about in ["pagination", "page", "_metadata"] {
        assert_paged(
            &list(
                query.clone(),
                object(
                    json!({"data": things(), about: object(json!({"totalItems": int(), "limit": int()}))}),
                ),
            ),
            &format!(
                "paged page/limit from 0, items data, total {about}.totalItems, size {about}.limit"
            ),
        );
    }
    assert_paged(
        &list(
            query.clone(),
            object(json!({"data": object(json!({"views": things(), "totalCount": int()}))})),
        ),
        "paged page/limit from 0, items data.views, total data.totalCount",
    );
    assert_paged(
        &list(
            query,
            object(json!({"items": int(), "pages": int(), "resource": things()})),
        ),
        "paged page/limit from 0, items resource, total items",
    );
}

#[test]
fn pages_may_be_asked_for_in_the_body() {
    let mut case = list(json!({"accountId": text()}), ng_page());
    case.method = "post";
    case.body = Some(object(
        json!({"pageIndex": int(), "pageSize": int(), "filter": text()}),
    ));
    assert_paged(
        &case,
        "paged pageIndex/pageSize in body from 0, items data.content, total data.totalItems, size data.pageSize",
    );
    case.body = Some(object(
        json!({"pagination": object(json!({"page": int(), "limit": int()}))}),
    ));
    assert_paged(
        &case,
        "paged pagination.page/pagination.limit in body from 0, items data.content, total data.totalItems, \
         size data.pageSize",
    );
    // The query goes first.
    case.query = json!({"page": int(), "limit": int()});
    assert_paged(
        &case,
        "paged page/limit from 0, items data.content, total data.totalItems, size data.pageSize",
    );
}

#[test]
fn a_list_without_pages_comes_whole() {
    for (answer, items) in [
        (things(), "body"),
        (object(json!({"status": text(), "data": things()})), "data"),
        (
            object(json!({"items": things(), "metadata": object(json!({}))})),
            "items",
        ),
    ] {
        assert_paged(
            &list(json!({"name": text()}), answer),
            &format!("whole list, items {items}"),
        );
    }
    // A list among other things, and a list that is cut off, are not all that there is.
    for (query, answer) in [
        (
            json!({}),
            object(json!({"name": text(), "things": things()})),
        ),
        (json!({"limit": int()}), things()),
    ] {
        assert_eq!(list(query, answer).paging(), None);
    }
    let mut case = list(json!({}), things());
    case.method = "post";
    assert_eq!(case.paging(), None);
}

#[test]
fn a_delete_is_not_paged() {
    let mut case = list(json!({"pageIndex": int(), "pageSize": int()}), ng_page());
    case.method = "delete";
    assert_eq!(case.paging(), None);
    assert!(case.operation(Some("")).is_ok());
}

#[test]
fn a_list_that_cannot_be_told_is_the_business_of_the_table() {
    let query = json!({"page": int(), "limit": int()});
    let two = list(
        query.clone(),
        object(json!({"things": things(), "others": things()})),
    );
    assert_eq!(two.paging(), None);
    assert!(
        two.refusal("")
            .ends_with("its answer has several lists: others, things")
    );

    let table = "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nitems = \"things\"\nfirst = 1\n";
    let paging = two.operation(Some(table)).unwrap().paging.unwrap();
    assert_eq!((paging.items.as_str(), paging.first), ("things", 1));
    assert_eq!(paging.item, Ty::Named("Thing".to_owned()));

    let none = "[[paging]]\noperations = [\"listThings\"]\nreason = \"r\"\nnone = true\n";
    assert_eq!(two.operation(Some(none)).unwrap().paging, None);

    let one = list(query, object(json!({"thing": text()})));
    assert!(
        one.refusal("")
            .ends_with("listThings: its answer has no list")
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
        ("items = \"data.rows\"", "its answer has no `data.rows`"),
        (
            "items = \"data.totalItems\"",
            "`data.totalItems` of its answer is no list",
        ),
        ("total = \"data.count\"", "its answer has no `data.count`"),
        (
            "last = \"status\"",
            "`status` of its answer is of another type",
        ),
        (
            "tokens = { page = \"data.content\" }",
            "`data.content` of its answer is of another type",
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
            "[[paging]]\noperations = [\"a\"]\nuntyped = true\nreason = \"r\"",
            "goes with prefixes",
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
fn methods_tell_first() {
    for (method, class) in [
        ("get", Repeat::Safe),
        ("put", Repeat::Idempotent),
        ("delete", Repeat::Idempotent),
        ("post", Repeat::Never),
        ("patch", Repeat::Never),
    ] {
        assert_eq!(
            act(method, "/things/{id}", "changeThing").repeat(),
            class,
            "{method}"
        );
    }
}

#[test]
fn a_post_that_asks_is_safe() {
    for (path, id) in [
        ("/things/listV2", "getThingListV2"),
        ("/things/filter", "thingsByFilter"),
        ("/things/filter-values", "thingFilterValues"),
        ("/things/validate", "thing-validate"),
        ("/things/preview", "thing#preview"),
        ("/things/{id}", "ThingService_GetThing"),
        ("/things", "V1FetchThings"),
    ] {
        assert_eq!(act("post", path, id).repeat(), Repeat::Safe, "{path} {id}");
    }
    let mut paged = act("post", "/things", "things");
    paged.query = json!({"page": int(), "limit": int()});
    paged.answer = Some(things());
    assert_eq!(paged.repeat(), Repeat::Safe);
}

#[test]
fn a_post_that_writes_is_not_repeated() {
    for (path, id) in [
        ("/things", "createThing"),
        ("/filters", "postFilter"),
        ("/things/list", "saveThingList"),
        ("/ignore-list/add", "addThings"),
        (
            "/things/execute/{id}/inputSetList",
            "postThingExecuteWithInputSetList",
        ),
        ("/token/rotate/{id}", "rotateToken"),
        ("/things/query", "queryThingsGraphQL"),
        ("/graphql", "queryThings"),
    ] {
        assert_eq!(act("post", path, id).repeat(), Repeat::Never, "{path} {id}");
    }
}

#[test]
fn a_put_that_acts_or_names_a_version_is_not_repeated() {
    for (path, id) in [
        ("/things/interrupt/{id}", "putHandleInterrupt"),
        ("/things/sync-groups", "things"),
        ("/things/{id}/toggle_state", "changeThing"),
        ("/things/{id}", "approveThing"),
    ] {
        assert_eq!(act("put", path, id).repeat(), Repeat::Never, "{path} {id}");
    }
    for name in ["lastObjectId", "lastCommitId", "If-Match"] {
        let mut case = act("put", "/things/{id}", "updateThing");
        case.query = json!({name: text()});
        assert_eq!(case.repeat(), Repeat::Never, "{name}");
        // What is gone is gone, whichever version was named.
        case.method = "delete";
        assert_eq!(case.repeat(), Repeat::Idempotent, "{name}");
    }
}

#[test]
fn a_get_that_acts_is_not_repeated() {
    assert_eq!(
        act("get", "/things/{id}/retrigger", "ReTriggerThing").repeat(),
        Repeat::Never
    );
    assert_eq!(
        act("get", "/things/comment", "listThingComments").repeat(),
        Repeat::Safe
    );
}

#[test]
fn the_table_overrules_the_class() {
    let case = act("get", "/things/{id}/token", "makeToken");
    let table = "[[repeat]]\noperations = [\"makeToken\"]\nreason = \"r\"\nclass = \"never\"\n";
    assert_eq!(case.operation(Some(table)).unwrap().repeat, Repeat::Never);
}
