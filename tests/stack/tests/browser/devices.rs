//! A user with two browsers.

use anyhow::Result;
use stack_tests::until;

use crate::browser::{Browser, LOG_OUT_EVERYWHERE, Login};
use crate::shop::Shop;

#[tokio::test]
async fn a_browser_that_another_one_logs_out_alone_or_with_all_is_a_guest_at_the_next_click()
-> Result<()> {
    let shop = Shop::start().await?;
    let (mut laptop, mut phone) = two_browsers(&shop).await?;
    laptop.open("/devices").await?;
    lists(&mut laptop, 2).await?;
    laptop.click("main tr:has(td):not(:has(em)) button").await?;
    lists(&mut laptop, 1).await?;
    clicks_as_guest(&mut phone).await?;
    laptop.is_alice().await?;
    phone.log_in(Login::Remembered).await?;
    laptop.click(LOG_OUT_EVERYWHERE).await?;
    laptop.shows("Remember me").await?;
    clicks_as_guest(&mut phone).await?;
    laptop.is_guest().await
}

async fn clicks_as_guest(browser: &mut Browser) -> Result<()> {
    browser.click("nav a[href='/me']").await?;
    browser.shows("log in first").await
}

async fn lists(browser: &mut Browser, devices: usize) -> Result<()> {
    until(&format!("the page listed {devices} devices"), async || {
        (browser.texts("main tr:has(td)").await.ok()?.len() == devices).then_some(())
    })
    .await
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
