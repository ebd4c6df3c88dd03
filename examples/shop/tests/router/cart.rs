use http::StatusCode;
use http::header::SET_COOKIE;
use serde_json::json;

use crate::client::{is_page, leads_to};
use crate::service::Service;

#[tokio::test]
async fn a_guest_has_a_cart() {
    let mut guest = Service::new().client();
    let answer = guest.add("tea", 2).await;
    assert_eq!(answer.json(), json!({ "items": [{ "sku": "tea", "quantity": 2 }] }));
    guest.add("cup", 1).await;
    assert_eq!(guest.add("tea", 3).await.status, StatusCode::OK);
    assert_eq!(
        guest.get("/cart").await.text,
        r#"{"items":[{"sku":"cup","quantity":1},{"sku":"tea","quantity":5}]}"#
    );
}

#[tokio::test]
async fn a_form_adds_and_leads_back_to_the_cart() {
    let mut browser = Service::new().client();
    leads_to(&browser.form("/cart/items", "sku=tea&quantity=2").await, "/cart");
    let row = r#"<tr><td>tea</td><td class="number">2</td></tr>"#;
    is_page(&browser.page("/cart").await, StatusCode::OK, row);
}

#[tokio::test]
async fn an_empty_cart_begins_no_session() {
    let mut guest = Service::new().client();
    let answer = guest.page("/cart").await;
    is_page(&answer, StatusCode::OK, "There is nothing in your cart.");
    assert!(!answer.headers.contains_key(SET_COOKIE));
    assert_eq!(guest.get("/cart").await.text, r#"{"items":[]}"#);
}

#[tokio::test]
async fn the_start_page_is_the_cart() {
    leads_to(&Service::new().client().page("/").await, "/cart");
}

#[tokio::test]
async fn of_concurrent_additions_none_is_lost() {
    let mut client = Service::new().logged_in("alice").await;
    let mut adding = tokio::task::JoinSet::new();
    for number in 0..50 {
        let mut tab = client.clone();
        let sku = format!("article-{}", number % 5);
        adding.spawn(async move { tab.add(&sku, 1).await.status });
    }
    for status in adding.join_all().await {
        assert_eq!(status, StatusCode::OK);
    }
    let expected = (0..5).map(|number| (format!("article-{number}"), 10)).collect::<Vec<_>>();
    assert_eq!(client.cart().await, expected);
}

#[tokio::test]
async fn a_quantity_that_can_not_be_is_refused() {
    let mut client = Service::new().client();
    client.add("tea", 0).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a quantity is a whole number from 1 to 10000","code":"invalid_quantity"}"#,
    );
    let form = client.form("/cart/items", "sku=tea&quantity=10001").await;
    let reason = "a quantity is a whole number from 1 to 10000";
    is_page(&form, StatusCode::UNPROCESSABLE_ENTITY, reason);
    assert_eq!(client.cart().await, []);
}

#[tokio::test]
async fn a_sku_that_can_not_be_is_refused() {
    Service::new().client().add("a b", 1).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a sku has 1 to 64 visible ASCII characters","code":"invalid_sku"}"#,
    );
}

#[tokio::test]
async fn a_full_cart_takes_more_of_its_articles_and_no_others() {
    let mut client = Service::new().client();
    for number in 0..100 {
        client.add(&format!("article-{number}"), 1).await;
    }
    client.add("one-more", 1).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a cart holds at most 100 articles","code":"cart_full"}"#,
    );
    assert_eq!(client.add("article-7", 1).await.status, StatusCode::OK);
}
