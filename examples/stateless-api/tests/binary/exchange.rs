use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::program::{DEADLINE, Demo};

/// One connection.
pub(crate) struct Connection(BufReader<TcpStream>);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: api\r\n\r\n"));
        self.answer()
    }

    pub(crate) fn answer(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.0.read_line(&mut head).unwrap(), 0, "closed after {head:?}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    pub(crate) fn is_closed(&mut self) -> bool {
        self.0.read(&mut [0]).unwrap() == 0
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is the last on its connection.
    pub(crate) fn closes(&self) -> bool {
        self.head.contains("\r\nconnection: close\r\n")
    }
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    Connection::to(address).get(path)
}

pub(crate) fn get_with(address: SocketAddr, path: &str, token: &str) -> Answer {
    let mut connection = Connection::to(address);
    connection.send(&format!(
        "GET {path} HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {token}\r\n\r\n"
    ));
    connection.answer()
}

pub(crate) fn post(address: SocketAddr, path: &str, token: &str, body: &str) -> Answer {
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

pub(crate) fn login(address: SocketAddr, demo: &Demo) -> Answer {
    let Demo { name, password } = demo;
    let body = serde_json::json!({ "username": name, "password": password }).to_string();
    let mut connection = Connection::to(address);
    connection.send(&post_text("/login", "", &body).replace("authorization: Bearer \r\n", ""));
    connection.answer()
}

pub(crate) fn token(address: SocketAddr, demo: &Demo) -> String {
    let answer = login(address, demo);
    answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}
