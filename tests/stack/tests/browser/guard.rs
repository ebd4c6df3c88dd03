//! A cookie that is copied into a browser elsewhere.

use anyhow::Result;
use serde_json::Value;

use crate::browser::{Browser, Login};
use crate::shop::Shop;

#[tokio::test]
async fn a_stolen_cookie_leads_nowhere_and_its_owner_goes_on_where_they_were() -> Result<()> {
    let shop = guarded().await?;
    let (mut owner, mut thief) = robbed(&shop).await?;
    thief.open("/devices").await?;
    is_asked(&mut thief).await?;
    thief.open("/cart").await?;
    is_asked(&mut thief).await?;
    owner.open("/devices").await?;
    is_asked(&mut owner).await?;
    gives_password(&mut owner).await?;
    owner.shows("Asked for the password on ").await?;
    assert_eq!(owner.path().await?, "/devices");
    assert_eq!((owner.console().await?, thief.console().await?), (NOTHING, NOTHING));
    thief.is_guest().await?;
    owner.is_alice().await
}

#[tokio::test]
async fn who_is_asked_while_sending_a_form_comes_back_to_its_page_and_sends_it_again() -> Result<()>
{
    let shop = guarded().await?;
    let (mut owner, mut thief) = robbed(&shop).await?;
    owner.open("/cart").await?;
    thief.open("/me").await?;
    is_asked(&mut thief).await?;
    owner.click(ADD).await?;
    is_asked(&mut owner).await?;
    gives_password(&mut owner).await?;
    owner.shows("There is nothing in your cart.").await?;
    assert_eq!(owner.path().await?, "/cart");
    owner.click(ADD).await?;
    owner.shows("tea").await?;
    assert_eq!(owner.console().await?, NOTHING);
    thief.is_guest().await
}

const NOTHING: Vec<Value> = Vec::new();
const ADD: &str = "form[action='/cart/items'] button";
const GO_ON: &str = "form[action='/reauth'] button";

/// That believes the browsers where they are.
async fn guarded() -> Result<Shop> {
    Shop::with(&["--trusted-proxy", "127.0.0.1"]).await
}

/// Where alice is logged in, and one elsewhere that has a copy of her cookie.
async fn robbed(shop: &Shop) -> Result<(Browser, Browser)> {
    let (owner, thief) = tokio::join!(Browser::of(shop), Browser::called(shop, FIREFOX));
    let (mut owner, mut thief) = (owner?, thief?);
    owner.comes_from("203.0.113.7").await?;
    thief.comes_from("198.51.100.9").await?;
    owner.log_in(Login::NotRemembered).await?;
    thief.take_session(&mut owner).await?;
    Ok((owner, thief))
}

const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn is_asked(browser: &mut Browser) -> Result<()> {
    browser.shows("This looks like another device").await?;
    assert_eq!(browser.path().await?, "/reauth");
    Ok(())
}

async fn gives_password(browser: &mut Browser) -> Result<()> {
    browser.fill("[name=password]", "wonderland").await?;
    browser.click(GO_ON).await
}
