use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use guard_layer::{ClientAddrLayer, ConfigErrorKind, ProxyProtocolListener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::check::app;

const PROXY: &str = "127.0.0.1";
const STRANGER: &str = "127.0.0.2";
const REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 6.6.6.6\r\n\r\n";

/// A server that answers with the client's address, and trusts one proxy.
struct Server {
    address: SocketAddr,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(deadline: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = ProxyProtocolListener::new(listener, [PROXY]).unwrap().deadline(deadline);
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let service = app(&ClientAddrLayer::peer());
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        Self { address, serving: tokio::spawn(axum::serve(listener, service).into_future()) }
    }

    async fn connect(&self, from: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// The status and the body of the response to a request after this header; none if the
    /// connection is closed.
    async fn ask(&self, from: &str, header: impl AsRef<[u8]>) -> Option<(u16, String)> {
        let mut stream = self.connect(from).await;
        stream.write_all(&[header.as_ref(), REQUEST.as_bytes()].concat()).await.unwrap();
        answer(&mut stream).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn server() -> Server {
    Server::start(Duration::from_secs(60)).await
}

async fn answer(stream: &mut TcpStream) -> Option<(u16, String)> {
    let mut response = Vec::new();
    while !is_whole(&response) {
        // A connection that is closed with bytes unread is reset.
        match stream.read_buf(&mut response).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let response = String::from_utf8(response).unwrap();
    let status = response.split(' ').nth(1)?.parse().unwrap();
    Some((status, response.rsplit_once("\r\n\r\n").unwrap().1.to_owned()))
}

/// Bodies here are shorter than a segment, so that they come with their head.
fn is_whole(response: &[u8]) -> bool {
    let text = String::from_utf8_lossy(response);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() == length.parse::<usize>().unwrap())
}

fn ok(address: &str) -> Option<(u16, String)> {
    Some((200, address.to_owned()))
}

/// A header of version 2 for a TCP connection from 192.0.2.1, or with another command.
fn binary(command: u8) -> Vec<u8> {
    let fixed = [b"\r\n\r\n\0\r\nQUIT\n".as_slice(), &[command, 0x11, 0, 12]].concat();
    [fixed, vec![192, 0, 2, 1, 127, 0, 0, 1, 0x1f, 0x90, 0, 80]].concat()
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_in_a_line() {
    let server = server().await;
    let line = "PROXY TCP4 192.0.2.1 127.0.0.1 8080 80\r\n";
    assert_eq!(server.ask(PROXY, line).await, ok("192.0.2.1"));
    let line = "PROXY TCP6 2001:db8::1 ::1 8080 80\r\n";
    assert_eq!(server.ask(PROXY, line).await, ok("2001:db8::1"));
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_in_binary() {
    assert_eq!(server().await.ask(PROXY, binary(0x21)).await, ok("192.0.2.1"));
}

#[tokio::test]
async fn an_ipv4_mapped_client_is_the_ipv4_client() {
    let line = "PROXY TCP6 ::ffff:192.0.2.1 ::1 8080 80\r\n";
    assert_eq!(server().await.ask(PROXY, line).await, ok("192.0.2.1"));
}

#[tokio::test]
async fn a_client_that_the_proxy_does_not_know_has_no_address() {
    assert_eq!(server().await.ask(PROXY, "PROXY UNKNOWN\r\n").await, ok("unknown"));
}

#[tokio::test]
async fn a_connection_of_the_proxy_itself_is_of_the_proxy() {
    assert_eq!(server().await.ask(PROXY, binary(0x20)).await, ok(PROXY));
}

#[tokio::test]
async fn the_client_is_named_once_for_all_requests_of_a_connection() {
    let server = server().await;
    let mut stream = server.connect(PROXY).await;
    stream.write_all(&binary(0x21)).await.unwrap();
    for _ in 0..2 {
        stream.write_all(REQUEST.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut stream).await, ok("192.0.2.1"));
    }
}

#[tokio::test]
async fn a_header_may_come_in_pieces() {
    let server = server().await;
    let mut stream = server.connect(PROXY).await;
    stream.set_nodelay(true).unwrap();
    for byte in binary(0x21) {
        stream.write_all(&[byte]).await.unwrap();
    }
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    assert_eq!(answer(&mut stream).await, ok("192.0.2.1"));
}

#[tokio::test]
async fn a_stranger_is_the_client_itself() {
    assert_eq!(server().await.ask(STRANGER, "").await, ok(STRANGER));
}

#[tokio::test]
async fn a_header_of_a_stranger_is_a_bad_request() {
    let server = server().await;
    for header in [b"PROXY TCP4 192.0.2.1 127.0.0.1 1 80\r\n".to_vec(), binary(0x21)] {
        let (status, body) = server.ask(STRANGER, header).await.unwrap();
        assert_eq!((status, body.as_str()), (400, ""));
    }
}

#[tokio::test]
async fn a_trusted_proxy_without_a_header_is_cut_off() {
    assert_eq!(server().await.ask(PROXY, "").await, None);
}

#[tokio::test]
async fn a_malformed_header_closes_its_own_connection_only() {
    let server = server().await;
    let mut good = server.connect(PROXY).await;
    let mut too_long = binary(0x21);
    too_long[14] = 0xff;
    for header in [b"PROXY TCP4 192.0.2.1\r\n".to_vec(), binary(0x2f), too_long] {
        assert_eq!(server.ask(PROXY, header).await, None);
    }
    good.write_all(&[&binary(0x21), REQUEST.as_bytes()].concat()).await.unwrap();
    assert_eq!(answer(&mut good).await, ok("192.0.2.1"));
}

#[tokio::test]
async fn a_header_that_is_late_closes_its_own_connection_only() {
    let server = Server::start(Duration::from_secs(1)).await;
    let mut silent = server.connect(PROXY).await;
    let mut slow = server.connect(PROXY).await;
    slow.write_all(b"PROXY TCP4 192").await.unwrap();
    assert_eq!(server.ask(PROXY, binary(0x21)).await, ok("192.0.2.1"));
    assert_eq!(answer(&mut silent).await, None);
    assert_eq!(answer(&mut slow).await, None);
    assert_eq!(server.ask(STRANGER, "").await, ok(STRANGER));
}

#[tokio::test]
async fn who_connects_and_says_nothing_keeps_nobody_waiting() {
    let server = server().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(server.connect(PROXY).await);
    }
    assert_eq!(server.ask(PROXY, binary(0x21)).await, ok("192.0.2.1"));
}

#[tokio::test]
async fn proxies_that_can_not_be_trusted_are_refused() {
    let proxies: [(&[&str], _); 4] = [
        (&[], ConfigErrorKind::NoTrustedProxy),
        (&["10.0.0.0/8", "proxy.internal"], ConfigErrorKind::InvalidNetwork),
        (&["10.0.0.1/8"], ConfigErrorKind::HostBits),
        (&["0.0.0.0/0"], ConfigErrorKind::EveryAddress),
    ];
    for (proxies, kind) in proxies {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        assert_eq!(ProxyProtocolListener::new(listener, proxies).unwrap_err().kind(), kind);
    }
}
