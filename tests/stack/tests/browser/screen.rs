//! What a page looks like, and on what.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A desk with a window, or a phone.
pub(crate) const DESK: u32 = 1280;
pub(crate) const PHONE: u32 = 360;

/// Shows the pages so from now on.
pub(crate) async fn show(browser: &mut Browser, scheme: Scheme, width: u32) -> Result<()> {
    let feature = json!({ "name": "prefers-color-scheme", "value": scheme.name() });
    browser.command("Emulation.setEmulatedMedia", json!({ "features": [feature] })).await?;
    let (mobile, height) = if width == PHONE { (true, 800) } else { (false, 1240) };
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
    browser.command("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
}

/// Nothing of the page is to the right of a window of this width.
pub(crate) async fn fits(browser: &mut Browser, width: u32) -> Result<()> {
    let page = browser.script("return document.documentElement.scrollWidth").await?;
    ensure!(page.as_u64() <= Some(width.into()), "the page is {page} wide, the window {width}");
    Ok(())
}

/// Writes a picture of what a person sees to `target/screenshots`.
pub(crate) async fn photograph(browser: &mut Browser, name: &str) -> Result<()> {
    browser.script("scrollTo(0, 0)").await?;
    let taken = browser.command("Page.captureScreenshot", json!({ "format": "png" })).await?;
    let data = taken.get("data").and_then(Value::as_str).context("no picture")?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{name}.png")), BASE64_STANDARD.decode(data)?)?;
    Ok(())
}
