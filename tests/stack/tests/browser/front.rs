//! nginx between browsers and an instance, with TLS and without.

use std::ffi::OsString;

use anyhow::Result;
use stack_tests::{Balancer, Example, Instance, Shipped};
use test_servers::Folder;

/// A name whose pages browsers take for safe over TLS only, other than those of `localhost`.
pub(crate) const HOST: &str = "shop.example";

/// An instance of an example behind nginx, which has a certificate that nobody vouches for.
#[derive(Debug)]
pub(crate) struct Front {
    nginx: Balancer,
    _instance: Instance,
    _folder: Folder,
}

impl Front {
    pub(crate) async fn of(example: Example, options: &[&str]) -> Result<Self> {
        let folder = Folder::create()?;
        let options: Vec<_> = options.iter().map(OsString::from).collect();
        let mut instance = Instance::start(example, "one", &options, folder.path())?;
        instance.is_ready().await?;
        let backends = [instance.port().number(); 4];
        let nginx = Balancer::start(Shipped::NginxTls, folder.path(), backends).await?;
        Ok(Self { nginx, _instance: instance, _folder: folder })
    }

    pub(crate) fn https(&self) -> String {
        format!("https://{HOST}:{}", self.nginx.tls_front().number())
    }

    pub(crate) fn http(&self) -> String {
        format!("http://{HOST}:{}", self.nginx.front().number())
    }
}
