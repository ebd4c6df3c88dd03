//! The configurations that are shipped in `examples/balancers`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::server::{CADDY, ENVOY, HAPROXY, NGINX, Server, TRAEFIK};

/// A configuration of `examples/balancers`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shipped {
    /// nginx, in turn.
    Nginx,
    /// The same, changed as its comment says: with TLS as well, and with a page of an application
    /// at `/app`, beside what the instances serve.
    NginxTls,
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
    /// HAProxy, in turn, that passes on bytes and names the client with the PROXY protocol, version 2.
    HaProxyTcp,
    /// The same, changed as its comment says: version 1.
    HaProxyTcpLine,
    /// Caddy, in turn.
    Caddy,
    /// The same, changed as its comment says: by the cookie `srv_id` that it gives itself.
    CaddySticky,
    /// Envoy, by the cookie `srv_id` that it gives itself.
    Envoy,
    /// Traefik, by the cookie `srv_id` that it gives itself.
    Traefik,
}

/// The ports for clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fronts {
    pub(crate) plain: u16,
    /// Of those that have one.
    pub(crate) tls: u16,
}

/// What there is to know of one.
struct Configuration {
    server: Server,
    file: &'static str,
    /// The files that the first one names.
    beside: &'static [&'static str],
    /// What stands in them, and what is put in its place.
    changes: &'static [(&'static str, &'static str)],
    /// Whether it has a front for TLS too.
    has_tls: bool,
    /// What the instances behind it need beyond the usual options.
    api_options: &'static [&'static str],
}

impl Shipped {
    fn configuration(self) -> Configuration {
        let of = Configuration::of;
        match self {
            Self::Nginx => of(NGINX, "nginx.conf"),
            Self::NginxTls => Configuration { has_tls: true, ..Self::Nginx.configuration() }
                .changed(&[("# With TLS: ", ""), ("location / {", APP)]),
            Self::NginxIpHash => of(NGINX, "nginx-ip-hash.conf"),
            Self::NginxSticky => of(NGINX, "nginx-sticky.conf"),
            Self::NginxServiceCookie => Self::NginxSticky
                .configuration()
                .service_cookie(&[("add_header ", "# add_header ")]),
            Self::HaProxy => of(HAPROXY, "haproxy.cfg"),
            Self::HaProxySticky => of(HAPROXY, "haproxy-sticky.cfg"),
            Self::HaProxyServiceCookie => Self::HaProxySticky
                .configuration()
                .service_cookie(&[("cookie srv_id insert", "cookie srv_id #")]),
            Self::HaProxyTcp => of(HAPROXY, "haproxy-tcp.cfg").proxy_protocol(),
            Self::HaProxyTcpLine => {
                Self::HaProxyTcp.configuration().changed(&[(" send-proxy-v2 ", " send-proxy ")])
            }
            Self::Caddy => of(CADDY, "Caddyfile"),
            Self::CaddySticky => of(CADDY, "Caddyfile")
                .changed(&[("lb_policy round_robin\n", "lb_policy cookie srv_id secret\n")]),
            Self::Envoy => of(ENVOY, "envoy.yaml"),
            Self::Traefik => of(TRAEFIK, "traefik.yaml").with(&["traefik-dynamic.yaml"]),
        }
    }

    /// Writes it into the folder, with these ports instead of the shipped ones, and tells what
    /// starts its server there.
    pub(crate) fn command(
        self,
        folder: &Path,
        fronts: Fronts,
        backends: [u16; 4],
    ) -> Result<Command> {
        let configuration = self.configuration();
        for (file, text) in configuration.texts(fronts, backends)? {
            fs::write(folder.join(file), text)?;
        }
        if configuration.has_tls {
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed([HOST.to_owned()])?;
            fs::write(folder.join("tls.crt"), cert.pem())?;
            fs::write(folder.join("tls.key"), signing_key.serialize_pem())?;
        }
        configuration.server.command(folder, configuration.file)
    }

    /// What the instances behind it need beyond the usual options.
    pub(crate) fn api_options(self) -> &'static [&'static str] {
        self.configuration().api_options
    }
}

impl Configuration {
    fn of(server: Server, file: &'static str) -> Self {
        Self { server, file, beside: &[], changes: &[], has_tls: false, api_options: &[] }
    }

    fn with(self, beside: &'static [&'static str]) -> Self {
        Self { beside, ..self }
    }

    fn changed(self, changes: &'static [(&'static str, &'static str)]) -> Self {
        Self { changes, ..self }
    }

    fn service_cookie(self, changes: &'static [(&'static str, &'static str)]) -> Self {
        Self { api_options: &["--sticky", "--sticky-plain-http"], ..self.changed(changes) }
    }

    fn proxy_protocol(self) -> Self {
        Self { api_options: &["--proxy-protocol"], ..self }
    }

    /// Its files and their texts, with these ports instead of the shipped ones.
    fn texts(&self, fronts: Fronts, backends: [u16; 4]) -> Result<Vec<(&'static str, String)>> {
        let mut texts = Vec::new();
        for file in [self.file].iter().chain(self.beside) {
            texts.push((*file, fs::read_to_string(Path::new(FOLDER).join(file)).context(*file)?));
        }
        for (from, to) in self.changes {
            replace(&mut texts, &[((*from).to_owned(), (*to).to_owned())])?;
        }
        let tls = self.has_tls.then_some((TLS_FRONT, fronts.tls));
        let fronts = [(FRONT, fronts.plain)].into_iter().chain(tls);
        for (shipped, drawn) in BACKENDS.into_iter().zip(backends).chain(fronts) {
            let forms = [":", "port_value: "];
            let forms = forms.map(|form| (format!("{form}{shipped}"), format!("{form}{drawn}")));
            replace(&mut texts, &forms)?;
        }
        Ok(texts)
    }
}

/// Replaces all of these in all texts, of which one at least has one of them.
fn replace(texts: &mut [(&str, String)], pairs: &[(String, String)]) -> Result<()> {
    let has = |(from, _): &(String, String)| texts.iter().any(|(_, text)| text.contains(from));
    ensure!(pairs.iter().any(has), "nowhere in {texts:?} is one of {pairs:?} any more");
    for (_, text) in texts {
        for (from, to) in pairs {
            *text = text.replace(from, to);
        }
    }
    Ok(())
}

/// Whom the certificate is for.
const HOST: &str = "shop.example";

const APP: &str = "location = /app {
            default_type text/html;
            return 200 '<!doctype html><title>An application</title>';
        }

        location / {";

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/balancers");
const FRONT: u16 = 8000;
const TLS_FRONT: u16 = 8443;
const BACKENDS: [u16; 4] = [8081, 8082, 8083, 8084];
