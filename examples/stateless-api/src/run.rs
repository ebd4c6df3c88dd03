use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use example_service::{Admin, Server, StartError, Welcome, exit, parse, start_logging};
use tokio::time::timeout;

use crate::api::KIND;
use crate::options::Command;
use crate::to_try::ToTry;
use crate::{Api, Options, app};

/// How long it is not ready for want of another issuer's keys. Then it serves all who do not need
/// them: an issuer that is down must not keep every instance out.
const KEYS: Duration = Duration::from_secs(10);

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
    let admin = Admin::bind(&options.instance).await?;
    let api = Api::new(options)?;
    let server = Server::bind(&options.instance).await?;
    let (instance, address) = (options.instance.name(KIND), server.address());
    if options.key.is_none() {
        tracing::warn!(
            "there is no --key: tokens are signed with a fresh key, which no other instance knows \
             and which ends with this one"
        );
    }
    if options.bind_tokens && options.bind_key.is_none() {
        tracing::warn!(
            "there is no --bind-key: tokens are bound with a fresh one, and every other instance \
             refuses them"
        );
    }
    tracing::info!(instance, %address, "listening");
    let welcome = Welcome { instance: &instance, address, demos: api.demos() };
    if let Some(admin) = admin {
        admin.serve(Router::new());
    }
    welcome.print(ToTry { welcome: &welcome, bound: options.bind_tokens });
    let lifecycle = api.lifecycle().clone();
    server.serve(app(api.clone()), lifecycle, has_keys(&api)).await
}

/// Comes back with the keys of the other issuers, or without them if they take too long.
async fn has_keys(api: &Api) {
    if timeout(KEYS, api.has_all_keys()).await.is_err() {
        tracing::warn!("ready without the keys of an issuer: its tokens get 503 until they come");
    }
}
