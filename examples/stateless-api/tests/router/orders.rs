use example_service::test_util::Answer;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::service::Service;

const CARD: &str = "4111111111111111";

fn order() -> Value {
    json!({
        "cart_items": [
            { "sku": "tea", "quantity": 2, "unit_price_cents": 450 },
            { "sku": "cup", "quantity": 1, "unit_price_cents": 1299 },
        ],
        "payment_info": { "method": "card", "card_number": CARD },
    })
}

async fn send(order: Value) -> Answer {
    let service = Service::new();
    service.post_with("/orders", &service.token("alice").await, &order).await
}

#[tokio::test]
async fn an_order_is_answered_from_the_request_alone() {
    let answer = send(order()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let id = answer.json()["order_id"].as_str().unwrap().to_owned();
    let expected = json!({
        "order_id": id,
        "customer": "alice",
        "items": 3,
        "total_cents": 2199,
        "payment": { "status": "accepted", "method": "card", "amount_cents": 2199 },
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn another_instance_gives_the_same_answer() {
    assert_eq!(send(order()).await.text, send(order()).await.text);
}

#[tokio::test]
async fn the_card_number_is_not_sent_back() {
    let mut refused = order();
    refused["cart_items"] = json!([]);
    for order in [order(), refused] {
        assert!(!send(order).await.text.contains("1111"));
    }
}

#[tokio::test]
async fn a_payment_with_a_token_of_a_card_is_accepted() {
    let mut order = order();
    order["payment_info"] = json!({ "method": "card", "token": "tok_1" });
    assert_eq!(send(order).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_the_scope_it_is_refused() {
    let service = Service::new();
    let answer = service.post_with("/orders", &service.token("bob").await, &order()).await;
    answer.is_problem(
        r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"the token does not permit this request","code":"insufficient_scope"}"#,
    );
    assert_eq!(
        answer.headers[WWW_AUTHENTICATE],
        r#"Bearer realm="api", error="insufficient_scope", error_description="the token does not permit this request", scope="orders:write""#
    );
}

#[tokio::test]
async fn the_scope_is_asked_for_before_the_body_is_read() {
    let service = Service::new();
    let answer =
        service.post_with("/orders", &service.token("bob").await, &json!("nonsense")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[track_caller]
fn is_unprocessable(answer: &Answer, code: &str, detail: &str) {
    answer.is_problem(&format!(
        r#"{{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"{detail}","code":"{code}"}}"#
    ));
}

#[tokio::test]
async fn a_total_that_overflows_is_refused() {
    let mut order = order();
    order["cart_items"][0]["unit_price_cents"] = json!(u64::MAX);
    let answer = send(order).await;
    is_unprocessable(&answer, "total_too_large", "the total is larger than any payment");
}

#[tokio::test]
async fn a_quantity_of_zero_is_refused() {
    let mut order = order();
    order["cart_items"][1]["quantity"] = json!(0);
    let detail = "a quantity is a whole number from 1 to 10000";
    is_unprocessable(&send(order).await, "invalid_quantity", detail);
}

#[tokio::test]
async fn a_quantity_or_price_that_is_no_whole_number_is_refused() {
    let detail = "the body lacks something, or has another form";
    for (member, value) in [("quantity", json!(-1)), ("unit_price_cents", json!(4.5))] {
        let mut order = order();
        order["cart_items"][0][member] = value;
        is_unprocessable(&send(order).await, "invalid_body", detail);
    }
}

#[tokio::test]
async fn an_empty_cart_is_refused() {
    let mut order = order();
    order["cart_items"] = json!([]);
    is_unprocessable(&send(order).await, "invalid_cart", "a cart holds 1 to 100 items");
}

#[tokio::test]
async fn a_card_number_that_can_not_be_is_refused() {
    let mut order = order();
    order["payment_info"]["card_number"] = json!("4111111111111112");
    let detail = "a card has either a number of 12 to 19 digits or a token";
    is_unprocessable(&send(order).await, "invalid_payment", detail);
}
