use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use auth_core::SharedClock;
use axum::Router;
use axum::extract::connect_info::MockConnectInfo;
use clap::Parser;
use example_service::test_util::{Files, users};
use example_service::{Lifecycle, Phase};
use session_layer::backend::{Backend, MemoryBackend};
use session_layer::console::Figures;
use shop::{Options, Shop, app, operators};

use crate::client::Client;

/// The shop with two users, alice and bob.
pub(crate) struct Service {
    app: Router,
    operators: Router,
    pub(crate) lifecycle: Lifecycle,
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// With further options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let service = Self::starting(options);
        service.lifecycle.enter(Phase::Serving);
        service
    }

    /// Two instances with one store, and one secret for their guards.
    pub(crate) fn two(options: &[&str]) -> [Self; 2] {
        Self::two_by(&SharedClock::default(), options)
    }

    /// The same, by a clock of the test.
    pub(crate) fn two_by(clock: &SharedClock, options: &[&str]) -> [Self; 2] {
        let backend = MemoryBackend::builder().clock(clock.clone()).build().unwrap();
        let (files, backend) = (Files::new(), Arc::new(backend));
        let key = files.write("key", "a secret of all instances, 32 bytes or more");
        let all = [options, &["--guard-key", &key]].concat();
        [(); 2].map(|()| {
            let service = Self::over(backend.clone(), clock, &all);
            service.lifecycle.enter(Phase::Serving);
            service
        })
    }

    /// On this store.
    pub(crate) fn on(backend: impl Backend) -> Self {
        let service = Self::over(Arc::new(backend), &SharedClock::default(), &[]);
        service.lifecycle.enter(Phase::Serving);
        service
    }

    /// Not ready yet.
    pub(crate) fn starting(options: &[&str]) -> Self {
        Self::over(Arc::new(MemoryBackend::new()), &SharedClock::default(), options)
    }

    fn over(backend: Arc<dyn Backend>, clock: &SharedClock, options: &[&str]) -> Self {
        let files = Files::new();
        let users = files.write("users", &users());
        let all = [&["shop", "--instance", "shop-1", "--users", &users], options].concat();
        let options = Options::try_parse_from(all).unwrap();
        let shop = Shop::with_clock(&options, backend, Figures::new(), clock).unwrap();
        let lifecycle = shop.lifecycle().clone();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        let operators = operators(shop.clone()).layer(MockConnectInfo(peer));
        Self { app: app(shop).layer(MockConnectInfo(peer)), operators, lifecycle }
    }

    /// A client without a cookie.
    pub(crate) fn client(&self) -> Client {
        Client::of(self.app.clone())
    }

    /// One at the address for operators.
    pub(crate) fn client_of_operators(&self) -> Client {
        Client::of(self.operators.clone())
    }

    /// A client whose user is logged in.
    pub(crate) async fn logged_in(&self, user: &str) -> Client {
        let mut client = self.client();
        client.log_in(user).await;
        client
    }
}
