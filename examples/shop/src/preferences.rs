use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use example_service::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use session_layer::{Session, SessionError, SessionExt};

use crate::failure::Failure;
use crate::form_or_json::FormOrJson;
use crate::page;
use crate::wanted::Wanted;

/// The field that has the names of those that were set: a session does not list its fields.
const NAMES: &str = "preferences";

/// The most preferences, roughly: requests that set one at the same moment may each set the last.
const MOST: usize = 100;

/// The longest text, in bytes.
const LONGEST: usize = 256;

/// The value of a preference.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Preference {
    Switch(bool),
    Number(serde_json::Number),
    Text(String),
}

#[derive(Deserialize)]
pub(crate) struct NewValue {
    value: Preference,
}

#[derive(Deserialize)]
pub(crate) struct NamedValue {
    name: String,
    value: String,
}

/// `GET /preferences`
pub(crate) async fn all(wanted: Wanted, session: Session) -> Result<Response, Failure> {
    let preferences = read(&session).await?;
    Ok(match wanted {
        Wanted::Page => page::preferences(&preferences).into_response(),
        Wanted::Json => Json(preferences).into_response(),
    })
}

/// `PUT /preferences/{name}`
pub(crate) async fn set(
    session: Session,
    Path(name): Path<String>,
    FormOrJson(NewValue { value }): FormOrJson<NewValue>,
) -> Result<Response, Failure> {
    store(&session, &name, &value).await?;
    Ok(Json(json!({ "name": name, "value": value })).into_response())
}

/// `POST /preferences`, for forms, whose only method with a body it is.
pub(crate) async fn set_by_form(
    wanted: Wanted,
    session: Session,
    FormOrJson(NamedValue { name, value }): FormOrJson<NamedValue>,
) -> Result<Response, Failure> {
    let value = Preference::Text(value);
    store(&session, &name, &value).await?;
    Ok(match wanted {
        Wanted::Page => Redirect::to("/preferences").into_response(),
        Wanted::Json => Json(json!({ "name": name, "value": value })).into_response(),
    })
}

async fn read(session: &Session) -> Result<BTreeMap<String, Preference>, SessionError> {
    let mut preferences = BTreeMap::new();
    for name in names(session).await? {
        if let Some(value) = session.get(&field(&name)).await? {
            preferences.insert(name, value);
        }
    }
    Ok(preferences)
}

/// Each is a field of its own, so that requests that set different ones at once keep them all.
async fn store(session: &Session, name: &str, value: &Preference) -> Result<(), Failure> {
    value.check()?;
    check(name)?;
    let names = names(session).await?;
    if !names.contains(name) {
        if names.len() >= MOST {
            let detail = "there are at most 100 preferences";
            return Err(Refusal::unprocessable("too_many_preferences", detail).into());
        }
        remember(session, name.to_owned()).await?;
    }
    put(session, name, value).await?;
    Ok(())
}

async fn names(session: &Session) -> Result<BTreeSet<String>, SessionError> {
    Ok(session.get(NAMES).await?.unwrap_or_default())
}

async fn remember(session: &Session, name: String) -> Result<(), SessionError> {
    let add = move |names: Option<BTreeSet<String>>| {
        let mut names = names.unwrap_or_default();
        names.insert(name.clone());
        names
    };
    session.update(NAMES, add).await.map(drop)
}

async fn put(session: &Session, name: &str, value: &Preference) -> Result<(), SessionError> {
    Ok(session.insert(&field(name), value).await?)
}

fn field(name: &str) -> String {
    format!("preference.{name}")
}

fn check(name: &str) -> Result<(), Refusal> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let detail = "a preference's name has 1 to 64 letters, digits, `-`, `_` and `.`";
    Err(Refusal::unprocessable("invalid_name", detail))
}

impl Preference {
    fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Text(text) if text.len() > LONGEST => {
                let detail = "a preference's text has at most 256 bytes";
                Err(Refusal::unprocessable("invalid_value", detail))
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for Preference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Switch(switch) => switch.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}
