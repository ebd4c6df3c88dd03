//! A running browser.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};
use stack_tests::{Client, PATIENCE};

use crate::driver::{Driver, call};

/// A browser as WebDriver calls it. It ends with this value, and writes what it keeps.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    driver: SocketAddr,
    path: String,
}

impl Session {
    /// Starts a browser with these capabilities.
    pub(crate) async fn start(capabilities: &Value) -> Result<Self> {
        let driver = Driver::shared().await?;
        let mut client = driver.client();
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let begun = call(&mut client, Method::POST, "/session", Some(&body)).await?;
        let id = begun.get("sessionId").and_then(Value::as_str).context("a session has no id")?;
        Ok(Self { path: format!("/session/{id}"), driver: driver.port().address(), client })
    }

    pub(crate) async fn get(&mut self, command: &str) -> Result<Value> {
        let path = format!("{}/{command}", self.path);
        call(&mut self.client, Method::GET, &path, None).await
    }

    pub(crate) async fn post(&mut self, command: &str, body: Value) -> Result<Value> {
        let path = format!("{}/{command}", self.path);
        call(&mut self.client, Method::POST, &path, Some(&body)).await
    }

    /// Comes back when the browser has ended.
    fn quit(&self) -> std::io::Result<()> {
        let mut driver = TcpStream::connect(self.driver)?;
        driver.set_read_timeout(Some(PATIENCE))?;
        let (path, host) = (&self.path, self.driver);
        write!(driver, "DELETE {path} HTTP/1.1\r\nhost: {host}\r\n\r\n")?;
        // It answers when the browser has ended, and does not close the connection.
        driver.read(&mut [0]).map(drop)
    }
}

/// A destructor can not wait for futures.
impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.quit();
    }
}
