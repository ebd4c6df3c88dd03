//! What a Redis or a sentinel says, for those who wait for it to say something.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long one that lives takes.
const ANSWER: Duration = Duration::from_secs(1);

/// All that it answers to commands, as it is on the wire.
pub(crate) async fn talk(server: SocketAddr, commands: &[&str]) -> io::Result<String> {
    timeout(ANSWER, ask(server, commands)).await?
}

async fn ask(server: SocketAddr, commands: &[&str]) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    let lines: String =
        commands.iter().chain(&["PING"]).map(|line| format!("{line}\r\n")).collect();
    stream.write_all(lines.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"+PONG\r\n") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
