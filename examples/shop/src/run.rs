use std::ffi::OsString;
use std::future::ready;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use example_service::{Admin, Server, StartError, Welcome, exit, parse, start_logging};
use session_layer::console::Figures;
use session_layer::keep_swept;

use crate::options::Command;
use crate::shop::KIND;
use crate::stores::Stores;
use crate::to_try::ToTry;
use crate::{Options, Shop, app, operators};

/// How often expired sessions are removed; more often if they live less long.
const SWEEP: Duration = Duration::from_secs(60);

/// How often files of places are looked at.
const GEO: Duration = Duration::from_secs(60);

/// Does what the command line asks for, up to its end.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options: Options = match parse(arguments) {
        Ok(options) => options,
        Err(code) => return code,
    };
    exit(match &options.command {
        Some(Command::HashPassword(user)) => user.run(),
        None => start(&options).await,
    })
}

async fn start(options: &Options) -> Result<(), StartError> {
    start_logging(&options.instance)?;
    let figures = Figures::new();
    let admin = Admin::bind_beside(&options.instance, figures.clone()).await?;
    let stores = Stores::open(options).await?;
    let shop = Shop::new(options, Arc::clone(&stores.backend), figures)?;
    let server = Server::bind(&options.instance).await?;
    let (instance, address) = (options.instance.name(KIND), server.address());
    if options.store.is_fleeting() {
        tracing::warn!(
            "sessions are in memory: no other instance knows them, and they end with this one"
        );
    }
    if options.throttle_key.is_none() {
        tracing::warn!(
            "there is no --throttle-key: failed logins are counted by this instance alone"
        );
    }
    if options.guard_key.is_none() {
        tracing::warn!(
            "there is no --guard-key: the guard knows what this instance has seen, and no other"
        );
    }
    tracing::info!(instance, %address, store = %options.store, "listening");
    let welcome = Welcome { instance: &instance, address, demos: shop.demos() };
    if let Some(admin) = admin {
        tokio::spawn(shop.console.clone().keep_watch());
        admin.serve(operators(shop.clone()));
    }
    welcome.print(ToTry { welcome: &welcome, options });
    let sweep = SWEEP.min(options.session_idle / 6);
    tokio::spawn(keep_swept(Arc::clone(&stores.backend), sweep));
    if let Some(places) = shop.places.clone() {
        tokio::spawn(places.keep_current(GEO));
    }
    let (lifecycle, security_log) = (shop.lifecycle().clone(), shop.security_log.clone());
    let served = server.serve(app(shop), lifecycle, ready(())).await;
    security_log.written().await;
    stores.flushed().await;
    served
}
