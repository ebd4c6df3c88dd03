//! Who comes back after a logout.

use anyhow::Result;

use crate::browser::{Browser, LOG_OUT, Login};
use crate::shop::Shop;

#[tokio::test]
async fn after_a_logout_the_way_back_shows_no_page_of_the_user_who_can_log_in_again() -> Result<()>
{
    let shop = Shop::start().await?;
    let mut browser = Browser::of(&shop).await?;
    browser.log_in(Login::Remembered).await?;
    browser.is_alice().await?;
    browser.click(LOG_OUT).await?;
    browser.shows("Remember me").await?;
    browser.back().await?;
    browser.shows("log in first").await?;
    browser.reload().await?;
    browser.shows("log in first").await?;
    browser.log_in(Login::NotRemembered).await?;
    browser.is_alice().await
}
