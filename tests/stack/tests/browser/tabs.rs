//! Two tabs of one browser.

use anyhow::Result;

use crate::browser::{Browser, LOG_IN, LOG_OUT, Login};
use crate::shop::Shop;

#[tokio::test]
async fn two_tabs_that_log_in_at_once_are_both_logged_in() -> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = Browser::that_does_not_wait(&shop).await?;
    log_in_twice_at_once(&shop, &mut browser).await
}

/// Both logins bring the id of the same guest, of which only one can become the user's.
#[tokio::test]
async fn two_tabs_of_a_guest_with_a_cart_that_log_in_at_once_are_both_logged_in() -> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = Browser::that_does_not_wait(&shop).await?;
    browser.open("/cart").await?;
    browser.shows("nothing in your cart").await?;
    browser.click("form[action='/cart/items'] button").await?;
    browser.shows("tea 1").await?;
    log_in_twice_at_once(&shop, &mut browser).await
}

async fn log_in_twice_at_once(shop: &Shop, browser: &mut Browser) -> Result<()> {
    let tabs = [browser.tab().await?, browser.new_tab().await?];
    for tab in &tabs {
        browser.switch_to(tab).await?;
        browser.open("/login").await?;
        browser.shows("Remember me").await?;
        browser.fill_in_login(Login::NotRemembered).await?;
    }
    shop.instance.freeze().await?;
    for tab in &tabs {
        browser.switch_to(tab).await?;
        browser.click(LOG_IN).await?;
    }
    shop.is_asked(tabs.len()).await?;
    shop.instance.thaw()?;
    for tab in &tabs {
        browser.switch_to(tab).await?;
        browser.shows("Quantity").await?;
    }
    for tab in &tabs {
        browser.switch_to(tab).await?;
        browser.is_alice().await?;
        has_sensible_devices(browser).await?;
    }
    Ok(())
}

/// The last of the two answers has decided which session is this one; the other stays in the list,
/// where it can be ended.
async fn has_sensible_devices(browser: &mut Browser) -> Result<()> {
    browser.open("/devices").await?;
    // Below the list.
    browser.shows("Log out everywhere").await?;
    let devices = browser.texts("main tr:has(td)").await?;
    let current = devices.iter().filter(|device| device.contains("this one")).count();
    assert!(devices.len() <= 2 && current == 1, "{devices:?}");
    assert!(devices.iter().all(|device| device.contains("Chrome on Linux")), "{devices:?}");
    Ok(())
}

#[tokio::test]
async fn a_logout_in_one_tab_is_one_in_the_other() -> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = Browser::of(&shop).await?;
    browser.log_in(Login::NotRemembered).await?;
    let one = browser.tab().await?;
    browser.is_alice().await?;
    browser.new_tab().await?;
    browser.is_alice().await?;
    browser.click(LOG_OUT).await?;
    browser.shows("Remember me").await?;
    browser.switch_to(&one).await?;
    browser.reload().await?;
    browser.shows("log in first").await
}
