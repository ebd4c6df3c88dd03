//! How often a client waits for its server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy before a server, which counts round trips: whenever the client speaks after the server
/// did, another one begins.
pub(crate) struct Wire {
    trips: Arc<AtomicU64>,
    server: String,
    address: SocketAddr,
}

impl Wire {
    /// Before the server of a URL.
    pub(crate) async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            trips: Arc::default(),
            server: host_and_port(url).to_owned(),
            address: listener.local_addr().unwrap(),
        };
        tokio::spawn(serve(listener, wire.server.clone(), Arc::clone(&wire.trips)));
        wire
    }

    /// The same URL by way of the proxy.
    pub(crate) fn url(&self, direct: &str) -> String {
        direct.replacen(&self.server, &self.address.to_string(), 1)
    }

    pub(crate) fn trips(&self) -> u64 {
        self.trips.load(Ordering::Relaxed)
    }
}

fn host_and_port(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap();
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

async fn serve(listener: TcpListener, server: String, trips: Arc<AtomicU64>) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, trips) = (server.clone(), Arc::clone(&trips));
        // When one of them is gone, the other notices.
        tokio::spawn(async move { carry(client, &server, &trips).await });
    }
}

async fn carry(mut client: TcpStream, server: &str, trips: &AtomicU64) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut answered) = ([0; 4096], [0; 4096]);
    let mut is_waiting = false;
    loop {
        tokio::select! {
            bytes = client.read(&mut asked) => {
                let Some(bytes) = asked.get(..bytes?).filter(|bytes| !bytes.is_empty()) else { break };
                if !std::mem::replace(&mut is_waiting, true) {
                    trips.fetch_add(1, Ordering::Relaxed);
                }
                server.write_all(bytes).await?;
            }
            bytes = server.read(&mut answered) => {
                let Some(bytes) = answered.get(..bytes?).filter(|bytes| !bytes.is_empty()) else { break };
                is_waiting = false;
                client.write_all(bytes).await?;
            }
        }
    }
    Ok(())
}
