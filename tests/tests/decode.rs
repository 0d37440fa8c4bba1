//! Rules of the decoder, with generated types.

#![cfg(all(
    feature = "cd",
    feature = "code",
    feature = "connectors",
    feature = "dbops",
    feature = "gitops",
    feature = "pipeline",
    feature = "secrets"
))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use harness_api::cd::types::{EnvironmentRequest, EnvironmentRequestType};
use harness_api::code::types::{
    OpenapiContent, OpenapiUpdateRepoRequest, OpenapiUpdateRepoWebhookRequest,
};
use harness_api::connectors::types::{
    AwsCodeCommitSecretKeyAccessKey, ConnectorConfig, ConnectorInfo, ConnectorRequest,
    DockerConnector, KubernetesClusterConfig,
};
use harness_api::dbops::types::DbSchemaOutSchemaSourceType;
use harness_api::gitops::types::Servicev1RepositoryCertificate;
use harness_api::model::{Bare, Maybe, Raw, misfits, misfits_of};
use harness_api::pipeline::types::{NgTag, NumberNgVariable, StepsDataResponseBody};
use harness_api::secrets::types::{NtlmConfig, Secret, SecretSpec};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn fault<T: DeserializeOwned + Debug>(value: Value) -> String {
    serde_json::from_str::<T>(&value.to_string())
        .unwrap_err()
        .to_string()
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// Decodes and encodes a document.
fn again<T: DeserializeOwned + Serialize>(value: Value) -> Value {
    written(&read::<T>(value))
}

// Enums.

#[test]
fn an_unknown_enum_value_is_kept_and_shown() {
    let source = json!({"type": "Underwater", "identifier": "reef"});
    let request: EnvironmentRequest = read(source.clone());
    assert_eq!(
        request.type_,
        EnvironmentRequestType::UnknownValue("Underwater".to_owned())
    );
    assert_eq!(request.type_.to_string(), "Underwater");
    assert_eq!(written(&request), source);
    assert_eq!(EnvironmentRequestType::Production.to_string(), "Production");
    // Spelling is case-sensitive.
    let lower: EnvironmentRequestType = read(json!("production"));
    assert_eq!(lower.as_str(), "production");
    assert_ne!(lower, EnvironmentRequestType::Production);
}

#[test]
fn two_spellings_of_one_word_stay_two_values() {
    let upper: DbSchemaOutSchemaSourceType = read(json!("Custom"));
    let lower: DbSchemaOutSchemaSourceType = read(json!("custom"));
    assert_ne!(upper, lower);
    for value in [&upper, &lower] {
        assert!(
            !matches!(value, DbSchemaOutSchemaSourceType::UnknownValue(_)),
            "{value}"
        );
    }
    assert_eq!(
        (written(&upper), written(&lower)),
        (json!("Custom"), json!("custom"))
    );
}

// Absence.

#[test]
fn null_is_as_if_absent_for_every_kind_of_member() {
    let info: ConnectorInfo = read(json!({
        "name": null, "tags": null, "type": null, "spec": null, "identifier": "hub"
    }));
    assert!(info.name.is_none() && info.tags.is_none());
    assert!(info.type_.is_none() && info.spec.is_none());
    assert!(misfits(&info).is_empty());
    assert_eq!(written(&info), json!({"identifier": "hub"}));
    let docker: DockerConnector = read(json!({
        "auth": null, "delegateSelectors": null, "executeOnDelegate": null
    }));
    assert!(docker.auth.is_none() && docker.delegate_selectors.is_none());
    assert!(docker.execute_on_delegate.is_none());
    let docker: DockerConnector = read(json!({"delegateSelectors": [null, "east", null]}));
    assert_eq!(docker.delegate_selectors.unwrap(), ["east"]);
    let info: ConnectorInfo = read(json!({"tags": {"team": null, "tier": "gold"}}));
    assert_eq!(written(&info), json!({"tags": {"tier": "gold"}}));
}

#[test]
fn an_answer_may_lack_everything() {
    assert_eq!(again::<ConnectorInfo>(json!({})), json!({}));
    assert_eq!(again::<StepsDataResponseBody>(json!({})), json!({}));
    // An empty list differs from an absent one.
    let empty = json!({"delegateSelectors": []});
    assert_eq!(again::<DockerConnector>(empty.clone()), empty);
}

#[test]
fn unknown_members_are_skipped_whatever_they_hold() {
    let info: ConnectorInfo = read(json!({
        "novelty": {"deep": [1, {"er": null}]}, "name": "hub", "nam": 3, "": false
    }));
    assert_eq!(written(&info), json!({"name": "hub"}));
    assert!(misfits(&info).is_empty());
}

#[test]
fn a_required_member_that_is_missing_is_named() {
    assert!(fault::<EnvironmentRequest>(json!({"name": "reef"})).contains("`type`"));
    assert!(fault::<EnvironmentRequest>(json!({"type": null})).contains("`type`"));
    assert!(fault::<ConnectorRequest>(json!({})).contains("`connector`"));
    // A mismatched required field cannot be kept as JSON.
    assert!(fault::<EnvironmentRequest>(json!({"type": ["Production"]})).contains("`type`"));
}

#[test]
fn a_member_that_may_be_null_has_three_states() {
    for (source, state) in [
        (json!({"key": "tier"}), Maybe::Absent),
        (json!({"key": "tier", "value": null}), Maybe::Null),
        (
            json!({"key": "tier", "value": ""}),
            Maybe::Value(String::new()),
        ),
    ] {
        let tag: NgTag = read(source.clone());
        assert_eq!(tag.value, state);
        assert_eq!(written(&tag), source);
    }
}

#[test]
fn what_is_set_is_sent_and_nothing_else() {
    let config = KubernetesClusterConfig {
        ignore_test_connection: Some(false),
        delegate_selectors: Some(Vec::new()),
        ..Default::default()
    };
    assert_eq!(
        written(&config),
        json!({"ignoreTestConnection": false, "delegateSelectors": []})
    );
    let info = ConnectorInfo {
        name: Some(String::new()),
        tags: Some(BTreeMap::new()),
        ..Default::default()
    };
    assert_eq!(written(&info), json!({"name": "", "tags": {}}));
}

#[test]
fn a_partial_update_leaves_alone_resets_and_sets() {
    let update = OpenapiUpdateRepoRequest {
        description: Maybe::Null,
        tags: Maybe::Value(BTreeMap::new()),
        ..Default::default()
    };
    assert_eq!(written(&update), json!({"description": null, "tags": {}}));
    let update = OpenapiUpdateRepoWebhookRequest {
        enabled: false.into(),
        secret: Maybe::Value(String::new()),
        triggers: Maybe::Null,
        ..Default::default()
    };
    assert_eq!(
        written(&update),
        json!({"enabled": false, "secret": "", "triggers": null})
    );
    assert_eq!(written(&OpenapiUpdateRepoRequest::default()), json!({}));
}

// Scalars.

#[test]
fn scalars_are_read_from_each_other_where_nothing_is_lost() {
    let content: OpenapiContent = read(json!({"target": "docs", "size": "17"}));
    assert_eq!(written(&content), json!({"target": "docs", "size": 17}));
    let content: OpenapiContent = read(json!({"target": "docs", "size": 3.0}));
    assert_eq!(written(&content), json!({"target": "docs", "size": 3}));
    for kept in [json!(3.5), json!("3.0"), json!("many"), json!(u64::MAX)] {
        let source = json!({"target": "docs", "size": kept});
        let content: OpenapiContent = read(source.clone());
        assert_eq!(misfits_of(&content).len(), 1, "{source}");
        assert_eq!(written(&content), source);
    }
    let number: NumberNgVariable = read(json!({"value": "0.25", "required": "true"}));
    assert_eq!((number.value, number.required), (Some(0.25), Some(true)));
    let number: NumberNgVariable = read(json!({"value": 4}));
    assert_eq!(number.value, Some(4.0));
    let info: ConnectorInfo = read(json!({"name": 12, "description": false}));
    assert_eq!(info.name.as_deref(), Some("12"));
    assert_eq!(info.description.as_deref(), Some("false"));
}

#[test]
fn a_time_is_read_from_what_the_services_write() {
    let at = |value: Value| read::<Servicev1RepositoryCertificate>(json!({"createdAt": value}));
    for source in [
        json!("2023-11-14T22:13:20Z"),
        json!("2023-11-14T23:13:20+01:00"),
        json!(1_700_000_000_000_i64),
        json!("1700000000000"),
        json!(1.7e12),
    ] {
        let certificate = at(source.clone());
        let millis = certificate.created_at.as_ref().unwrap().at().unwrap();
        assert_eq!(millis.as_millisecond(), 1_700_000_000_000, "{source}");
        let text = "2023-11-14T22:13:20Z";
        assert_eq!(written(&certificate), json!({"createdAt": text}));
    }
    for odd in ["", "soon", "2023-11-14"] {
        let certificate = at(json!(odd));
        assert!(certificate.created_at.as_ref().unwrap().at().is_none());
        assert_eq!(written(&certificate), json!({"createdAt": odd}));
    }
}

// Mismatched fields.

#[test]
fn a_member_of_the_wrong_kind_is_kept_aside_and_written_back() {
    let source = json!({
        "name": ["not", "text"],
        "tags": "red",
        "identifier": "hub",
        "spec": {"dockerRegistryUrl": {"host": "r"}, "delegateSelectors": "east"},
        "type": "DockerRegistry"
    });
    let info: ConnectorInfo = read(source.clone());
    assert!(info.name.is_none() && info.tags.is_none());
    assert_eq!(info.misfits.get("tags"), Some(&json!("red")));
    let mut paths: Vec<_> = misfits(&info).into_iter().map(|it| it.path).collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "name",
            "spec.delegateSelectors",
            "spec.dockerRegistryUrl",
            "tags"
        ]
    );
    assert_eq!(written(&info), source);
    // A value that is set afterwards takes precedence.
    let info = ConnectorInfo {
        name: Some("Hub".to_owned()),
        ..info
    };
    assert_eq!(written(&info)["name"], "Hub");
    // A list with one mismatched item, and a map with one mismatched entry, are kept as JSON completely.
    for source in [
        json!({"delegateSelectors": ["east", {"zone": 1}, "west"]}),
        json!({"auth": "anonymous"}),
    ] {
        let docker: DockerConnector = read(source.clone());
        assert_eq!(misfits(&docker).len(), 1);
        assert_eq!(written(&docker), source);
    }
    let listed: Vec<DockerConnector> = read(json!([{}, {"auth": 3}]));
    assert_eq!(misfits_of(&listed)[0].path, "1.auth");
}

#[test]
fn a_bare_list_or_map_is_read_like_a_member() {
    let bare = |value: Value| read::<Bare<Vec<DockerConnector>>>(value).0;
    assert_eq!(bare(json!([null])), []);
    assert_eq!(bare(json!(null)), []);
    assert_eq!(bare(json!([null, {}, null])).len(), 1);
    // A mismatched field inside an item is kept in the item.
    assert_eq!(
        misfits_of(&bare(json!([null, {"auth": 3}])))[0].path,
        "0.auth"
    );
    let texts: Bare<Vec<String>> = read(json!(["a", null, 7, true]));
    assert_eq!(texts.0, ["a", "7", "true"]);
    let numbers: Bare<Vec<i64>> = read(json!([1, "2", null]));
    assert_eq!(numbers.0, [1, 2]);
    let nested: Bare<Vec<Vec<String>>> = read(json!([["a", null], null]));
    assert_eq!(nested.0, [["a"]]);
    let map: Bare<BTreeMap<String, Vec<String>>> = read(json!({"a": null, "b": ["c"]}));
    assert_eq!(map.0.keys().collect::<Vec<_>>(), ["b"]);
    // A mismatched item has no object in which it could be kept.
    assert!(
        fault::<Bare<Vec<String>>>(json!(["a", ["b"]]))
            .starts_with("a list where text is expected")
    );
    assert!(
        fault::<Bare<Vec<DockerConnector>>>(json!({}))
            .starts_with("an object where a list is expected")
    );
    assert!(
        fault::<Bare<BTreeMap<String, i64>>>(json!({"a": "b"}))
            .starts_with("text where an integer is expected")
    );
}

#[test]
fn a_document_of_the_wrong_kind_is_a_fault() {
    for source in [json!([]), json!("text"), json!(3), json!(null)] {
        assert!(serde_json::from_str::<ConnectorInfo>(&source.to_string()).is_err());
    }
}

// Unions.

#[test]
fn a_union_is_told_apart_by_the_tag_in_it() {
    let source = json!({
        "identifier": "token",
        "spec": {"value": "v", "type": "SecretText", "secretManagerIdentifier": "vault"}
    });
    let secret: Secret = read(json!({
        "identifier": "token",
        "spec": {"value": "v", "type": "SecretText", "secret_manager_identifier": "vault"}
    }));
    assert!(matches!(secret.spec, Some(SecretSpec::SecretText(_))));
    // The field names of this service have underscores; one without is unknown.
    assert_eq!(
        written(&read::<Secret>(source))["spec"],
        json!({"type": "SecretText", "value": "v"})
    );
    // A variant created by a program writes its tag itself.
    let spec = SecretSpec::SecretText(Box::default());
    assert_eq!(written(&spec), json!({"type": "SecretText"}));
}

#[test]
fn a_union_is_told_apart_by_the_tag_beside_it_wherever_that_stands() {
    let before = r#"{"type":"K8sCluster","spec":{"delegateSelectors":["east"]}}"#;
    let after = r#"{"spec":{"delegateSelectors":["east"]},"type":"K8sCluster"}"#;
    for text in [before, after] {
        let info: ConnectorInfo = serde_json::from_str(text).unwrap();
        let Some(ConnectorConfig::KubernetesCluster(spec)) = &info.spec else {
            panic!("{text}: {info:?}");
        };
        assert_eq!(spec.delegate_selectors.as_deref().unwrap(), ["east"]);
        assert_eq!(written(&info), serde_json::from_str::<Value>(text).unwrap());
    }
    let spec = ConnectorConfig::from(KubernetesClusterConfig::default());
    assert_eq!(written(&spec), json!({}));
}

#[test]
fn a_union_with_an_unknown_tag_is_kept_as_it_came() {
    for source in [
        json!({"type": "Telepathy", "spec": {"range": [1, null], "delegateSelectors": ["x"]}}),
        json!({"type": "K8sCluster", "spec": ["not an object"]}),
        json!({"spec": {"delegateSelectors": ["x"]}}),
    ] {
        let info: ConnectorInfo = read(source.clone());
        assert!(
            matches!(&info.spec, Some(ConnectorConfig::Unrecognized(Raw(raw))) if *raw == source["spec"]),
            "{info:?}"
        );
        assert_eq!(written(&info), source);
    }
    let source = json!({"spec": {"type": "Riddle", "value": "v"}});
    let secret: Secret = read(source.clone());
    assert!(matches!(secret.spec, Some(SecretSpec::Unrecognized(_))));
    assert_eq!(written(&secret), source);
    assert!(!format!("{secret:?}").contains("Riddle"));
}

#[test]
fn a_union_without_a_tag_is_never_guessed() {
    let one: OpenapiContent = read(json!({"target": "docs", "size": 4}));
    assert!(matches!(one, OpenapiContent::RepoSymlink(_)));
    // Two variants have a size, none has a color, and an empty object has no recognizable variant.
    for source in [
        json!({"size": 4}),
        json!({"target": "docs", "colour": "red"}),
        json!({}),
        json!([1]),
        json!("text"),
    ] {
        let content: OpenapiContent = read(source.clone());
        assert!(
            matches!(content, OpenapiContent::Unrecognized(_)),
            "{source}"
        );
        assert_eq!(written(&content), source);
    }
}

// Secrets.

#[test]
fn debug_shows_no_secret() {
    let key: AwsCodeCommitSecretKeyAccessKey =
        read(json!({"accessKey": "tell-nobody", "accessKeyRef": "account.key"}));
    let login: NtlmConfig = read(json!({"password": "tell-nobody", "username": "deploy"}));
    let misfit: DockerConnector = read(json!({"auth": "tell-nobody"}));
    let raw: ConnectorInfo = read(json!({"spec": {"password": "tell-nobody"}}));
    let shown = format!("{key:?} {login:?} {misfit:?} {raw:?} {key:#?} {login:#?}");
    assert!(!shown.contains("tell-nobody"), "{shown}");
    assert!(shown.contains("account.key") && shown.contains("deploy"));
}

#[test]
fn debug_shows_no_text_secret() {
    let secret: Secret = read(json!({"spec": {"type": "SecretText", "value": "tell-nobody"}}));
    assert!(!format!("{secret:?}").contains("tell-nobody"));
}

// Depth.

fn nested(depth: usize) -> String {
    let mut text = r#"{"name":"leaf"}"#.to_owned();
    for _ in 0..depth {
        text = format!(r#"{{"step_categories":[{text}]}}"#);
    }
    text
}

#[test]
fn types_may_contain_themselves() {
    let text = nested(3);
    let steps: StepsDataResponseBody = serde_json::from_str(&text).unwrap();
    assert_eq!(written(&steps).to_string(), text);
}

/// Decodes and encodes `depth` nested objects and as many nested lists, on a stack of this many KiB.
fn on_a_small_stack(kibibytes: usize, depth: usize) {
    let small = std::thread::Builder::new().stack_size(kibibytes * 1024);
    let thread = small.spawn(move || {
        let text = nested(depth);
        let steps: StepsDataResponseBody = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&steps).unwrap(), text);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn deep_documents_need_little_stack() {
    // Without optimisation, a level takes about 5 KiB. The limit of serde_json is 128 levels.
    on_a_small_stack(256, 20);
    on_a_small_stack(1024, 62);
}

#[test]
fn bottomless_documents_are_a_fault() {
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let thread =
        small.spawn(|| serde_json::from_str::<StepsDataResponseBody>(&nested(10_000)).is_err());
    assert!(thread.unwrap().join().unwrap());
}

#[test]
fn a_tag_beside_a_union_is_that_of_the_variant_when_it_is_not_set() {
    use harness_api::connectors::types::{ConnectorInfo, ConnectorInfoType, DockerConnector};

    let mut connector = ConnectorInfo {
        identifier: Some("hub".into()),
        spec: Some(DockerConnector::default().into()),
        ..Default::default()
    };
    let sent = serde_json::to_value(&connector).unwrap();
    assert_eq!(
        sent,
        serde_json::json!({"identifier": "hub", "type": "DockerRegistry", "spec": {}})
    );
    connector.type_ = Some(ConnectorInfoType::from("Other"));
    assert_eq!(serde_json::to_value(&connector).unwrap()["type"], "Other");
    let unknown = ConnectorInfo {
        spec: serde_json::from_value::<ConnectorInfo>(
            serde_json::json!({"type": "New", "spec": {"a": 1}}),
        )
        .unwrap()
        .spec,
        ..Default::default()
    };
    assert_eq!(
        serde_json::to_value(&unknown).unwrap(),
        serde_json::json!({"spec": {"a": 1}})
    );
}
