//! chromedriver, and how one speaks to it: <https://www.w3.org/TR/webdriver2/>.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;
use stack_tests::{Client, PATIENCE};
use test_servers::{Folder, Port, Process, program, until};
use tokio::sync::OnceCell;

/// The one of this test program. Who kills the program ends it too, and its browsers with it.
static DRIVER: OnceCell<Driver> = OnceCell::const_new();

/// A running chromedriver.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Process,
    port: Port,
    folder: Folder,
}

impl Driver {
    /// The one that all share.
    pub(crate) async fn shared() -> Result<&'static Self> {
        DRIVER.get_or_try_init(Self::start).await
    }

    async fn start() -> Result<Self> {
        // It looks for the browser only when a session begins, and says less about it.
        program("chromium")?;
        let (folder, port) = (Folder::create()?, Port::draw()?);
        let mut command = Command::new(program("chromedriver")?);
        command.arg(format!("--port={}", port.number()));
        let process = Process::start(&mut command, &folder.path().join("log"))?;
        let mut driver = Self { process, port, folder };
        driver.is_ready().await?;
        Ok(driver)
    }

    async fn is_ready(&mut self) -> Result<()> {
        let mut client = self.client();
        until("chromedriver was ready", async || match self.process.ended() {
            Ok(None) => {
                let status = call(&mut client, Method::GET, "/status", None).await.ok()?;
                (status.get("ready") == Some(&true.into())).then_some(Ok(()))
            }
            _ => Some(self.ended()),
        })
        .await?
    }

    fn ended(&self) -> Result<()> {
        bail!("chromedriver ended: {}", fs::read_to_string(self.folder.path().join("log"))?)
    }

    pub(crate) fn client(&self) -> Client {
        Client::to(self.port.address()).within(PATIENCE)
    }

    pub(crate) fn port(&self) -> &Port {
        &self.port
    }
}

/// One command, and the value that it gives.
pub(crate) async fn call(
    client: &mut Client,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Value> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = Request::builder().method(method).uri(path).body(Bytes::from(body))?;
    let answer = client.send(request).await.map_err(|failure| anyhow!("{path}: {failure:?}"))?;
    let mut answered: Value = serde_json::from_slice(&answer.body)?;
    ensure!(answer.status == StatusCode::OK, "{path}: {answered}");
    Ok(answered.get_mut("value").with_context(|| format!("{path} has no value"))?.take())
}
