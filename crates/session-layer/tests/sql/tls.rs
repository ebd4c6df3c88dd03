use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use session_layer::backend::{Backend, BackendErrorKind};
use tempfile::TempDir;

use super::samples::{check, create, draft, key};
use crate::engine::{Server, TLS, builder, database, only_with_tls, shared};

/// An authority, whose certificate is in a file.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn create() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A server with a certificate for 127.0.0.1.
    async fn server(&self) -> Server {
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Server::start_with_tls(&certificate.pem(), &key.serialize_pem()).await.unwrap()
    }
}

#[tokio::test]
async fn with_its_authority_a_server_is_spoken_to_in_tls() {
    let authority = Authority::create();
    let server = authority.server().await;
    let url = only_with_tls(&server).await;
    let plain = builder(TLS.never(&url)).build().unwrap();
    check(plain.load(&key("a")).await, BackendErrorKind::Refused);
    let sessions = builder(&url).ca_file(authority.file()).build().unwrap();
    sessions.migrate().await.unwrap();
    create(&sessions, "a").await;
    let sessions = builder(TLS.verified(&url, &authority.file())).build().unwrap();
    create(&sessions, "b").await;
}

#[tokio::test]
async fn a_server_of_another_authority_is_refused() {
    let server = Authority::create().server().await;
    let other = Authority::create();
    let url = database(&server).await;
    for sessions in
        [builder(&url).ca_file(other.file()), builder(TLS.verified(&url, &other.file()))]
    {
        let sessions = sessions.build().unwrap();
        let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
        assert!(text.contains("certificate"), "{text}");
    }
}

#[tokio::test]
async fn a_server_with_another_ones_name_is_refused() {
    let authority = Authority::create();
    let server = authority.server().await;
    let url = database(&server).await.replace("127.0.0.1", "localhost");
    let sessions = builder(url).ca_file(authority.file()).build().unwrap();
    let text = check(sessions.load(&key("a")).await, BackendErrorKind::Refused);
    assert!(text.contains("certificate"), "{text}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_was_asked_for() {
    let authority = Authority::create();
    let url = database(shared().await).await;
    builder(&url).build().unwrap().migrate().await.unwrap();
    for asked in [
        builder(&url).ca_file(authority.file()),
        builder(TLS.verified(&url, &authority.file())),
        builder(TLS.required(&url)),
    ] {
        let sessions = asked.build().unwrap();
        check(sessions.create(&key("a"), &draft("")).await, BackendErrorKind::Refused);
    }
}
