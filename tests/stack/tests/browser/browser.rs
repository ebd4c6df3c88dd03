//! A browser as a person uses it.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use stack_tests::until;
use test_servers::{Folder, program};

use crate::element::Element;
use crate::front::{Front, HOST};
use crate::session::Session;
use crate::shop::Shop;

/// Chromium with a profile of its own, on the pages of one shop.
#[derive(Debug)]
pub(crate) struct Browser {
    // Ends before its profile goes.
    session: Option<Session>,
    capabilities: Value,
    url: String,
    _profile: Folder,
}

/// What of the login form is ticked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Login {
    Remembered,
    NotRemembered,
}

impl Browser {
    pub(crate) async fn of(shop: &Shop) -> Result<Self> {
        Self::start(shop.url(), json!({}), WAITING, &[]).await
    }

    /// That says it is another one: its `User-Agent`.
    pub(crate) async fn called(shop: &Shop, user_agent: &str) -> Result<Self> {
        let flag = format!("--user-agent={user_agent}");
        Self::start(shop.url(), json!({}), WAITING, &[&flag]).await
    }

    /// On the pages of its operators.
    pub(crate) async fn of_operators(shop: &Shop) -> Result<Self> {
        Self::start(shop.operators_url()?, json!({}), WAITING, &[]).await
    }

    /// Over TLS, with whatever certificate.
    pub(crate) async fn behind(front: &Front) -> Result<Self> {
        let flags = [
            &*format!("--host-resolver-rules=MAP {HOST} 127.0.0.1"),
            "--ignore-certificate-errors",
        ];
        Self::start(front.https(), json!({}), WAITING, &flags).await
    }

    /// With JavaScript switched off, as its settings can.
    pub(crate) async fn without_scripts(shop: &Shop) -> Result<Self> {
        Self::start(shop.url(), no_scripts(), WAITING, &[]).await
    }

    /// The same on the pages of its operators.
    pub(crate) async fn of_operators_without_scripts(shop: &Shop) -> Result<Self> {
        Self::start(shop.operators_url()?, no_scripts(), WAITING, &[]).await
    }

    /// That lets the test go on while it loads a page.
    pub(crate) async fn that_does_not_wait(shop: &Shop) -> Result<Self> {
        Self::start(shop.url(), json!({}), "none", &[]).await
    }

    async fn start(
        url: String,
        preferences: Value,
        strategy: &str,
        own_flags: &[&str],
    ) -> Result<Self> {
        let profile = Folder::create()?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let flags = [FLAGS.as_slice(), &[&folder], own_flags].concat();
        let options =
            json!({ "binary": program("chromium")?, "args": flags, "prefs": preferences });
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "pageLoadStrategy": strategy,
        });
        let session = Some(Session::start(&capabilities).await?);
        Ok(Self { session, capabilities, url, _profile: profile })
    }

    /// Ends it, and starts it again with the profile that it had.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.session = None;
        self.session = Some(Session::start(&self.capabilities).await?);
        Ok(())
    }

    fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().context("the browser has not started again")
    }

    /// Opens a page of the shop.
    pub(crate) async fn open(&mut self, path: &str) -> Result<()> {
        let url = format!("{}{path}", self.url);
        self.open_url(&url).await
    }

    pub(crate) async fn open_url(&mut self, url: &str) -> Result<()> {
        self.session()?.post("url", json!({ "url": url })).await.map(drop)
    }

    pub(crate) async fn back(&mut self) -> Result<()> {
        self.session()?.post("back", json!({})).await.map(drop)
    }

    pub(crate) async fn reload(&mut self) -> Result<()> {
        self.session()?.post("refresh", json!({})).await.map(drop)
    }

    /// The tab that commands are for.
    pub(crate) async fn tab(&mut self) -> Result<Value> {
        self.session()?.get("window").await
    }

    /// Opens a tab, which commands are for from now on.
    pub(crate) async fn new_tab(&mut self) -> Result<Value> {
        let opened = self.session()?.post("window/new", json!({ "type": "tab" })).await?;
        let tab = opened.get("handle").context("a tab has no handle")?.clone();
        self.switch_to(&tab).await?;
        Ok(tab)
    }

    pub(crate) async fn switch_to(&mut self, tab: &Value) -> Result<()> {
        self.session()?.post("window", json!({ "handle": tab })).await.map(drop)
    }

    pub(crate) async fn click(&mut self, selector: &str) -> Result<()> {
        let session = self.session()?;
        Element::find(session, selector).await?.click(session).await
    }

    pub(crate) async fn fill(&mut self, selector: &str, text: &str) -> Result<()> {
        let session = self.session()?;
        Element::find(session, selector).await?.fill(session, text).await
    }

    /// The texts of all that the selector finds.
    pub(crate) async fn texts(&mut self, selector: &str) -> Result<Vec<String>> {
        let session = self.session()?;
        let mut texts = Vec::new();
        for element in Element::all(session, selector).await? {
            texts.push(element.text(session).await?);
        }
        Ok(texts)
    }

    /// Comes back when the page shows this.
    pub(crate) async fn shows(&mut self, text: &str) -> Result<()> {
        let mut shown = Vec::new();
        let what = format!("the page showed {text:?}");
        let wait = until(&what, async || {
            // A page that just goes is no fault.
            shown = self.texts("body").await.ok()?;
            shown.iter().any(|body| body.contains(text)).then_some(())
        });
        wait.await.with_context(|| format!("it shows {shown:?}"))
    }

    /// What a script of the page gets.
    pub(crate) async fn script(&mut self, script: &str) -> Result<Value> {
        self.session()?.post("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// What a script of the page hands to the function that is its last argument.
    pub(crate) async fn script_that_waits(&mut self, script: &str) -> Result<Value> {
        self.session()?.post("execute/async", json!({ "script": script, "args": [] })).await
    }

    /// What the browser and the scripts have complained of since it was asked last.
    pub(crate) async fn complaints(&mut self) -> Result<Vec<String>> {
        let log = self.session()?.post("se/log", json!({ "type": "browser" })).await?;
        let entries = log.as_array().context("no log")?.iter();
        Ok(entries.map(ToString::to_string).collect())
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn command(&mut self, command: &str, params: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": params });
        self.session()?.post("goog/cdp/execute", body).await
    }

    /// All cookies of this page, those that scripts do not see too.
    pub(crate) async fn cookies(&mut self) -> Result<Vec<Value>> {
        let cookies = self.session()?.get("cookie").await?;
        Ok(cookies.as_array().context("no list of cookies")?.clone())
    }

    /// Takes over the session cookie of another browser. WebDriver's own command would make it one of
    /// a domain, which its name forbids.
    pub(crate) async fn take_session(&mut self, other: &mut Self) -> Result<()> {
        let cookies = other.cookies().await?;
        let is_session = |cookie: &&Value| cookie.get("name") == Some(&SESSION_COOKIE.into());
        let cookie = cookies.iter().find(is_session).context("there is no session")?;
        let cookie = json!({
            "url": self.url,
            "name": SESSION_COOKIE,
            "value": cookie.get("value"),
            "secure": true,
            "httpOnly": true,
        });
        self.devtools("Network.setCookie", cookie).await
    }

    /// Sends the requests of this tab with this address, as a proxy would.
    pub(crate) async fn comes_from(&mut self, address: &str) -> Result<()> {
        let headers = json!({ "headers": { "x-forwarded-for": address } });
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setExtraHTTPHeaders", headers).await
    }

    /// A command of the DevTools protocol.
    async fn devtools(&mut self, command: &str, parameters: Value) -> Result<()> {
        let body = json!({ "cmd": command, "params": parameters });
        self.session()?.post("goog/cdp/execute", body).await.map(drop)
    }

    /// On the pages that it opens from now on a period that they keep is a twentieth as long.
    pub(crate) async fn hurries(&mut self) -> Result<()> {
        let source = "const unhurried = setInterval; \
            setInterval = (act, period) => unhurried(act, period / 20);";
        let script = json!({ "source": source });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script).await
    }

    /// The path of the page.
    pub(crate) async fn path(&mut self) -> Result<String> {
        let url = self.session()?.get("url").await?;
        let url = url.as_str().context("a page has no address")?;
        Ok(url.strip_prefix(&self.url).context("a page of another host")?.to_owned())
    }

    /// What was written to the console since this was asked last.
    pub(crate) async fn console(&mut self) -> Result<Vec<Value>> {
        let lines = self.session()?.post("se/log", json!({ "type": "browser" })).await?;
        Ok(lines.as_array().context("no console")?.clone())
    }

    /// Fills in the form on the page, as alice.
    pub(crate) async fn fill_in_login(&mut self, login: Login) -> Result<()> {
        self.fill_in_login_of("alice", login).await
    }

    pub(crate) async fn fill_in_login_of(&mut self, user: &str, login: Login) -> Result<()> {
        self.fill("[name=username]", user).await?;
        self.fill("[name=password]", "wonderland").await?;
        if login == Login::Remembered {
            self.click("[name=remember]").await?;
        }
        Ok(())
    }

    /// Logs alice in, from the page with the form to the cart.
    pub(crate) async fn log_in(&mut self, login: Login) -> Result<()> {
        self.open("/login").await?;
        self.fill_in_login(login).await?;
        self.click(LOG_IN).await?;
        self.shows("in your cart").await
    }

    /// Asks the shop who is logged in; alice has to be.
    pub(crate) async fn is_alice(&mut self) -> Result<()> {
        self.open("/me").await?;
        self.shows("You are logged in as alice.").await
    }

    /// Asks the shop who is logged in; nobody may be.
    pub(crate) async fn is_guest(&mut self) -> Result<()> {
        self.open("/me").await?;
        self.shows("log in first").await
    }
}

const SESSION_COOKIE: &str = "__Host-Http-sid";

fn no_scripts() -> Value {
    json!({ "profile.managed_default_content_settings.javascript": 2 })
}

/// The buttons of the pages.
pub(crate) const LOG_IN: &str = "form[action='/login'] button";
pub(crate) const LOG_OUT: &str = "form[action='/logout'] button:not([name])";
pub(crate) const LOG_OUT_EVERYWHERE: &str = "form[action='/logout'] button[name=everywhere]";

/// A command comes back when the page that it leads to is there.
const WAITING: &str = "normal";

/// Without a sandbox, which root can not have, and without what it does of its own accord.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];
