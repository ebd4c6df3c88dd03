//! A Prometheus with the configuration of `examples/monitoring`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tempfile::TempDir;
use test_servers::{Port, Process, program, until};

use crate::client::Client;

/// It asks every 2 s.
#[derive(Debug)]
pub struct Prometheus {
    port: Port,
    _process: Process,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one that asks a shop and an API for their figures at these addresses.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start(shop: SocketAddr, api: SocketAddr) -> Result<Self> {
        let (folder, port) = (TempDir::new()?, Port::draw()?);
        let configuration = fs::read_to_string(shipped("prometheus.yml"))?;
        let configuration = configuration
            .replace("127.0.0.1:9101", &shop.to_string())
            .replace("127.0.0.1:9102", &api.to_string());
        let file = folder.path().join("prometheus.yml");
        fs::write(&file, configuration)?;
        fs::copy(shipped("alerts.yml"), folder.path().join("alerts.yml"))?;
        let mut command = Command::new(program("prometheus")?);
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={}", port.address()));
        let process = Process::start(&mut command, &folder.path().join("log"))?;
        let prometheus = Self { port, _process: process, _folder: folder };
        until("Prometheus answers", async || prometheus.series("up").await.ok()).await?;
        Ok(prometheus)
    }

    /// How many series a query has at this moment.
    ///
    /// # Errors
    /// It refuses the query.
    pub async fn series(&self, query: &str) -> Result<usize> {
        let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
        let answer = self.get(&format!("/api/v1/query?query={query}")).await?;
        let result = answer.pointer("/data/result").and_then(Value::as_array);
        Ok(result.context("there is no result")?.len())
    }

    /// Whether an alert fires.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn fires(&self, alert: &str) -> Result<bool> {
        let query = format!(r#"ALERTS{{alertname="{alert}",alertstate="firing"}}"#);
        Ok(self.series(&query).await? > 0)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let answer = Client::to(self.port.address()).get(path).await;
        let answer = answer.ok().context("Prometheus does not answer")?;
        ensure!(answer.status == 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

/// Runs `promtool` in `examples/monitoring`.
///
/// # Errors
/// It is not installed, or finds something.
pub fn promtool(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(program("promtool")?);
    let output = command.args(arguments).current_dir(shipped("")).output()?;
    let said = [output.stdout, output.stderr].concat();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    Ok(())
}

/// The title of each panel of the dashboard, and its queries over the last minute.
///
/// # Errors
/// It is no dashboard.
pub fn panels() -> Result<Vec<(String, Vec<String>)>> {
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(shipped("dashboard.json"))?)?;
    let panels = dashboard.get("panels").and_then(Value::as_array).context("no panels")?;
    panels.iter().map(|panel| panel_of(panel).context("a panel without queries")).collect()
}

fn panel_of(panel: &Value) -> Option<(String, Vec<String>)> {
    let targets = panel.get("targets")?.as_array()?;
    let queries = targets
        .iter()
        .map(|target| Some(target.get("expr")?.as_str()?.replace("$__rate_interval", "1m")));
    Some((panel.get("title")?.as_str()?.to_owned(), queries.collect::<Option<_>>()?))
}

fn shipped(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/monitoring").join(file)
}
