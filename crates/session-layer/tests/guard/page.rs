//! Browsers, which are sent to a page and find their way back.

use axum::http::StatusCode;
use guard_layer::Policy;

use crate::app::Shop;
use crate::client::Client;

fn shop() -> Shop {
    Shop::with(Policy::balanced(), |guard| guard.page("/reauth"))
}

async fn suspected(shop: &Shop) -> Client {
    shop.robbed().await.0.in_a_browser()
}

#[tokio::test]
async fn a_browser_is_sent_to_the_page_and_comes_back() {
    let shop = shop();
    let mut browser = suspected(&shop).await;
    let answer = browser.get("/cart?page=2").await;
    answer.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/reauth");
    assert_eq!(answer.header("cache-control"), "no-store");
    shop.elsewhere(&browser).get("/reauth").await.is(StatusCode::OK);
    shop.elsewhere(&browser).post("/reauth/pwd").await.says("/cart?page=2");
}

#[tokio::test]
async fn a_change_that_was_interrupted_leads_back_to_its_page() {
    let shop = shop();
    let mut browser = suspected(&shop).await;
    browser.referer = "https://shop.example/cart?x=1";
    let answer = browser.post("/cart/items").await;
    answer.is(StatusCode::SEE_OTHER);
    browser.post("/reauth/pwd").await.says("/cart?x=1");
}

#[tokio::test]
async fn no_way_back_leads_to_another_host() {
    let shop = shop();
    let mut browser = suspected(&shop).await;
    browser.referer = "https://evil.example/cart";
    browser.post("/cart/items").await.is(StatusCode::SEE_OTHER);
    browser.get("/cart?return_to=https://evil.example").await.is(StatusCode::SEE_OTHER);
    browser.post("/reauth/pwd").await.says("/cart?return_to=https://evil.example");
}

#[tokio::test]
async fn a_way_back_is_gone_once_it_was_taken() {
    let shop = shop();
    let mut browser = suspected(&shop).await;
    browser.get("/cart").await.is(StatusCode::SEE_OTHER);
    browser.post("/reauth/pwd").await.says("/cart");
    browser.post("/reauth/pwd").await.says("nowhere");
}

#[tokio::test]
async fn a_program_is_told_what_to_prove_although_there_is_a_page() {
    let shop = shop();
    let (mut program, _) = shop.robbed().await;
    program.get("/cart").await.refuses(StatusCode::UNAUTHORIZED, "step_up_required");
}

#[tokio::test]
async fn the_page_knows_what_is_asked() {
    let shop = shop();
    let mut browser = suspected(&shop).await;
    browser.get("/cart").await.is(StatusCode::SEE_OTHER);
    let doubted = "true Some(Asked { doubted: true, max_age: None, acr: None, factor: None })";
    browser.get("/reauth").await.says(doubted);
    browser.post("/reauth/pwd").await.says("/cart");
    browser.get("/reauth").await.says("false None");
    browser.post("/transfer").await.is(StatusCode::SEE_OTHER);
    let otp = "Asked { doubted: false, max_age: Some(300), acr: None, factor: Some(\"otp\") }";
    browser.get("/reauth").await.says(&format!("false Some({otp})"));
}
