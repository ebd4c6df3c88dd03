//! An operator at the console.

use std::env;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use stack_tests::until;
use tokio::time::sleep;

use crate::accessibility::is_accessible;
use crate::browser::{Browser, LOG_IN, Login};
use crate::screen::{DESK, PHONE, Scheme, fits, photograph, show};
use crate::shop::Shop;
use crate::visitors::{Visitors, steal_a_cookie};

async fn log_in(browser: &mut Browser) -> Result<()> {
    browser.open("/login").await?;
    browser.fill_in_login_of("admin", Login::NotRemembered).await?;
    browser.click(LOG_IN).await?;
    browser.shows("Figures of this instance").await
}

/// At the overview, logged in.
async fn operator(shop: &Shop) -> Result<Browser> {
    let mut browser = Browser::of_operators(shop).await?;
    log_in(&mut browser).await?;
    Ok(browser)
}

/// The same, on a page that brings itself up to date twice a second.
async fn hurried_operator(shop: &Shop) -> Result<Browser> {
    let mut browser = Browser::of_operators(shop).await?;
    browser.hurries().await?;
    log_in(&mut browser).await?;
    Ok(browser)
}

async fn complains_of_nothing(browser: &mut Browser) -> Result<()> {
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "the browser complains: {complaints:#?}");
    Ok(())
}

/// What a chart says of this moment. A script reads it, before the page is brought up to date again.
async fn now(browser: &mut Browser, chart: &str) -> Result<String> {
    let read = format!("return document.querySelector('#chart-{chart} .now').textContent");
    Ok(browser.script(&read).await?.as_str().context("there is no such chart")?.to_owned())
}

/// Comes back when a chart says anything else than these, without the page being loaded again.
async fn moves(browser: &mut Browser, chart: &str, from: &[&str]) -> Result<()> {
    until(&format!("the chart {chart} moves from {from:?}"), async || {
        let now = now(browser, chart).await.ok()?;
        (!from.contains(&now.as_str())).then_some(())
    })
    .await
}

const NOTHING: [&str; 3] = ["no data", "0", "0 /s"];

#[tokio::test]
async fn figures_move_under_load_on_a_page_that_is_open() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let mut browser = hurried_operator(&shop).await?;
    browser.script("window.untouched = true").await?;
    let charts = ["active", "begun", "loads"];
    let mut at_first = Vec::new();
    for chart in charts {
        at_first.push(now(&mut browser, chart).await?);
    }
    let _visitors = Visitors::of(&shop);
    for (chart, at_first) in charts.into_iter().zip(&at_first) {
        moves(&mut browser, chart, &[NOTHING.as_slice(), &[at_first]].concat()).await?;
    }
    for chart in ["hits", "latency"] {
        moves(&mut browser, chart, &NOTHING).await?;
    }
    let pictures = browser.script("return document.querySelectorAll('svg path').length").await?;
    ensure!(pictures.as_u64() >= Some(5), "there are {pictures} pictures");
    ensure!(browser.script("return window.untouched").await? == true, "it was loaded again");
    let nodes =
        "return [...document.querySelectorAll('#nodes h3')].map((node) => node.textContent)";
    ensure!(browser.script(nodes).await? == json!(["shop"]), "it does not list its own node");
    complains_of_nothing(&mut browser).await
}

#[tokio::test]
async fn what_the_guard_notices_comes_to_a_page_that_is_open() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let mut browser = operator(&shop).await?;
    browser.shows("None so far.").await?;
    steal_a_cookie(&shop).await?;
    browser.shows("balanced: challenged, score").await?;
    let events = browser.texts("#events li").await?;
    ensure!(events.len() == 1, "it shows {events:?}");
    complains_of_nothing(&mut browser).await
}

#[tokio::test]
async fn a_page_whose_operator_is_logged_out_says_that_it_is_not_up_to_date() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let mut browser = hurried_operator(&shop).await?;
    let form = "new URLSearchParams({ user: 'admin' })";
    browser.script(&format!("fetch('end-sessions', {{ method: 'POST', body: {form} }})")).await?;
    browser.shows("This page is not up to date").await
}

#[tokio::test]
async fn ending_a_session_logs_the_other_browser_out() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let (browser, customer) = tokio::join!(operator(&shop), Browser::of(&shop));
    let (mut browser, mut customer) = (browser?, customer?);
    customer.log_in(Login::Remembered).await?;
    customer.is_alice().await?;
    browser.click("nav a[href=sessions]").await?;
    browser.fill("#user", "alice").await?;
    browser.click("form.search button").await?;
    browser.shows("Live sessions of alice: 1").await?;
    browser.click("form[action=end-session] button").await?;
    browser.shows("One session was ended.").await?;
    browser.shows("Live sessions of alice: 0").await?;
    complains_of_nothing(&mut browser).await?;
    customer.is_guest().await
}

#[tokio::test]
async fn without_scripts_the_console_shows_and_ends_as_much() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let mut browser = Browser::of_operators_without_scripts(&shop).await?;
    log_in(&mut browser).await?;
    steal_a_cookie(&shop).await?;
    browser.reload().await?;
    browser.shows("balanced: challenged, score").await?;
    browser.open("/console/sessions?user=alice").await?;
    browser.click("form[action=end-sessions] button").await?;
    browser.shows("One session was ended.").await
}

/// It has something of everything.
async fn busy_operator(shop: &Shop) -> Result<Browser> {
    let mut browser = operator(shop).await?;
    steal_a_cookie(shop).await?;
    moves(&mut browser, "loads", &NOTHING).await?;
    browser.shows("balanced: challenged, score").await?;
    sleep(longer()).await;
    Ok(browser)
}

/// Which is closed at first.
async fn is_accessible_with_its_table(browser: &mut Browser) -> Result<()> {
    browser.click("summary").await?;
    browser.shows("10 minutes ago").await?;
    is_accessible(browser).await?;
    show(browser, Scheme::Light, PHONE).await?;
    fits(browser, PHONE).await?;
    browser.click("summary").await
}

/// For pictures that show more than the first seconds, such as those of the README: how many
/// seconds the load goes on before they are taken.
fn longer() -> Duration {
    let seconds = env::var("SCREENSHOTS_AFTER").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

#[tokio::test]
async fn every_page_can_be_used_by_everybody_by_day_and_night_and_on_a_phone() -> Result<()> {
    let shop = Shop::with_operators().await?;
    let _visitors = Visitors::of(&shop);
    let mut browser = busy_operator(&shop).await?;
    for page in ["overview", "sessions", "sessions?user=alice&ended=1"] {
        browser.open(&format!("/console/{page}")).await?;
        let name = page.split('?').next().unwrap_or_default();
        if name == "overview" {
            is_accessible_with_its_table(&mut browser).await?;
        }
        for scheme in [Scheme::Light, Scheme::Dark] {
            for width in [DESK, PHONE] {
                show(&mut browser, scheme, width).await?;
                is_accessible(&mut browser).await?;
                fits(&mut browser, width).await?;
                photograph(&mut browser, &format!("{name}-{scheme:?}-{width}")).await?;
            }
        }
    }
    complains_of_nothing(&mut browser).await
}
