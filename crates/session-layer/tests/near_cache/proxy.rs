//! What is between an instance and its Redis, and may lose what Redis says on its own accord.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream};

/// A proxy to one server.
pub(crate) struct Proxy {
    address: SocketAddr,
    mute: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, mute) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        tokio::spawn(serve(listener, server, Arc::clone(&mute)));
        Self { address, mute }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// From now on nothing comes back on connections that have asked to be told of changes.
    pub(crate) fn mute(&self) {
        self.mute.store(true, Ordering::SeqCst);
    }
}

async fn serve(listener: TcpListener, server: String, mute: Arc<AtomicBool>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.unwrap();
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
        let tells = Arc::new(AtomicBool::new(false));
        let (asked, mute) = (Arc::clone(&tells), Arc::clone(&mute));
        tokio::spawn(pass(from_client, to_server, move |sent| {
            if sent.windows(8).any(|word| word == b"TRACKING") {
                asked.store(true, Ordering::SeqCst);
            }
            true
        }));
        tokio::spawn(pass(from_server, to_client, move |_| {
            !(tells.load(Ordering::SeqCst) && mute.load(Ordering::SeqCst))
        }));
    }
}

/// Passes on what may be passed on.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    may_pass: impl Fn(&[u8]) -> bool,
) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if may_pass(&bytes[..length]) && to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
