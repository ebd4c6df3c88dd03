use std::time::SystemTime;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use example_service::Refusal;
use http::StatusCode;
use humantime::format_rfc3339_seconds;
use serde_json::{Value, json};
use session_layer::{Device, Session, SessionExt};

use crate::failure::Failure;
use crate::wanted::Wanted;
use crate::{me, page};

/// `GET /devices`: where the user is logged in.
pub(crate) async fn all(wanted: Wanted, session: Session) -> Result<Response, Failure> {
    me::user(&session).await?;
    let devices = session.devices().await?;
    Ok(match wanted {
        Wanted::Page => page::devices(&devices).into_response(),
        Wanted::Json => Json(devices.iter().map(to_json).collect::<Vec<_>>()).into_response(),
    })
}

/// `DELETE /devices/{handle}`, and for forms `POST /devices/{handle}/logout`: logs a device out,
/// which may be this one.
pub(crate) async fn end(
    wanted: Wanted,
    session: Session,
    Path(handle): Path<String>,
) -> Result<Response, Failure> {
    me::user(&session).await?;
    if !session.end_device(&handle).await? {
        return Err(unknown().into());
    }
    Ok(match wanted {
        Wanted::Page => Redirect::to("/devices").into_response(),
        Wanted::Json => StatusCode::NO_CONTENT.into_response(),
    })
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

/// A time as in RFC 3339, in whole seconds.
pub(crate) fn time(time: SystemTime) -> String {
    format_rfc3339_seconds(time).to_string()
}
