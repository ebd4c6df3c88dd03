//! Instances of the API behind a balancer.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::iter::repeat_with;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Request;
use tempfile::TempDir;

use crate::balancer::Balancer;
use crate::client::Client;
use crate::instance::Instance;
use crate::load::Load;
use crate::requests::Requests;
use crate::shipped::Shipped;

/// Three instances with one key, a backup instance and a balancer, all of them ready.
///
/// All that they write is in a folder that is removed with this value.
#[derive(Debug)]
pub struct Stack {
    /// `api-1` to `api-3`.
    pub instances: [Instance; 3],
    /// `api-4`, which gets nothing while one of the others lives.
    pub backup: Instance,
    /// In front of them.
    pub balancer: Balancer,
    /// Of a user with a token that `api-1` has issued.
    pub requests: Requests,
    _folder: TempDir,
}

impl Stack {
    /// Starts all of it.
    ///
    /// # Errors
    /// Something can not be built or started, or is not installed.
    pub async fn behind(shipped: Shipped) -> Result<Self> {
        let folder = tempfile::Builder::new().permissions(readable_by_all()).tempdir()?;
        let path = folder.path();
        let key = path.join("api.key");
        fs::write(&key, secret())?;
        let mut options = vec!["--key".into(), key.into_os_string()];
        options.extend(shipped.api_options().iter().map(OsString::from));
        let start = |name| Instance::start(name, &options, path);
        let mut instances = [start("api-1")?, start("api-2")?, start("api-3")?];
        let mut backup = start("api-4")?;
        for instance in instances.iter_mut().chain([&mut backup]) {
            instance.is_ready().await?;
        }
        let [first, second, third] = &instances;
        let ports = [first, second, third, &backup].map(|instance| instance.port().number());
        let balancer = Balancer::start(shipped, path, ports).await?;
        let requests = Requests::with_token(&first.token().await?)?;
        Ok(Self { instances, backup, balancer, requests, _folder: folder })
    }

    /// A client of the balancer.
    pub fn client(&self) -> Client {
        Client::to(self.balancer.front().address())
    }

    /// Starts a load on the balancer: what `make` makes of each request's number.
    pub fn load(
        &self,
        make: impl Fn(&Requests, usize) -> Request<Bytes> + Send + Sync + 'static,
    ) -> Load {
        let requests = self.requests.clone();
        Load::start(self.balancer.front().address(), move |number| make(&requests, number))
    }

    /// The instance of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn instance(&mut self, name: &str) -> Result<&mut Instance> {
        let mut all = self.instances.iter_mut().chain([&mut self.backup]);
        all.find(|instance| instance.name() == name).with_context(|| format!("no instance {name}"))
    }
}

/// A secret for HS256.
fn secret() -> String {
    repeat_with(fastrand::alphanumeric).take(64).collect()
}

/// nginx as root gives up root for its workers, which then have to enter the folder.
fn readable_by_all() -> Permissions {
    Permissions::from_mode(0o755)
}
