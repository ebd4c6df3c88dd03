use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics::{Recorder, SetRecorderError};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use metrics_util::layers::FanoutBuilder;
use tokio::net::TcpListener;
use tokio::time::interval;

use crate::{InstanceOptions, StartError};

/// What operators ask, at an address of its own, where no user of the service comes.
#[derive(Debug)]
pub struct Admin {
    listener: TcpListener,
    address: SocketAddr,
    figures: PrometheusHandle,
}

impl Admin {
    /// Binds the address, and records figures from now on; none without the option.
    ///
    /// # Errors
    /// If the address can't be had.
    pub async fn bind(options: &InstanceOptions) -> Result<Option<Self>, StartError> {
        Self::bind_and(options, metrics::set_global_recorder).await
    }

    /// The same, where another recorder gets the figures too.
    ///
    /// # Errors
    /// If the address can't be had.
    pub async fn bind_beside(
        options: &InstanceOptions,
        other: impl Recorder + Send + Sync + 'static,
    ) -> Result<Option<Self>, StartError> {
        Self::bind_and(options, |recorder| {
            let both = FanoutBuilder::default().add_recorder(recorder).add_recorder(other);
            metrics::set_global_recorder(both.build())
        })
        .await
    }

    async fn bind_and<R>(
        options: &InstanceOptions,
        install: impl FnOnce(PrometheusRecorder) -> Result<(), SetRecorderError<R>>,
    ) -> Result<Option<Self>, StartError> {
        let Some(listen) = options.admin_listen else { return Ok(None) };
        let about = |error| StartError::about(format!("--admin-listen {listen}"), error);
        let listener = TcpListener::bind(listen).await.map_err(about)?;
        let address = listener.local_addr().map_err(about)?;
        let recorder = recorder().map_err(|error| StartError::about("metrics", error))?;
        let figures = recorder.handle();
        install(recorder).map_err(|_| StartError::new("there is another recorder of metrics"))?;
        Ok(Some(Self { listener, address, figures }))
    }

    /// Serves `GET /metrics` and these routes, as long as the program runs.
    pub fn serve(self, routes: Router) {
        tracing::info!(address = %self.address, "operators are served");
        let figures = self.figures.clone();
        let metrics = get(async move || figures.render());
        let app = routes.route("/metrics", metrics);
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(tidy(self.figures));
        tokio::spawn(async move { axum::serve(self.listener, service).await });
    }
}

/// In seconds.
const CALLS: [f64; 12] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];
const SESSIONS: [f64; 9] =
    [60.0, 300.0, 900.0, 1_800.0, 3_600.0, 14_400.0, 43_200.0, 86_400.0, 604_800.0];

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".into()), &CALLS)?
        .set_buckets_for_metric(Matcher::Full("session_duration_seconds".into()), &SESSIONS)?
        .build_recorder())
}

/// What was observed since is kept as it came until somebody asks, or this is done.
async fn tidy(figures: PrometheusHandle) {
    let mut turn = interval(Duration::from_secs(5));
    loop {
        turn.tick().await;
        figures.run_upkeep();
    }
}
