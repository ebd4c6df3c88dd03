//! Ports that nobody else uses.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use anyhow::{Context, Result};

/// A TCP port of 127.0.0.1 that is ours as long as this value lives.
///
/// The UDP port of the same number is held, which the servers do not need and which any other
/// test has to have first. So a port stays ours while its server is dead.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _held: UdpSocket,
}

impl Port {
    /// Draws a free port below 32768, where the system takes none for outgoing connections.
    ///
    /// # Errors
    /// Of many none is free.
    pub fn draw() -> Result<Self> {
        (0..100)
            .find_map(|_| Self::take(fastrand::u16(10_000..32_768)))
            .context("no free port found")
    }

    fn take(number: u16) -> Option<Self> {
        let _held = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _held })
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}
