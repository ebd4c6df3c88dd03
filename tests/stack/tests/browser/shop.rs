//! A shop of the test's own.

use std::ffi::OsString;
use std::fs;
use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use stack_tests::{Example, Instance, Port, until};
use test_servers::Folder;

/// A running shop, which knows alice.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) instance: Instance,
    operators: Option<Port>,
    _folder: Folder,
}

impl Shop {
    /// As it is without options.
    pub(crate) async fn start() -> Result<Self> {
        Self::with(&[]).await
    }

    /// With an address for operators.
    pub(crate) async fn with_operators() -> Result<Self> {
        let port = Port::draw()?;
        let shop = Self::with(&["--admin-listen", &port.address().to_string()]).await?;
        Ok(Self { operators: Some(port), ..shop })
    }

    pub(crate) async fn with(options: &[&str]) -> Result<Self> {
        let folder = Folder::create()?;
        let store = format!("sqlite:{}", folder.path().join("shop.db").display());
        let options = [&["--store", &store], options].concat();
        let options: Vec<_> = options.into_iter().map(OsString::from).collect();
        let mut instance = Instance::start(Example::Shop, "shop", &options, folder.path())?;
        instance.is_ready().await?;
        Ok(Self { instance, operators: None, _folder: folder })
    }

    /// Where a browser finds it: browsers take cookies with `Secure` from `localhost` without TLS.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.instance.port().number())
    }

    /// Where operators find it.
    pub(crate) fn operators_url(&self) -> Result<String> {
        let port = self.operators.as_ref().context("it has no address for operators")?;
        Ok(format!("http://localhost:{}", port.number()))
    }

    /// Comes back when so many requests wait for a shop that is frozen.
    pub(crate) async fn is_asked(&self, requests: usize) -> Result<()> {
        let port = self.instance.port().number();
        until("all requests were sent", async || (unread(port)? >= requests).then_some(())).await
    }
}

/// How many connections to this port of 127.0.0.1 have bytes that nobody has read: proc_net_tcp(5).
fn unread(port: u16) -> Option<usize> {
    let address = u32::from_le_bytes(Ipv4Addr::LOCALHOST.octets());
    let address = format!("{address:08X}:{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let waits = |line: &&str| {
        let mut columns = line.split_whitespace().skip(1);
        let (local, _peer, state) = (columns.next(), columns.next(), columns.next());
        let unread = columns.next().and_then(|queues| queues.split(':').nth(1));
        local == Some(&address) && state == Some(ESTABLISHED) && unread != Some("00000000")
    };
    Some(table.lines().filter(waits).count())
}

const ESTABLISHED: &str = "01";
