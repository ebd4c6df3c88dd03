//! The session cookie as the browser reports it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::browser::{Browser, Login};
use crate::shop::Shop;

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_lives_as_long_as_the_user_is_remembered()
-> Result<()> {
    let shop = Shop::start().await?;
    let mut browser = Browser::of(&shop).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let mut remembered = after_login(&mut browser, Login::Remembered).await?;
    let expiry = remembered.remove("expiry").context("it does not expire")?;
    let expiry = Duration::from_secs(expiry.as_u64().context("it expires at no time")?);
    let lifetime = expiry.saturating_sub(now);
    assert!(lifetime.abs_diff(NINETY_DAYS) < Duration::from_secs(600), "{lifetime:?}");
    let expected = json!({
        "name": "__Host-Http-sid",
        "domain": "localhost",
        "path": "/",
        "secure": true,
        "httpOnly": true,
        "sameSite": "Lax",
    });
    assert_eq!(Value::from(remembered), expected);
    let not_remembered = after_login(&mut browser, Login::NotRemembered).await?;
    assert_eq!(Value::from(not_remembered), expected, "it has no `expiry`");
    Ok(())
}

#[tokio::test]
async fn for_development_the_cookie_does_without_tls() -> Result<()> {
    let shop = Shop::with(&["--insecure-http"]).await?;
    let cookie = after_login(&mut Browser::of(&shop).await?, Login::NotRemembered).await?;
    let expected = json!({
        "name": "sid",
        "domain": "localhost",
        "path": "/",
        "secure": false,
        "httpOnly": true,
        "sameSite": "Lax",
    });
    assert_eq!(Value::from(cookie), expected);
    Ok(())
}

const NINETY_DAYS: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The only one, which scripts do not see, without its value.
async fn after_login(browser: &mut Browser, login: Login) -> Result<Map<String, Value>> {
    browser.log_in(login).await?;
    browser.is_alice().await?;
    assert_eq!(browser.script("return document.cookie").await?, "");
    let cookies = browser.cookies().await?;
    let [Value::Object(cookie)] = cookies.as_slice() else { bail!("these cookies: {cookies:?}") };
    let mut cookie = cookie.clone();
    cookie.remove("value").context("it has no value")?;
    Ok(cookie)
}
