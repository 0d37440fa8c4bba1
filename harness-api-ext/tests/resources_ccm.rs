//! Cloud costs: what is sent, and what is made of the answers.

#![cfg(feature = "ccm")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, SystemTime};

use common::Exchange;
use harness_api_ext::ccm::types;
use serde_json::{Value, json};

const ACCOUNT: &str = "accountIdentifier=AcmeAccount";

const NOT_FOUND: &str = r#"{"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"it is not there",
    "correlationId":"c02a1f5e","errors":null}"#;

#[tokio::test]
async fn perspectives_are_kept_by_an_id_in_the_query() {
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"uuid":"pe1","name":"Shops","viewVersion":"v1","viewRules":null,
            "createdBy":null},"metaData":null,"correlationId":"c0ffee"}"#,
    );
    let perspectives = expect.account().perspectives();
    let shops = types::CeView {
        name: Some("Shops".into()),
        ..Default::default()
    };
    let made = expect
        .sends(
            perspectives.create(shops).update_total_cost(false),
            &format!("POST /ccm/api/perspective?{ACCOUNT}&clone=false&updateTotalCost=false"),
            json!({"name": "Shops", "viewVersion": "v1"}),
        )
        .await;
    assert_eq!(made.uuid.as_deref(), Some("pe1"));
    let one = format!("/ccm/api/perspective?{ACCOUNT}&perspectiveId=pe1");
    let mut read = expect
        .sends(perspectives.get("pe1"), &format!("GET {one}"), Value::Null)
        .await;
    read.name = Some("All shops".into());
    expect
        .sends(
            perspectives.update(read),
            &format!("PUT /ccm/api/perspective?{ACCOUNT}"),
            json!({"uuid": "pe1", "name": "All shops", "viewVersion": "v1"}),
        )
        .await;

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":"Successfully deleted the view","metaData":null}"#,
    );
    expect
        .sends(
            expect.account().perspectives().delete("pe1"),
            &format!("DELETE {one}"),
            Value::Null,
        )
        .await;

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"views":[{"id":"pe1","name":"Shops"}],"totalCount":1}}"#,
    );
    let found = expect
        .sends(
            expect
                .account()
                .perspectives()
                .list()
                .search("sho")
                .clouds(["AWS", "GCP"]),
            &format!(
                "GET /ccm/api/perspective/getAllPerspectives?{ACCOUNT}&pageSize=100&pageNo=0&searchKey=sho\
                 &cloudFilters=AWS&cloudFilters=GCP"
            ),
            Value::Null,
        )
        .await;
    assert_eq!((found.len(), found.total), (1, Some(1)));
}

#[tokio::test]
async fn a_new_budget_is_answered_with_its_id() {
    let expect = Exchange::answering(r#"{"status":"SUCCESS","data":"bu1","metaData":null}"#);
    let budgets = expect.account().budgets();
    let create = budgets
        .create("Shops", "pe1", 1200.0)
        .period(types::BudgetPeriod::Quarterly)
        .starts(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400))
        .growth(2.5)
        .alert(80.0, ["ops@shop.example"]);
    let id = expect
        .sends(
            create,
            &format!("POST /ccm/api/budgets?{ACCOUNT}"),
            json!({"accountId": "AcmeAccount", "name": "Shops", "type": "SPECIFIED_AMOUNT", "budgetAmount": 1200.0,
                "scope": {"type": "PERSPECTIVE", "viewId": "pe1"}, "period": "QUARTERLY", "startTime": 86_400_000,
                "growthRate": 2.5, "alertThresholds": [
                    {"percentage": 80.0, "basedOn": "ACTUAL_COST", "emailAddresses": ["ops@shop.example"]}]}),
        )
        .await;
    assert_eq!(id, "bu1");
    let id = expect
        .sends(
            budgets.clone_to("bu1", "Shops 2"),
            &format!("POST /ccm/api/budgets/bu1?{ACCOUNT}&cloneName=Shops%202"),
            Value::Null,
        )
        .await;
    assert_eq!(id, "bu1");
}

#[tokio::test]
async fn budgets_are_read_replaced_and_deleted() {
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"uuid":"bu1","name":"Shops","budgetAmount":1200.0,"actualCost":300.5,
            "scope":{"type":"PERSPECTIVE","viewId":"pe1","viewName":"Shops"}},"metaData":null}"#,
    );
    let budgets = expect.account().budgets();
    let one = format!("/ccm/api/budgets/bu1?{ACCOUNT}");
    let mut budget = expect
        .sends(budgets.get("bu1"), &format!("GET {one}"), Value::Null)
        .await;
    assert_eq!(budget.actual_cost, Some(300.5));
    budget.budget_amount = Some(900.0);
    let expect =
        Exchange::answering(r#"{"status":"SUCCESS","data":"Successfully updated the budget"}"#);
    expect
        .sends(
            expect.account().budgets().update(budget),
            &format!("PUT {one}"),
            json!({"uuid": "bu1", "name": "Shops", "budgetAmount": 900.0, "actualCost": 300.5,
                "scope": {"type": "PERSPECTIVE", "viewId": "pe1", "viewName": "Shops"}}),
        )
        .await;

    // The answer is a text with some versions of the service, and a boolean with others.
    for answer in [
        r#"{"status":"SUCCESS","data":"Successfully deleted the budget"}"#,
        r#"{"status":"SUCCESS","data":true}"#,
    ] {
        let expect = Exchange::answering(answer);
        let delete = expect.account().budgets().delete("bu1");
        expect
            .sends(delete, &format!("DELETE {one}"), Value::Null)
            .await;
    }
    let expect = Exchange::answering(r#"{"status":"SUCCESS","data":false}"#);
    let undone = expect.account().budgets().delete("bu1").await;
    assert!(undone.is_err_and(|error| error.message().contains("nothing was done")));

    let expect =
        Exchange::answering(r#"{"status":"SUCCESS","data":[{"uuid":"bu1"},{"uuid":"bu2"}]}"#);
    let found = expect
        .sends(
            expect.account().budgets().list(),
            &format!("GET /ccm/api/budgets?{ACCOUNT}"),
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 2);

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"costData":[{"actualCost":300.5}],"forecastCost":700.0}}"#,
    );
    let costs = expect
        .sends(
            expect.account().budgets().costs("bu1"),
            &format!("GET /ccm/api/budgets/bu1/costDetails?{ACCOUNT}"),
            Value::Null,
        )
        .await;
    assert_eq!(costs.forecast_cost, Some(700.0));
}

#[tokio::test]
async fn recommendations_are_asked_for_with_a_filter() {
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"items":[{"id":"re1","monthlySaving":120.5}],"offset":0,"limit":100}}"#,
    );
    let list = expect.account().recommendations().list().min_saving(100.0);
    let found = expect
        .sends(
            list.min_cost(10.0).days_back(4),
            &format!("POST /ccm/api/recommendation/overview/list?{ACCOUNT}"),
            json!({"filterType": "CCMRecommendation", "minSaving": 100.0, "minCost": 10.0, "daysBack": 4,
                "offset": 0, "limit": 100}),
        )
        .await;
    assert_eq!(found[0].monthly_saving, Some(120.5));

    let expect = Exchange::answering(r#"{"status":"SUCCESS","data":7}"#);
    let filter = types::K8sRecommendationFilterProperties {
        namespaces: Some(vec!["tills".into()]),
        ..Default::default()
    };
    let count = expect
        .sends(
            expect
                .account()
                .recommendations()
                .count()
                .kubernetes(filter),
            &format!("POST /ccm/api/recommendation/overview/count?{ACCOUNT}"),
            json!({"filterType": "CCMRecommendation",
                "k8sRecommendationFilterPropertiesDTO": {"namespaces": ["tills"]}}),
        )
        .await;
    assert_eq!(count, 7);

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"totalMonthlyCost":900.0,"totalMonthlySaving":120.5}}"#,
    );
    let sum = expect
        .sends(
            expect.account().recommendations().sum(),
            &format!("POST /ccm/api/recommendation/overview/stats?{ACCOUNT}"),
            json!({"filterType": "CCMRecommendation"}),
        )
        .await;
    assert_eq!(sum.total_monthly_saving, Some(120.5));

    let expect = Exchange::answering(r#"{"status":"SUCCESS","data":null}"#);
    expect
        .sends(
            expect.account().recommendations().mark("re1", "IGNORED"),
            &format!(
                "POST /ccm/api/recommendation/overview/change-state?{ACCOUNT}&recommendationId=re1&state=IGNORED"
            ),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn recommendations_are_read_page_after_page() {
    let expect = Exchange::each([
        r#"{"status":"SUCCESS","data":{"items":[{"id":"re1"},{"id":"re2"}],"offset":0,"limit":2}}"#,
        r#"{"status":"SUCCESS","data":{"items":[{"id":"re3"}],"offset":2,"limit":2}}"#,
    ]);
    let list = expect.account().recommendations().list();
    let found = list.page_size(2).collect_all().await.expect("a list");
    assert_eq!(found.len(), 3);
    expect.saw_json(
        "POST",
        &format!("/ccm/api/recommendation/overview/list?{ACCOUNT}"),
        &json!({"filterType": "CCMRecommendation", "offset": 2, "limit": 2}),
    );
}

#[tokio::test]
async fn anomalies_are_asked_for_with_a_filter() {
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":[{"id":"an1","actualAmount":90.0,"expectedAmount":40.0}]}"#,
    );
    let list = expect.account().anomalies().list().min_cost(50.0);
    let found = expect
        .sends(
            list.perspective("pe1")
                .statuses(["ACTIVE"])
                .limit(10)
                .offset(20),
            &format!("POST /ccm/api/anomaly?{ACCOUNT}&perspectiveId=pe1"),
            json!({"anomalyFilterPropertiesDTO": {"filterType": "Anomaly", "minActualAmount": 50.0,
                "status": ["ACTIVE"], "limit": 10, "offset": 20}}),
        )
        .await;
    assert_eq!(found[0].expected_amount, Some(40.0));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let expect = Exchange::status("400 Bad Request", NOT_FOUND);
    let account = expect.account();
    let errors = [
        account.perspectives().get("nope").await.err(),
        account.budgets().get("nope").await.err(),
        account.recommendations().mark("nope", "OPEN").await.err(),
        account.anomalies().list().perspective("nope").await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.correlation_id(), Some("c02a1f5e"));
    }
}
