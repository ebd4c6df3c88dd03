use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::time::timeout;

use super::header::{self, HeaderError};

/// The connection with its client's address, when the proxy's header has come; none where it has
/// not, and the connection is closed.
pub(super) async fn receive<T: AsyncRead + Unpin>(
    mut connection: T,
    proxy: SocketAddr,
    deadline: Duration,
) -> Option<(T, SocketAddr)> {
    match timeout(deadline, header::take(&mut connection)).await {
        Ok(Ok(source)) => Some((connection, source.client(proxy))),
        Ok(Err(HeaderError::Malformed)) => {
            tracing::warn!(%proxy, "closed: this is no header of the PROXY protocol");
            None
        }
        // As a health check does that only connects.
        Ok(Err(HeaderError::Ended(error))) => {
            tracing::debug!(%proxy, %error, "closed before its PROXY header had come");
            None
        }
        Err(_) => {
            tracing::warn!(%proxy, ?deadline, "closed: its PROXY header did not come in time");
            None
        }
    }
}
