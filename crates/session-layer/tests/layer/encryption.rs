//! What the backend gets of an encrypted session.

use axum::http::StatusCode;
use session_layer::SessionLayer;

use crate::app::App;

#[tokio::test]
async fn the_backend_gets_nothing_that_it_could_read() {
    let app = App::with(|layer| layer.encrypted([7; 32]));
    let mut browser = app.browser();
    browser.get("/set/shoesize/forty-two").await;
    browser.get("/remember/alice").await;
    browser.get("/set/shoesize/forty-three").await;
    browser.get("/rotate").await;
    browser.get("/get/shoesize").await.says("forty-three");
    let written = app.spy.written();
    assert_eq!(written.len(), 4);
    for payload in written {
        let text = String::from_utf8_lossy(payload.as_bytes()).into_owned();
        assert!(!text.contains("shoe") && !text.contains("forty") && !text.contains("a test"));
    }
}

#[tokio::test]
async fn an_older_key_is_read_and_an_unknown_one_is_a_fault_that_harms_nothing() {
    let app = App::with(|layer| layer.encrypted([7; 32]));
    let mut browser = app.logged_in("alice").await;
    let layer = |key, older: Option<[u8; 32]>| {
        let builder =
            SessionLayer::builder(app.spy.clone()).encrypted(key).clock(app.clock.clone());
        match older {
            Some(older) => builder.older_encryption_key(older),
            None => builder,
        }
        .build()
        .unwrap()
    };
    let mut newer = browser.through(layer([8; 32], Some([7; 32])));
    newer.get("/user").await.says("alice");
    let answer = browser.through(layer([9; 32], None)).get("/user").await;
    answer.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.set_cookie(), None);
    browser.get("/user").await.says("alice");
}
