use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

use crate::{Lifecycle, Phase};

/// A listener that closes without losing anybody.
///
/// `axum::serve` drops its listener as soon as it is told to stop, and with it the connections that
/// the kernel has accepted and nobody has fetched: a balancer that has sent a request on one sees
/// it reset. This one closes when the [`Lifecycle`] says so, and hands out first all that were
/// waiting; then the phase is [`Phase::Closed`].
pub(crate) struct ClosingListener {
    open: Option<TcpListener>,
    waiting: VecDeque<(TcpStream, SocketAddr)>,
    address: SocketAddr,
    lifecycle: Lifecycle,
}

impl ClosingListener {
    pub(crate) fn new(listener: TcpListener, lifecycle: Lifecycle) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { open: Some(listener), waiting: VecDeque::new(), address, lifecycle })
    }

    fn close(&mut self) {
        let Some(listener) = self.open.take() else { return };
        match fetch_all(listener) {
            Ok(waiting) => self.waiting = waiting,
            Err(error) => tracing::warn!(%error, "waiting connections were lost"),
        }
    }
}

impl Listener for ClosingListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        if let Some(listener) = &mut self.open {
            tokio::select! {
                biased;
                () = self.lifecycle.reached(Phase::Closing) => self.close(),
                accepted = Listener::accept(listener) => return accepted,
            }
        }
        match self.waiting.pop_front() {
            Some(connection) => connection,
            None => {
                self.lifecycle.enter(Phase::Closed);
                std::future::pending().await
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// All connections that wait to be accepted, asked of the kernel and not of the runtime, which
/// hears of them later. The listener is closed right after the last.
fn fetch_all(listener: TcpListener) -> io::Result<VecDeque<(TcpStream, SocketAddr)>> {
    let listener = listener.into_std()?;
    let mut waiting = VecDeque::new();
    while let Ok((stream, address)) = listener.accept() {
        stream.set_nonblocking(true)?;
        waiting.push_back((TcpStream::from_std(stream)?, address));
    }
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream as Client;

    #[tokio::test]
    async fn connections_that_wait_when_it_closes_are_not_lost() {
        let lifecycle = Lifecycle::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut listener = ClosingListener::new(listener, lifecycle.clone()).unwrap();
        let clients = [(); 3].map(|()| Client::connect(listener.address).unwrap());
        lifecycle.enter(Phase::Closing);
        for client in &clients {
            assert_eq!(listener.accept().await.1, client.local_addr().unwrap());
        }
        assert_eq!(lifecycle.phase(), Phase::Closing);
        tokio::select! {
            _ = listener.accept() => unreachable!("nobody is left"),
            () = lifecycle.reached(Phase::Closed) => {}
        }
        assert!(Client::connect(listener.address).is_err());
    }
}
