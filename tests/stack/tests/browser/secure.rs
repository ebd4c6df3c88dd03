//! Cookies that a browser has over TLS only.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use stack_tests::Example;

use crate::browser::{Browser, LOG_IN, Login};
use crate::front::{Front, HOST};

#[tokio::test]
async fn a_session_is_known_over_tls_and_neither_known_nor_begun_without() -> Result<()> {
    let front = Front::of(Example::Shop, &["--store", "memory"]).await?;
    let mut browser = Browser::behind(&front).await?;
    browser.log_in(Login::NotRemembered).await?;
    browser.is_alice().await?;
    assert_eq!(cookies(&mut browser).await?, [secure("__Host-Http-sid", "Lax")]);
    is_guest_without_tls(&mut browser, &front).await?;
    browser.open_url(&format!("{}/login", front.http())).await?;
    browser.fill_in_login(Login::NotRemembered).await?;
    browser.click(LOG_IN).await?;
    browser.shows("nothing in your cart").await?;
    is_guest_without_tls(&mut browser, &front).await?;
    browser.is_alice().await
}

async fn is_guest_without_tls(browser: &mut Browser, front: &Front) -> Result<()> {
    browser.open_url(&format!("{}/me", front.http())).await?;
    browser.shows("log in first").await?;
    assert_eq!(cookies(browser).await?, NONE);
    Ok(())
}

#[tokio::test]
async fn a_bound_token_is_good_over_tls_in_the_browser_that_it_was_issued_to() -> Result<()> {
    let front = Front::of(Example::StatelessApi, &["--bind-tokens"]).await?;
    let (owner, thief) = tokio::join!(Browser::behind(&front), Browser::behind(&front));
    let (mut owner, mut thief) = (owner?, thief?);
    owner.open("/app").await?;
    thief.open("/app").await?;
    let token = log_in(&mut owner).await?;
    assert_eq!(cookies(&mut owner).await?, [secure("__Secure-Fgp", "Strict")]);
    assert_eq!(me(&mut owner, &token).await?, json!([200, null]));
    assert_eq!(me(&mut thief, &token).await?, json!([401, "wrong_binding"]));
    owner.open_url(&format!("{}/app", front.http())).await?;
    assert_eq!(me(&mut owner, &token).await?, json!([401, "wrong_binding"]), "it is not sent");
    let other = log_in(&mut owner).await?;
    assert_eq!(cookies(&mut owner).await?, NONE);
    assert_eq!(me(&mut owner, &other).await?, json!([401, "wrong_binding"]), "it is not kept");
    owner.open("/app").await?;
    assert_eq!(me(&mut owner, &token).await?, json!([200, null]));
    Ok(())
}

const NONE: [Value; 0] = [];

fn secure(name: &str, same_site: &str) -> Value {
    json!({
        "name": name,
        "domain": HOST,
        "path": "/",
        "secure": true,
        "httpOnly": true,
        "sameSite": same_site,
    })
}

/// Those that the page has, none of which scripts see, without values and ends.
async fn cookies(browser: &mut Browser) -> Result<Vec<Value>> {
    assert_eq!(browser.script("return document.cookie").await?, "");
    let mut cookies = browser.cookies().await?;
    for cookie in cookies.iter_mut().filter_map(Value::as_object_mut) {
        cookie.retain(|name, _| !["value", "expiry"].contains(&name.as_str()));
    }
    Ok(cookies)
}

/// What the application does: it asks the API for a token, and keeps it.
async fn log_in(browser: &mut Browser) -> Result<String> {
    let credentials = json!({ "username": "alice", "password": "wonderland" }).to_string();
    let init = json!({
        "method": "POST",
        "headers": { "content-type": "application/json" },
        "body": credentials,
    });
    let answer = fetch(browser, "/login", &init).await?;
    let token = answer.pointer("/1/access_token").and_then(Value::as_str);
    Ok(token.with_context(|| format!("no token in {answer}"))?.to_owned())
}

/// What the API says to a token: the status, and the code of a refusal.
async fn me(browser: &mut Browser, token: &str) -> Result<Value> {
    let init = json!({ "headers": { "authorization": format!("Bearer {token}") } });
    let answer = fetch(browser, "/me", &init).await?;
    Ok(json!([answer.pointer("/0"), answer.pointer("/1/code")]))
}

/// The status and the body, as a script of the page gets them.
async fn fetch(browser: &mut Browser, path: &str, init: &Value) -> Result<Value> {
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         fetch({path:?}, {init}).then(async (answer) => [answer.status, await answer.json()]) \
             .then(done, (error) => done(String(error)));"
    );
    browser.script_that_waits(&script).await
}
