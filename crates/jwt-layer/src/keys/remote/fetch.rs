use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderValue, Request};
use http_body::Body;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use tracing::field;
use tracing::{Instrument, Span};

use super::cache_control::max_age;
use super::endpoint::Endpoint;
use super::failure::Failure;

/// Asks a server for a document. It follows no redirect and knows no proxy; how long it may take
/// is for the caller to say.
pub(super) struct Fetcher {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    max_body: usize,
}

/// An answer with status 200.
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) max_age: Option<Duration>,
}

const MAX_HEADERS: usize = 64 * 1024;

impl Fetcher {
    pub(super) fn new(tls: ClientConfig, max_body: usize) -> Self {
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .http1_max_buf_size(MAX_HEADERS)
            .build(connector.build());
        Self { client, max_body }
    }

    pub(super) async fn get(&self, endpoint: &Endpoint) -> Result<Answer, Failure> {
        let span = span(endpoint);
        let outcome = self.ask(endpoint, &span).instrument(span.clone()).await;
        if let Err(failure) = &outcome {
            span.record("error.type", failure.as_str());
        }
        outcome
    }

    async fn ask(&self, endpoint: &Endpoint, span: &Span) -> Result<Answer, Failure> {
        let response = self.client.request(request(endpoint)).await;
        let response = response.map_err(|error| Failure::of_connection(&error))?;
        span.record("http.response.status_code", response.status().as_u16());
        if let Some(failure) = Failure::of_status(response.status()) {
            return Err(failure);
        }
        let max_age = max_age(response.headers());
        let body = read(response.into_body(), self.max_body).await?;
        Ok(Answer { body, max_age })
    }
}

/// By OpenTelemetry's conventions for HTTP clients.
fn span(endpoint: &Endpoint) -> Span {
    tracing::debug_span!(
        target: "jwt_layer::keys",
        "GET",
        otel.kind = "client",
        http.request.method = "GET",
        url.full = %endpoint,
        server.address = endpoint.uri().host(),
        server.port = endpoint.uri().port_u16(),
        http.response.status_code = field::Empty,
        error.type = field::Empty,
    )
}

fn request(endpoint: &Endpoint) -> Request<Empty<Bytes>> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = endpoint.uri().clone();
    let accept = HeaderValue::from_static("application/jwk-set+json, application/json");
    request.headers_mut().insert(ACCEPT, accept);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("jwt-layer"));
    request
}

/// Reads a body, but no further than the limit.
async fn read<B>(body: B, limit: usize) -> Result<Bytes, Failure>
where
    B: Body<Error: std::error::Error + Send + Sync + 'static>,
{
    let body = Limited::new(body, limit).collect().await;
    Ok(body.map_err(|error| Failure::of_body(&*error))?.to_bytes())
}
