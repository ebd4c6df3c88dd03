//! The session cookie as the browser reports it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::browser::{Browser, Login};
use crate::shop::Shop;

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_for_no_script_and_ends_with_the_browser() -> Result<()>
{
    let cookie = after_login(&Shop::start().await?, Login::NotRemembered).await?;
    let expected = json!({
        "name": "__Host-Http-sid",
        "domain": "localhost",
        "path": "/",
        "secure": true,
        "httpOnly": true,
        "sameSite": "Lax",
    });
    assert_eq!(cookie, expected);
    Ok(())
}

#[tokio::test]
async fn for_development_the_cookie_does_without_tls() -> Result<()> {
    let cookie =
        after_login(&Shop::with(&["--insecure-http"]).await?, Login::NotRemembered).await?;
    let expected = json!({
        "name": "sid",
        "domain": "localhost",
        "path": "/",
        "secure": false,
        "httpOnly": true,
        "sameSite": "Lax",
    });
    assert_eq!(cookie, expected);
    Ok(())
}

#[tokio::test]
async fn a_remembered_cookie_expires_with_the_session() -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let cookie = after_login(&Shop::start().await?, Login::Remembered).await?;
    let expiry = cookie.get("expiry").and_then(Value::as_u64).context("it does not expire")?;
    let lifetime = Duration::from_secs(expiry).saturating_sub(now);
    assert!(lifetime.abs_diff(NINETY_DAYS) < Duration::from_secs(600), "{lifetime:?}");
    Ok(())
}

const NINETY_DAYS: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[tokio::test]
async fn no_script_of_the_page_sees_the_cookie() -> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = Browser::of(&shop).await?;
    browser.log_in(Login::NotRemembered).await?;
    assert_eq!(browser.script("return document.cookie").await?, "");
    Ok(())
}

/// The only one, without its value.
async fn after_login(shop: &Shop, login: Login) -> Result<Value> {
    let mut browser = Browser::of(shop).await?;
    browser.log_in(login).await?;
    browser.is_alice().await?;
    let cookies = browser.cookies().await?;
    let [Value::Object(cookie)] = cookies.as_slice() else { bail!("these cookies: {cookies:?}") };
    let mut cookie = cookie.clone();
    cookie.remove("value").context("it has no value")?;
    Ok(cookie.into())
}
