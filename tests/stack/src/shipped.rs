//! The configurations that are shipped in `examples/balancers`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use test_servers::program;

/// A configuration of `examples/balancers`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shipped {
    /// nginx, in turn.
    Nginx,
    /// nginx, by the client's address.
    NginxIpHash,
    /// nginx, by the cookie `srv_id` that it gives itself.
    NginxSticky,
    /// The same, changed as its comment says: the API gives the cookie.
    NginxServiceCookie,
    /// HAProxy, in turn.
    HaProxy,
    /// HAProxy, by the cookie `srv_id` that it gives itself.
    HaProxySticky,
    /// The same, changed as its comment says: the API gives the cookie.
    HaProxyServiceCookie,
}

impl Shipped {
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Nginx => "nginx.conf",
            Self::NginxIpHash => "nginx-ip-hash.conf",
            Self::NginxSticky | Self::NginxServiceCookie => "nginx-sticky.conf",
            Self::HaProxy => "haproxy.cfg",
            Self::HaProxySticky | Self::HaProxyServiceCookie => "haproxy-sticky.cfg",
        }
    }

    /// The command of the README beside the configurations.
    pub(crate) fn command(self, folder: &Path, configuration: &Path) -> Result<Command> {
        if self.file().starts_with("nginx") {
            let mut command = Command::new(program("nginx", "nginx-light")?);
            command.arg("-p").arg(folder).arg("-c").arg(configuration).args(["-e", "stderr"]);
            return Ok(command);
        }
        let mut command = Command::new(program("haproxy", "haproxy")?);
        command.arg("-db").arg("-f").arg(configuration);
        Ok(command)
    }

    /// What the instances behind it need beyond the usual options.
    pub(crate) fn api_options(self) -> &'static [&'static str] {
        match self {
            Self::NginxServiceCookie | Self::HaProxyServiceCookie => {
                &["--sticky", "--sticky-plain-http"]
            }
            _ => &[],
        }
    }

    /// The file's text, with these ports instead of the shipped ones.
    pub(crate) fn text(self, front: u16, backends: [u16; 4]) -> Result<String> {
        let path = Path::new(FOLDER).join(self.file());
        let text = fs::read_to_string(&path).with_context(|| self.file())?;
        let mut text = self.with_cookie_of_service(text)?;
        for (shipped, drawn) in BACKENDS.into_iter().zip(backends).chain([(FRONT, front)]) {
            text = replaced(&text, &format!(":{shipped}"), &format!(":{drawn}"))?;
        }
        Ok(text)
    }

    fn with_cookie_of_service(self, text: String) -> Result<String> {
        match self {
            Self::NginxServiceCookie => replaced(&text, "add_header ", "# add_header "),
            Self::HaProxyServiceCookie => {
                replaced(&text, "cookie srv_id insert", "cookie srv_id #")
            }
            _ => Ok(text),
        }
    }
}

fn replaced(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(text.contains(from), "there is no {from:?} in this configuration any more: {text}");
    Ok(text.replace(from, to))
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/balancers");
const FRONT: u16 = 8000;
const BACKENDS: [u16; 4] = [8081, 8082, 8083, 8084];
