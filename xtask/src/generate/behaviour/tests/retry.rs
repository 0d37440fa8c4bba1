use super::*;

#[test]
fn methods_tell_first() {
    for (method, class) in [
        ("get", RetryClass::Safe),
        ("put", RetryClass::Idempotent),
        ("delete", RetryClass::Idempotent),
        ("post", RetryClass::Never),
        ("patch", RetryClass::Never),
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
        assert_eq!(
            act("post", path, id).repeat(),
            RetryClass::Safe,
            "{path} {id}"
        );
    }
    let mut paged = act("post", "/things", "things");
    paged.query = json!({"page": int(), "limit": int()});
    paged.response = Some(things());
    assert_eq!(paged.repeat(), RetryClass::Safe);
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
        assert_eq!(
            act("post", path, id).repeat(),
            RetryClass::Never,
            "{path} {id}"
        );
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
        assert_eq!(
            act("put", path, id).repeat(),
            RetryClass::Never,
            "{path} {id}"
        );
    }
    for name in ["lastObjectId", "lastCommitId", "If-Match"] {
        let mut case = act("put", "/things/{id}", "updateThing");
        case.query = json!({name: text()});
        assert_eq!(case.repeat(), RetryClass::Never, "{name}");
        // What is gone is gone, whichever version was named.
        case.method = "delete";
        assert_eq!(case.repeat(), RetryClass::Idempotent, "{name}");
    }
}

#[test]
fn a_get_that_acts_is_not_repeated() {
    assert_eq!(
        act("get", "/things/{id}/retrigger", "ReTriggerThing").repeat(),
        RetryClass::Never
    );
    assert_eq!(
        act("get", "/things/comment", "listThingComments").repeat(),
        RetryClass::Safe
    );
}
