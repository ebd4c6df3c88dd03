//! An element of a page.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::session::Session;

/// What WebDriver calls it.
#[derive(Debug)]
pub(crate) struct Element(String);

impl Element {
    /// The first that the CSS selector finds.
    pub(crate) async fn find(session: &mut Session, selector: &str) -> Result<Self> {
        let found = session.post("element", by(selector)).await?;
        Self::of(&found)
    }

    /// All that the CSS selector finds.
    pub(crate) async fn all(session: &mut Session, selector: &str) -> Result<Vec<Self>> {
        let found = session.post("elements", by(selector)).await?;
        found.as_array().context("no list of elements")?.iter().map(Self::of).collect()
    }

    fn of(found: &Value) -> Result<Self> {
        let id = found.get("element-6066-11e4-a52e-4f735466cecf").and_then(Value::as_str);
        Ok(Self(id.context("no element")?.to_owned()))
    }

    /// The text that a person sees.
    pub(crate) async fn text(&self, session: &mut Session) -> Result<String> {
        let text = session.get(&format!("element/{}/text", self.0)).await?;
        Ok(text.as_str().context("no text")?.to_owned())
    }

    pub(crate) async fn click(&self, session: &mut Session) -> Result<()> {
        session.post(&format!("element/{}/click", self.0), json!({})).await.map(drop)
    }

    /// Types this in the place of what is there.
    pub(crate) async fn fill(&self, session: &mut Session, text: &str) -> Result<()> {
        session.post(&format!("element/{}/clear", self.0), json!({})).await?;
        session.post(&format!("element/{}/value", self.0), json!({ "text": text })).await.map(drop)
    }
}

fn by(selector: &str) -> Value {
    json!({ "using": "css selector", "value": selector })
}
