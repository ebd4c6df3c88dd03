use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
use example_service::{JsonBody, Refusal};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;

use crate::wanted::sends_json;

/// A body, of a form or as JSON. A body without a type is read as one of a form.
pub(crate) struct FormOrJson<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync + Send> FromRequest<S> for FormOrJson<T> {
    type Rejection = Refusal;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Refusal> {
        if sends_json(request.headers()) {
            let JsonBody(body) = JsonBody::from_request(request, state).await?;
            return Ok(Self(body));
        }
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().entry(CONTENT_TYPE).or_insert(form);
        match Form::from_request(request, state).await {
            Ok(Form(body)) => Ok(Self(body)),
            Err(rejection) => Err(refusal(&rejection)),
        }
    }
}

fn refusal(rejection: &FormRejection) -> Refusal {
    match rejection {
        FormRejection::FailedToDeserializeFormBody(_)
        | FormRejection::FailedToDeserializeForm(_) => {
            Refusal::unprocessable("invalid_body", "the body lacks something, or has another form")
        }
        FormRejection::InvalidFormContentType(_) => Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be a form or of type application/json",
        ),
        other => Refusal::of_status(other.status()),
    }
}
