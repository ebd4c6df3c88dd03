//! What axe-core finds on a page.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use test_servers::program;

use crate::browser::Browser;

/// Nothing on the page that is open is serious or critical.
pub(crate) async fn is_accessible(browser: &mut Browser) -> Result<()> {
    if browser.script("return typeof axe").await? == "undefined" {
        browser.script(&fs::read_to_string(program("axe.min.js")?)?).await?;
    }
    let violations = browser.script_that_waits(RUN).await?;
    let violations = violations.as_array().context("axe-core has no answer")?;
    let grave: Vec<_> = violations.iter().filter(|one| is_grave(one)).collect();
    ensure!(grave.is_empty(), "axe-core finds {grave:#?}");
    Ok(())
}

fn is_grave(violation: &Value) -> bool {
    let impact = violation.get("impact").and_then(Value::as_str);
    matches!(impact, Some("serious" | "critical"))
}

const RUN: &str = "const done = arguments[arguments.length - 1]; \
    axe.run().then( \
        (found) => done(found.violations.map(({ id, impact, help, nodes }) => \
            ({ id, impact, help, nodes: nodes.map((node) => node.html + node.failureSummary) }))), \
        (error) => done(String(error)));";
