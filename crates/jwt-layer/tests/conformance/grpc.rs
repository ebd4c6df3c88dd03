//! The same layers on a tonic server, over HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, JwtLayer, RequireLayer, Requirement, Token};
use tokio::net::{TcpListener, TcpStream};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Status, body::Body};
use tower::Service;

/// Messages as bytes: no code is generated for these tests.
#[derive(Clone, Copy, Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// Answers with the subject of the token.
#[derive(Clone)]
struct WhoAmI;

impl UnaryService<Bytes> for WhoAmI {
    type Response = Bytes;
    type Future = std::future::Ready<Result<tonic::Response<Bytes>, Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let token = Token::from_extensions(request.extensions());
        let subject = token.and_then(Token::subject).unwrap_or("nobody").to_owned();
        std::future::ready(Ok(tonic::Response::new(subject.into())))
    }
}

impl NamedService for WhoAmI {
    const NAME: &'static str = "test.WhoAmI";
}

impl Service<Request<Body>> for WhoAmI {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async { Ok(Grpc::new(Plain).unary(WhoAmI, request).await) })
    }
}

struct Server {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn server(issuer: &TestIssuer) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = tonic::transport::Server::builder()
        .layer(JwtLayer::new(issuer.verifier()))
        .layer(RequireLayer::new(Requirement::Scope("who:ask")))
        .add_service(WhoAmI);
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let task = tokio::spawn(async move { router.serve_with_incoming(incoming).await.unwrap() });
    Server { address, task }
}

/// What a gRPC client sees: the head, the message and the trailers.
struct Answer {
    status: u16,
    headers: HeaderMap,
    message: String,
    trailers: HeaderMap,
}

impl Answer {
    /// The status of the call, wherever it stands.
    fn grpc_status(&self) -> &str {
        let status = self.headers.get("grpc-status").or(self.trailers.get("grpc-status"));
        status.unwrap().to_str().unwrap()
    }
}

async fn ask(server: &Server, authorization: Option<&str>) -> Answer {
    let stream = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (mut client, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let uri = format!("http://{}/test.WhoAmI/Ask", server.address);
    let mut request = Request::post(uri).header("content-type", "application/grpc");
    request = request.header("te", "trailers");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    // A message of no bytes, not compressed.
    let request = request.body(Full::new(Bytes::from_static(&[0; 5]))).unwrap();
    let (head, body) = client.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned().unwrap_or_default();
    let message = body.to_bytes();
    connection.abort();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        message: String::from_utf8(message.get(5..).unwrap_or_default().to_vec()).unwrap(),
        trailers,
    }
}

#[tokio::test]
async fn a_good_token_passes_to_a_tonic_service() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let server = server(&issuer).await;
    let bearer = format!("Bearer {}", issuer.token("alice").scope("who:ask").sign());
    let answer = ask(&server, Some(&bearer)).await;
    assert_eq!((answer.grpc_status(), answer.message.as_str()), ("0", "alice"));
}

#[tokio::test]
async fn a_grpc_call_without_a_good_token_is_unauthenticated() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let server = server(&issuer).await;
    let expired = format!("Bearer {}", issuer.token("alice").scope("who:ask").expired());
    for (authorization, message) in [
        (None, "this resource needs an access token"),
        (Some(expired.as_str()), "the token has expired"),
        (Some("Bearer x"), "the token is malformed"),
    ] {
        let answer = ask(&server, authorization).await;
        assert_eq!((answer.status, answer.grpc_status()), (200, "16"));
        assert_eq!(answer.headers["content-type"], "application/grpc");
        assert_eq!(answer.headers["grpc-message"], message);
        assert!(answer.headers.contains_key("www-authenticate"));
        assert_eq!(answer.message, "");
    }
}

#[tokio::test]
async fn a_grpc_call_that_the_token_does_not_permit_is_denied() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let server = server(&issuer).await;
    let bearer = format!("Bearer {}", issuer.token("alice").scope("other").sign());
    let answer = ask(&server, Some(&bearer)).await;
    assert_eq!((answer.status, answer.grpc_status()), (200, "7"));
    assert_eq!(answer.headers["grpc-message"], "the token does not permit this request");
}

#[tokio::test]
async fn a_malformed_header_of_a_grpc_call_is_an_invalid_argument() {
    let server = server(&TestIssuer::new(Algorithm::ES256)).await;
    assert_eq!(ask(&server, Some("Bearer")).await.grpc_status(), "3");
}
