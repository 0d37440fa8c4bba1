use super::*;

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
         listThings: its response has no `cursor` that asks for the next page\n    \
         proposed for openapi/behaviour.toml:\n      [[paging]]\n      operations = [\"listThings\"]\n      \
         reason = \"Nothing in the response asks for the next page.\"\n      none = true"
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
    for (response, items) in [
        (things(), "body"),
        (object(json!({"status": text(), "data": things()})), "data"),
        (
            object(json!({"items": things(), "metadata": object(json!({}))})),
            "items",
        ),
    ] {
        assert_paged(
            &list(json!({"name": text()}), response),
            &format!("whole list, items {items}"),
        );
    }
    // A list among other things, and a list that is cut off, are not all that there is.
    for (query, response) in [
        (
            json!({}),
            object(json!({"name": text(), "things": things()})),
        ),
        (json!({"limit": int()}), things()),
    ] {
        assert_eq!(list(query, response).paging(), None);
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
