use std::time::SystemTime;

use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use example_service::Refusal;
use http::StatusCode;
use humantime::format_rfc3339_seconds;
use serde_json::{Value, json};
use session_layer::backend::UserId;
use session_layer::{Device, Session, SessionExt};

use crate::failure::Failure;
use crate::security_log::{Entry, Incident, SecurityLog};
use crate::wanted::Wanted;
use crate::{Shop, me, page};

impl FromRef<Shop> for SecurityLog {
    fn from_ref(shop: &Shop) -> Self {
        shop.security_log.clone()
    }
}

/// `GET /devices`: where the user is logged in. The page has what befell these sessions as well.
pub(crate) async fn all(
    wanted: Wanted,
    session: Session,
    State(log): State<SecurityLog>,
) -> Result<Response, Failure> {
    let user = me::user(&session).await?;
    let devices = session.devices().await?;
    Ok(match wanted {
        Wanted::Page => {
            let incidents = read(&log, &user).await;
            page::devices(&devices, incidents.ok().as_deref()).into_response()
        }
        Wanted::Json => Json(devices.iter().map(to_json).collect::<Vec<_>>()).into_response(),
    })
}

/// `GET /devices/incidents`: what befell the user's sessions lately.
pub(crate) async fn incidents(
    wanted: Wanted,
    session: Session,
    State(log): State<SecurityLog>,
) -> Result<Response, Failure> {
    let incidents = read(&log, &me::user(&session).await?).await?;
    Ok(match wanted {
        Wanted::Page => Redirect::to("/devices").into_response(),
        Wanted::Json => {
            let told: Vec<_> = incidents.iter().map(incident_to_json).collect();
            Json(told).into_response()
        }
    })
}

async fn read(log: &SecurityLog, user: &UserId) -> Result<Vec<Entry>, Refusal> {
    log.of_user(user.as_str()).await.map_err(|error| {
        tracing::warn!("a security log can't be shown: {error}");
        let detail = "what befell your sessions can't be shown at the moment";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
    })
}

/// `DELETE /devices/{handle}`, and for forms `POST /devices/{handle}/logout`: logs a device out,
/// which may be this one.
pub(crate) async fn end(
    wanted: Wanted,
    session: Session,
    State(log): State<SecurityLog>,
    Path(handle): Path<String>,
) -> Result<Response, Failure> {
    let user = me::user(&session).await?;
    let is_this = is_current(&session, &handle).await?;
    if !session.end_device(&handle).await? {
        return Err(unknown().into());
    }
    if !is_this {
        log.tell(user.as_str(), Incident::LoggedOut);
    }
    Ok(match wanted {
        Wanted::Page => Redirect::to("/devices").into_response(),
        Wanted::Json => StatusCode::NO_CONTENT.into_response(),
    })
}

async fn is_current(session: &Session, handle: &str) -> Result<bool, Failure> {
    let devices = session.devices().await?;
    Ok(devices.iter().any(|device| device.current && device.handle == handle))
}

fn unknown() -> Refusal {
    let detail = "you are not logged in on such a device";
    Refusal::new(StatusCode::NOT_FOUND, "unknown_device", detail)
}

fn to_json(device: &Device) -> Value {
    json!({
        "handle": device.handle,
        "created": time(device.created),
        "last_seen": time(device.last_seen),
        "label": device.label,
        "current": device.current,
    })
}

fn incident_to_json(entry: &Entry) -> Value {
    let Entry { incident, .. } = entry;
    json!({ "at": time(entry.at()), "what": incident.what(), "why": incident.why() })
}

/// A time as in RFC 3339, in whole seconds.
pub(crate) fn time(time: SystemTime) -> String {
    format_rfc3339_seconds(time).to_string()
}
