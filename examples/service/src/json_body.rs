use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::Refusal;

/// A JSON body, refused with a problem if it is none or has another form.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Sync + Send> FromRequest<S> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(refusal(&rejection)),
        }
    }
}

fn refusal(rejection: &JsonRejection) -> Refusal {
    match rejection {
        JsonRejection::JsonDataError(_) => {
            Refusal::unprocessable("invalid_body", "the body lacks something, or has another form")
        }
        JsonRejection::JsonSyntaxError(_) => {
            Refusal::new(StatusCode::BAD_REQUEST, "malformed_json", "the body is no JSON")
        }
        JsonRejection::MissingJsonContentType(_) => Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be of type application/json",
        ),
        other => Refusal::of_status(other.status()),
    }
}
