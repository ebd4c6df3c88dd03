use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use http::StatusCode;
use jwt_layer::{RemoteKeys, SigningKey};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio_rustls::server::TlsStream;

use crate::key_server::KeyServer;
use crate::program::{Program, key};
use crate::time::{Time, minutes};

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// A server with a certificate for this name that only itself vouches for, as PEM.
async fn self_signed(name: &str, keys: &[&SigningKey]) -> (KeyServer, String) {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let private =
        PrivateKeyDer::from(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], private)
        .unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", tcp.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = KeyServer::serve(TlsListener { tcp, acceptor }, origin);
    server.publish(keys);
    (server, certified.cert.pem())
}

#[tokio::test]
async fn a_server_that_a_given_authority_vouches_for_is_asked() {
    let (time, a) = (Time::stop(), key("a"));
    let (server, authority) = self_signed("127.0.0.1", &[&a]).await;
    let program = Program::with(RemoteKeys::jwks(server.jwks()).root_certificate(authority), &time);
    program.keys.ready().await;
    assert_eq!(program.status(&a).await, StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let (time, a) = (Time::stop(), key("a"));
    let (server, _) = self_signed("127.0.0.1", &[&a]).await;
    let (_, other) = self_signed("127.0.0.1", &[]).await;
    let program = Program::with(RemoteKeys::jwks(server.jwks()).root_certificate(other), &time);
    time.pass(minutes(2)).await;
    assert_eq!(program.status(&a).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.fetches(), 0);
}

#[tokio::test]
async fn the_authorities_of_the_machine_do_not_vouch_for_it() {
    let (time, a) = (Time::stop(), key("a"));
    let (server, _) = self_signed("127.0.0.1", &[&a]).await;
    let program = Program::with(RemoteKeys::jwks(server.jwks()), &time);
    time.pass(minutes(2)).await;
    assert_eq!(program.status(&a).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.fetches(), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (time, a) = (Time::stop(), key("a"));
    let (server, authority) = self_signed("login.example", &[&a]).await;
    let program = Program::with(RemoteKeys::jwks(server.jwks()).root_certificate(authority), &time);
    time.pass(minutes(2)).await;
    assert_eq!(program.status(&a).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.fetches(), 0);
}

#[tokio::test]
async fn a_forged_server_does_not_touch_the_keys() {
    let (time, a, evil) = (Time::stop(), key("a"), key("evil"));
    let (forger, _) = self_signed("127.0.0.1", &[&evil]).await;
    let server = KeyServer::of(&[&a]).await;
    let describe = |keys: String| {
        let document = serde_json::json!({ "issuer": server.url(""), "jwks_uri": keys });
        server.answer("/.well-known/openid-configuration", document.to_string());
    };
    describe(server.jwks());
    let program = Program::with(RemoteKeys::openid(server.url("")), &time);
    program.keys.ready().await;
    server.fail("/jwks", StatusCode::GONE);
    describe(forger.jwks());
    time.pass_until(|| server.fetches() >= 6).await;
    assert_eq!(program.ids(), ["a"]);
    assert_eq!(program.status(&a).await, StatusCode::OK);
    assert_eq!(forger.fetches(), 0);
}
