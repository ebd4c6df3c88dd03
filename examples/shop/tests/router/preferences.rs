use http::StatusCode;
use http::header::SET_COOKIE;
use serde_json::json;

use crate::client::{is_page, leads_to};
use crate::service::Service;

#[tokio::test]
async fn preferences_are_set_one_by_one() {
    let mut client = Service::new().client();
    let answer = client.put("/preferences/language", json!({ "value": "de" })).await;
    assert_eq!(answer.json(), json!({ "name": "language", "value": "de" }));
    client.put("/preferences/newsletter", json!({ "value": false })).await;
    client.put("/preferences/per-page", json!({ "value": 20 })).await;
    client.put("/preferences/language", json!({ "value": "eo" })).await;
    assert_eq!(
        client.get("/preferences").await.text,
        r#"{"language":"eo","newsletter":false,"per-page":20}"#
    );
}

#[tokio::test]
async fn a_form_sets_one_and_leads_back_to_all() {
    let mut browser = Service::new().client();
    let answer = browser.form("/preferences", "name=language&value=de").await;
    leads_to(&answer, "/preferences");
    let row = "<tr><td>language</td><td>de</td></tr>";
    is_page(&browser.page("/preferences").await, StatusCode::OK, row);
}

#[tokio::test]
async fn without_one_no_session_begins() {
    let answer = Service::new().client().get("/preferences").await;
    assert_eq!(answer.text, "{}");
    assert!(!answer.headers.contains_key(SET_COOKIE));
}

#[tokio::test]
async fn of_those_that_are_set_at_once_none_is_lost() {
    let mut client = Service::new().logged_in("alice").await;
    let mut setting = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (mut tab, path) = (client.clone(), format!("/preferences/p{number}"));
        setting.spawn(async move { tab.put(&path, json!({ "value": number })).await.status });
    }
    for status in setting.join_all().await {
        assert_eq!(status, StatusCode::OK);
    }
    let all = client.get("/preferences").await.json();
    for number in 0..50 {
        assert_eq!(all[format!("p{number}")], number, "{all}");
    }
}

#[tokio::test]
async fn a_login_keeps_them() {
    let mut client = Service::new().client();
    client.put("/preferences/language", json!({ "value": "de" })).await;
    client.log_in("alice").await;
    assert_eq!(client.get("/preferences").await.text, r#"{"language":"de"}"#);
}

#[tokio::test]
async fn a_name_that_can_not_be_is_refused() {
    let mut client = Service::new().client();
    client.put("/preferences/a%20b", json!({ "value": 1 })).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a preference's name has 1 to 64 letters, digits, `-`, `_` and `.`","code":"invalid_name"}"#,
    );
}

#[tokio::test]
async fn a_value_that_is_too_long_or_no_value_is_refused() {
    let mut client = Service::new().client();
    let long = client.put("/preferences/a", json!({ "value": "x".repeat(257) })).await;
    long.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a preference's text has at most 256 bytes","code":"invalid_value"}"#,
    );
    let list = client.put("/preferences/a", json!({ "value": [1] })).await;
    list.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body lacks something, or has another form","code":"invalid_body"}"#,
    );
}

#[tokio::test]
async fn there_are_at_most_a_hundred() {
    let mut client = Service::new().client();
    for number in 0..100 {
        client.put(&format!("/preferences/p{number}"), json!({ "value": 1 })).await;
    }
    client.put("/preferences/one-more", json!({ "value": 1 })).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"there are at most 100 preferences","code":"too_many_preferences"}"#,
    );
    let answer = client.put("/preferences/p7", json!({ "value": 2 })).await;
    assert_eq!(answer.status, StatusCode::OK);
}
