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
    let mobile = width == PHONE;
    let metrics =
        json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": mobile });
    browser.command("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
}

/// Nothing of the page is to the right of the window.
pub(crate) async fn fits(browser: &mut Browser) -> Result<()> {
    let script = "const page = document.documentElement; \
                  return [page.scrollWidth, innerWidth, page.clientWidth]";
    let widths = browser.script(script).await?;
    let widths = widths.as_array().context("no widths")?;
    let [Some(page), Some(window), ..] = [0, 1].map(|place| widths.get(place)?.as_u64()) else {
        anyhow::bail!("no widths: {widths:?}");
    };
    ensure!(page <= window, "the page is {page} wide, and the window {window}");
    Ok(())
}

/// Writes a picture of the whole page to `target/screenshots`.
pub(crate) async fn photograph(browser: &mut Browser, name: &str) -> Result<()> {
    let params = json!({ "format": "png", "captureBeyondViewport": true });
    let taken = browser.command("Page.captureScreenshot", params).await?;
    let data = taken.get("data").and_then(Value::as_str).context("no picture")?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{name}.png")), BASE64_STANDARD.decode(data)?)?;
    Ok(())
}
