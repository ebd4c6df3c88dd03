//! A user with two browsers.

use anyhow::Result;

use crate::browser::{Browser, LOG_OUT_EVERYWHERE, Login};
use crate::shop::Shop;

#[tokio::test]
async fn a_browser_that_another_one_logs_out_is_a_guest_at_the_next_click() -> Result<()> {
    let shop = Shop::start().await?;
    let (mut laptop, mut phone) = two_browsers(&shop).await?;
    laptop.open("/devices").await?;
    assert_eq!(laptop.texts("main tr:has(td)").await?.len(), 2);
    laptop.click("main tr:has(td):not(:has(em)) button").await?;
    laptop.shows("Last seen").await?;
    assert_eq!(laptop.texts("main tr:has(td)").await?.len(), 1);
    phone.click("nav a[href='/me']").await?;
    phone.shows("log in first").await?;
    laptop.is_alice().await
}

#[tokio::test]
async fn a_logout_everywhere_ends_both_browsers() -> Result<()> {
    let shop = Shop::start().await?;
    let (mut laptop, mut phone) = two_browsers(&shop).await?;
    laptop.open("/devices").await?;
    laptop.click(LOG_OUT_EVERYWHERE).await?;
    laptop.shows("Remember me").await?;
    phone.click("nav a[href='/me']").await?;
    phone.shows("log in first").await?;
    laptop.is_guest().await
}

/// In both of which alice is logged in.
async fn two_browsers(shop: &Shop) -> Result<(Browser, Browser)> {
    let (laptop, phone) = tokio::join!(logged_in(shop), logged_in(shop));
    Ok((laptop?, phone?))
}

async fn logged_in(shop: &Shop) -> Result<Browser> {
    let mut browser = Browser::of(shop).await?;
    browser.log_in(Login::Remembered).await?;
    browser.is_alice().await?;
    Ok(browser)
}
