use std::net::SocketAddr;

use guard_layer::ClientAddrLayer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::check::app;

/// Serves the layer, sends it one request over a socket, and gives the body of the response.
async fn ask(layer: ClientAddrLayer, lines: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let service = app(&layer).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(axum::serve(listener, service).into_future());

    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();

    serving.abort();
    response.rsplit_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn over_a_socket_the_peer_is_the_client() {
    let body = ask(ClientAddrLayer::peer(), "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert_eq!(body, "127.0.0.1");
}

#[tokio::test]
async fn over_a_socket_a_trusted_proxy_names_the_client() {
    let layer = ClientAddrLayer::builder().trusted_proxies(["127.0.0.0/8"]).build().unwrap();
    let lines = "X-Forwarded-For: 198.51.100.7\r\nx-forwarded-for: 192.0.2.1, 127.0.0.2\r\n";
    assert_eq!(ask(layer, lines).await, "192.0.2.1");
}

#[tokio::test]
async fn over_a_socket_forwarded_names_the_client() {
    let layer = ClientAddrLayer::builder().trusted_hops(1).forwarded().build().unwrap();
    assert_eq!(ask(layer, "Forwarded: for=\"[2001:db8::1]:5\"\r\n").await, "2001:db8::1");
}
