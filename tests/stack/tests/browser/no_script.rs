//! A browser whose JavaScript is switched off.

use anyhow::Result;

use crate::browser::{Browser, LOG_IN, Login};
use crate::shop::Shop;

#[tokio::test]
async fn without_scripts_preferences_are_set_and_a_cart_is_filled_that_survives_the_login()
-> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = without_scripts(&shop).await?;
    browser.open("/preferences").await?;
    browser.fill("[name=name]", "language").await?;
    browser.fill("[name=value]", "fr").await?;
    browser.click("form[action='/preferences'] button").await?;
    browser.shows("language fr").await?;
    browser.open("/cart").await?;
    browser.fill("[name=sku]", "cup").await?;
    browser.fill("[name=quantity]", "3").await?;
    browser.click("form[action='/cart/items'] button").await?;
    browser.shows("cup 3").await?;
    browser.open("/login").await?;
    browser.fill_in_login(Login::NotRemembered).await?;
    browser.click(LOG_IN).await?;
    browser.shows("cup 3").await?;
    browser.is_alice().await
}

/// A page with a script shows that none runs.
async fn without_scripts(shop: &Shop) -> Result<Browser> {
    let mut browser = Browser::without_scripts(shop).await?;
    browser.open_url(SCRIPTED).await?;
    browser.shows("as it was written").await?;
    Ok(browser)
}

const SCRIPTED: &str = "data:text/html,<p>as it was written<script>document.querySelector('p').textContent='changed'</script>";
