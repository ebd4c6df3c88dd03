use std::net::SocketAddr;

use example_service::test_util::{Connection, Exchange, Login};

pub(crate) fn get_with(address: SocketAddr, path: &str, token: &str) -> Exchange {
    let mut connection = Connection::to(address);
    connection.send(&format!(
        "GET {path} HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {token}\r\n\r\n"
    ));
    connection.answer()
}

pub(crate) fn post(address: SocketAddr, path: &str, token: &str, body: &str) -> Exchange {
    let mut connection = Connection::to(address);
    connection.send(&post_text(path, token, body));
    connection.answer()
}

pub(crate) fn post_text(path: &str, token: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

pub(crate) fn login(address: SocketAddr, demo: &Login) -> Exchange {
    let Login { name, password } = demo;
    let body = serde_json::json!({ "username": name, "password": password }).to_string();
    let mut connection = Connection::to(address);
    connection.send(&post_text("/login", "", &body).replace("authorization: Bearer \r\n", ""));
    connection.answer()
}

pub(crate) fn token(address: SocketAddr, demo: &Login) -> String {
    let answer = login(address, demo);
    answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}
