//! One HTTP/1.1 client with one kept connection.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::account::login;

/// A client as behind one socket: it keeps its connection as long as the server does.
#[derive(Debug)]
pub struct Client {
    server: SocketAddr,
    source: Option<IpAddr>,
    deadline: Duration,
    connection: Option<SendRequest<Full<Bytes>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Failure {
    /// No connection was made.
    Refused,
    /// The request was sent, and the connection closed without a response.
    ClosedBeforeResponse,
    /// The connection closed within the response.
    ClosedInResponse,
    /// There was no whole response in time.
    TimedOut,
}

impl Client {
    /// A client of this server.
    pub fn to(server: SocketAddr) -> Self {
        Self { server, source: None, deadline: TOO_LONG, connection: None }
    }

    /// Connects from this address.
    pub fn from(mut self, source: impl Into<IpAddr>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Waits so long for a whole response, instead of 10 s.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Gets a path without a token.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = path.parse().map_err(|_| Failure::Refused)?;
        self.send(request).await
    }

    /// Logs in, and takes the access token.
    ///
    /// # Errors
    /// There is none.
    pub async fn log_in(&mut self) -> anyhow::Result<String> {
        let answer =
            self.send(login()).await.map_err(|failure| anyhow!("no login: {failure:?}"))?;
        ensure!(answer.status == StatusCode::OK, "no login: {answer:?}");
        let body: Value = serde_json::from_slice(&answer.body)?;
        let token = body.get("access_token").and_then(Value::as_str);
        Ok(token.context("the login has no access token")?.to_owned())
    }

    /// Sends one request, on the kept connection if there is one.
    ///
    /// # Errors
    /// There was no whole response. A request of which nothing was sent because the kept
    /// connection had been closed is sent on a new one, and is no failure.
    pub async fn send(&mut self, request: Request<Bytes>) -> Result<Answer, Failure> {
        let mut request = request.map(Full::new);
        let host = HeaderValue::try_from(self.server.to_string()).map_err(|_| Failure::Refused)?;
        request.headers_mut().insert(header::HOST, host);
        let answer = timeout(self.deadline, self.exchange(request)).await;
        answer.unwrap_or(Err(Failure::TimedOut))
    }

    async fn exchange(&mut self, mut request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        loop {
            let mut connection = self.connection().await?;
            match connection.try_send_request(request).await {
                Ok(response) => {
                    self.connection = Some(connection);
                    return whole(response).await;
                }
                Err(mut error) => {
                    request = error.take_message().ok_or(Failure::ClosedBeforeResponse)?;
                }
            }
        }
    }

    async fn connection(&mut self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        if let Some(mut kept) = self.connection.take()
            && kept.ready().await.is_ok()
        {
            return Ok(kept);
        }
        let stream = self.connect().await.map_err(|_| Failure::Refused)?;
        let handshake = handshake(TokioIo::new(stream)).await;
        let (connection, driver) = handshake.map_err(|_| Failure::Refused)?;
        tokio::spawn(driver);
        Ok(connection)
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if let Some(source) = self.source {
            socket.bind((source, 0).into())?;
        }
        let stream = socket.connect(self.server).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

async fn whole(response: http::Response<hyper::body::Incoming>) -> Result<Answer, Failure> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Failure::ClosedInResponse)?;
    Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
}

impl Answer {
    /// The instance that gave it.
    pub fn served_by(&self) -> Option<&str> {
        self.headers.get("x-served-by")?.to_str().ok()
    }

    /// The `name=value` of the cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split(';').next())
            .find(|pair| pair.split_once('=').is_some_and(|(found, _)| found == name))
    }
}

const TOO_LONG: Duration = Duration::from_secs(10);
