//! A browser that is closed and opened again.

use anyhow::Result;

use crate::browser::{Browser, Login};
use crate::shop::Shop;

#[tokio::test]
async fn after_a_restart_of_the_browser_the_user_is_a_guest() -> Result<()> {
    let shop = Shop::start().await?;
    restarted(&shop, Login::NotRemembered).await?.is_guest().await
}

#[tokio::test]
async fn after_a_restart_of_the_browser_a_remembered_user_is_logged_in() -> Result<()> {
    let shop = Shop::start().await?;
    restarted(&shop, Login::Remembered).await?.is_alice().await
}

/// A browser in which alice was logged in before its restart.
async fn restarted(shop: &Shop, login: Login) -> Result<Browser> {
    let mut browser = Browser::of(shop).await?;
    browser.log_in(login).await?;
    browser.is_alice().await?;
    browser.restart().await?;
    Ok(browser)
}
