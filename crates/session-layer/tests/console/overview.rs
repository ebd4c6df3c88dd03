use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tokio::task::yield_now;
use tokio::time::advance;

use crate::app::{App, MINUTE, pass};

#[tokio::test(start_paused = true)]
async fn an_alert_fires_and_clears_by_the_figures() {
    let app = App::with(|console| console.capacity(100));
    let mut operator = app.operator().await;
    let watch = tokio::spawn(app.console.clone().keep_watch());
    assert_eq!(operator.get("/console/overview").await.alert("Near capacity"), "unknown");
    gauge!("session_active").set(90.0);
    pass(MINUTE * 4).await;
    assert_eq!(operator.get("/console/overview").await.alert("Near capacity"), "quiet");
    gauge!("session_active").set(90.0);
    pass(MINUTE * 2).await;
    let answer = operator.get("/console/overview").await;
    assert_eq!(answer.alert("Near capacity"), "firing");
    answer.shows("90 %");
    gauge!("session_active").set(70.0);
    pass(MINUTE).await;
    assert_eq!(operator.get("/console/overview").await.alert("Near capacity"), "quiet");
    watch.abort();
}

#[tokio::test(start_paused = true)]
async fn figures_are_told_as_pictures_and_in_words() {
    let app = App::new();
    let mut operator = app.operator().await;
    let watch = tokio::spawn(app.console.clone().keep_watch());
    for _ in 0..30 {
        counter!("session_created_total").increment(50);
        histogram!("session_backend_duration_seconds", "backend" => "redis", "verb" => "load")
            .record(0.004);
        pass(MINUTE / 6).await;
    }
    let answer = operator.get("/console/overview").await;
    answer.shows("<figcaption>Sessions begun</figcaption>");
    answer.shows("aria-label=\"Sessions begun: 5 /s; in the last hour 5 /s to 5 /s");
    answer.shows("<path d=\"M");
    answer.shows("now 5 /s");
    watch.abort();
}

#[tokio::test(start_paused = true)]
async fn a_new_instance_shows_figures_before_it_has_noted_them_twice() {
    let app = App::new();
    let mut operator = app.operator().await;
    let watch = tokio::spawn(app.console.clone().keep_watch());
    yield_now().await;
    operator.get("/console/overview").await.hides("now 5 /s");
    counter!("session_created_total").increment(10);
    advance(Duration::from_secs(2)).await;
    let answer = operator.get("/console/overview").await;
    answer.shows("aria-label=\"Sessions begun: 5 /s;");
    assert_eq!(answer.alert("Backend failing"), "unknown");
    watch.abort();
}

#[tokio::test]
async fn without_figures_there_is_no_data_rather_than_nothing_wrong() {
    let app = App::new();
    let answer = app.operator().await.get("/console/overview").await;
    answer.shows("no data");
    for alert in ["Near capacity", "Backend slow", "Hit rate low", "Backend failing"] {
        assert_eq!(answer.alert(alert), "unknown");
    }
}

#[tokio::test(start_paused = true)]
async fn the_ages_of_keys_are_told_where_there_are_keys() {
    let app = App::new();
    let mut operator = app.operator().await;
    let watch = tokio::spawn(app.console.clone().keep_watch());
    pass(MINUTE).await;
    operator.get("/console/overview").await.hides("Keys of issuers");
    gauge!("jwt_keys_fetched_timestamp_seconds", "from" => "login.example")
        .set(1_800_000_000.0 - 600.0);
    pass(MINUTE).await;
    let answer = operator.get("/console/overview").await;
    answer.shows("<dt>login.example</dt><dd>fetched 10 min ago</dd>");
    watch.abort();
}
