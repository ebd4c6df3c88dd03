//! Instances of an example behind a balancer.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::iter::repeat_with;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Request;
use tempfile::TempDir;

use crate::balancer::Balancer;
use crate::client::Client;
use crate::example::Example;
use crate::instance::Instance;
use crate::load::Load;
use crate::requests::Requests;
use crate::shipped::Shipped;
use crate::shoppers::Shoppers;

/// Three instances, a backup instance and a balancer, all of them ready, and what makes requests
/// for them.
///
/// All that they write is in a folder that is removed with this value.
#[derive(Debug)]
pub struct Stack<R = Requests> {
    /// `api-1` to `api-3`.
    pub instances: [Instance; 3],
    /// `api-4`, which gets nothing while one of the others lives.
    pub backup: Instance,
    /// In front of them.
    pub balancer: Balancer,
    /// Of users who are logged in: for the API with a token that `api-1` has issued.
    pub requests: R,
    _folder: TempDir,
}

impl Stack {
    /// Starts the API, with one key.
    ///
    /// # Errors
    /// Something can not be built or started, or is not installed.
    pub async fn behind(shipped: Shipped) -> Result<Self> {
        let folder = folder()?;
        let key = folder.path().join("api.key");
        fs::write(&key, secret())?;
        let mut options = vec!["--key".into(), key.into_os_string()];
        options.extend(shipped.api_options().iter().map(OsString::from));
        let stack = Stack::start(Example::StatelessApi, &options, shipped, folder).await?;
        let [first, ..] = &stack.instances;
        let requests = Requests::with_token(&first.token().await?)?;
        Ok(stack.with(requests))
    }

    /// Starts a load on the balancer: what `make` makes of each request's number.
    pub fn load(
        &self,
        make: impl Fn(&Requests, usize) -> Request<Bytes> + Send + Sync + 'static,
    ) -> Load {
        let requests = self.requests.clone();
        Load::start(self.balancer.front().address(), move |number| make(&requests, number))
    }
}

impl Stack<Shoppers> {
    /// Starts the shop with one store, which may be in the folder, and has so many clients log in
    /// through the balancer.
    ///
    /// # Errors
    /// Something can not be built or started, or is not installed.
    pub async fn of_shops(
        shipped: Shipped,
        store: impl FnOnce(&Path) -> String,
        shoppers: usize,
    ) -> Result<Self> {
        let folder = folder()?;
        let options = ["--store".into(), store(folder.path()).into()];
        let stack = Stack::start_shops(&options, shipped, folder).await?;
        let shoppers = Shoppers::log_in(&mut stack.client(), shoppers).await?;
        Ok(stack.with(shoppers))
    }
}

impl Stack<()> {
    /// Starts the shop with these options, and has nobody log in.
    ///
    /// # Errors
    /// Something can not be built or started, or is not installed.
    pub async fn of_empty_shops(shipped: Shipped, options: &[OsString]) -> Result<Self> {
        Self::start_shops(options, shipped, folder()?).await
    }

    /// All of them know what the others have seen.
    async fn start_shops(options: &[OsString], shipped: Shipped, folder: TempDir) -> Result<Self> {
        let key = folder.path().join("shop.key");
        fs::write(&key, secret())?;
        let keys = ["--guard-key".into(), key.clone().into(), "--throttle-key".into(), key.into()];
        Self::start(Example::Shop, &[options, &keys].concat(), shipped, folder).await
    }

    async fn start(
        example: Example,
        options: &[OsString],
        shipped: Shipped,
        folder: TempDir,
    ) -> Result<Self> {
        let path = folder.path();
        let start = |name| Instance::start(example, name, options, path);
        let mut instances = [start("api-1")?, start("api-2")?, start("api-3")?];
        let mut backup = start("api-4")?;
        for instance in instances.iter_mut().chain([&mut backup]) {
            instance.is_ready().await?;
        }
        let [first, second, third] = &instances;
        let ports = [first, second, third, &backup].map(|instance| instance.port().number());
        let balancer = Balancer::start(shipped, path, ports).await?;
        Ok(Self { instances, backup, balancer, requests: (), _folder: folder })
    }

    fn with<R>(self, requests: R) -> Stack<R> {
        let Self { instances, backup, balancer, requests: (), _folder } = self;
        Stack { instances, backup, balancer, requests, _folder }
    }
}

impl<R> Stack<R> {
    /// A client of the balancer.
    pub fn client(&self) -> Client {
        Client::to(self.balancer.front().address())
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
fn folder() -> Result<TempDir> {
    let readable_by_all = Permissions::from_mode(0o755);
    Ok(tempfile::Builder::new().permissions(readable_by_all).tempdir()?)
}
