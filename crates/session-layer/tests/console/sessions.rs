use std::time::Duration;

use axum::http::StatusCode;

use crate::app::{App, MINUTE};
use crate::client::Answer;

/// The handles of the sessions that a page has.
fn handles(answer: &Answer) -> Vec<String> {
    let after = answer.text.split("name=\"handle\" value=\"").skip(1);
    after.map(|text| text.split('"').next().unwrap().to_owned()).collect()
}

fn leaked(form: String) -> &'static str {
    Box::leak(form.into_boxed_str())
}

#[tokio::test]
async fn the_sessions_of_a_user_are_found_by_name() {
    let app = App::new();
    let mut operator = app.operator().await;
    let _devices = (app.logged_in("alice").await, app.logged_in("alice").await);
    app.wait(Duration::from_secs(125));
    let answer = operator.get("/console/sessions?user=alice").await;
    answer.shows("Live sessions of alice: 2");
    answer.shows("<h3>a test</h3>");
    answer.shows("2027-01-15 08:00:00 UTC");
    answer.shows("2 min ago");
    assert_eq!(handles(&answer).len(), 2);
}

#[tokio::test]
async fn nobody_is_found_where_nobody_is() {
    let app = App::new();
    let mut operator = app.operator().await;
    operator.get("/console/sessions").await.hides("Live sessions of");
    operator.get("/console/sessions?user=").await.hides("Live sessions of");
    operator.get("/console/sessions?user=bob").await.shows("There is none.");
    operator.get("/console/sessions?ended=x").await.shows("Find sessions");
}

#[tokio::test]
async fn a_name_is_text_and_nothing_else() {
    let app = App::new();
    let mut operator = app.operator().await;
    let answer = operator.get("/console/sessions?user=%22%3E%3Cscript%3E").await;
    answer.shows("Live sessions of &quot;&gt;&lt;script&gt;: 0");
    answer.hides("<script>");
}

#[tokio::test]
async fn a_session_that_is_ended_is_ended_and_the_others_stay() {
    let app = App::new();
    let mut operator = app.operator().await;
    let (mut phone, mut laptop) = (app.logged_in("alice").await, app.logged_in("alice").await);
    let found = operator.get("/console/sessions?user=alice").await;
    let form = leaked(format!("user=alice&handle={}", handles(&found)[0]));
    let answer = operator.form("/console/end-session", form).await;
    answer.leads_to("sessions?user=alice&ended=1");
    let users = [phone.get("/me").await.text, laptop.get("/me").await.text];
    assert_eq!(users.iter().filter(|user| *user == "nobody").count(), 1, "{users:?}");
    let answer = operator.get("/console/sessions?user=alice&ended=1").await;
    answer.shows("One session was ended.");
    answer.shows("Live sessions of alice: 1");
    let again = operator.form("/console/end-session", form).await;
    again.leads_to("sessions?user=alice&ended=0");
}

#[tokio::test]
async fn all_sessions_of_a_user_are_ended_at_once() {
    let app = App::new();
    let mut operator = app.operator().await;
    let (mut phone, mut laptop) = (app.logged_in("alice").await, app.logged_in("alice").await);
    let answer = operator.form("/console/end-sessions", "user=alice").await;
    answer.leads_to("sessions?user=alice&ended=2");
    for device in [&mut phone, &mut laptop] {
        assert_eq!(device.get("/me").await.text, "nobody");
    }
    assert_eq!(operator.get("/me").await.text, "admin");
}

#[tokio::test]
async fn the_way_back_holds_for_every_name() {
    let app = App::new();
    let mut operator = app.operator().await;
    let answer = operator.form("/console/end-sessions", "user=a%26b%3D%C3%A9%0D%0A").await;
    answer.leads_to("sessions?user=a%26b%3D%C3%A9%0D%0A&ended=0");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let app = App::new();
    let mut operator = app.operator().await;
    let mut alice = app.logged_in("alice").await;
    for site in ["cross-site", "same-site"] {
        let answer = operator.form_from(site, "/console/end-sessions", "user=alice").await;
        answer.refuses(StatusCode::FORBIDDEN, "cross_origin");
    }
    assert_eq!(alice.get("/me").await.text, "alice");
}

#[tokio::test]
async fn who_has_not_proved_lately_who_they_are_has_to_do_it_again() {
    let app = App::new();
    let mut operator = app.operator().await;
    let mut alice = app.logged_in("alice").await;
    app.wait(MINUTE * 6);
    let answer = operator.form("/console/end-sessions", "user=alice").await;
    answer.refuses(StatusCode::UNAUTHORIZED, "step_up_required");
    let mut browser = operator.in_a_browser();
    browser.form("/console/end-sessions", "user=alice").await.leads_to("/reauth");
    assert_eq!(alice.get("/me").await.text, "alice");
    let way_back = browser.form("/reauth", "").await;
    assert_eq!(way_back.text, "/console/sessions?user=alice");
    browser
        .form("/console/end-sessions", "user=alice")
        .await
        .leads_to("sessions?user=alice&ended=1");
}

#[tokio::test]
async fn a_link_ends_nothing() {
    let app = App::new();
    let mut operator = app.operator().await;
    for path in ["/console/end-session", "/console/end-sessions?user=alice"] {
        assert_eq!(operator.get(path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_form_without_its_fields_is_refused() {
    let app = App::new();
    let mut operator = app.operator().await;
    for path in ["/console/end-session", "/console/end-sessions"] {
        let answer = operator.form(path, "name=alice").await;
        answer.refuses(StatusCode::BAD_REQUEST, "malformed_form");
        let answer = operator.form(path, leaked(format!("user={}", "a".repeat(10_000)))).await;
        answer.refuses(StatusCode::BAD_REQUEST, "malformed_form");
    }
}

#[tokio::test]
async fn what_the_page_asks_for_by_itself_keeps_no_session_alive() {
    let app = App::new();
    let mut operator = app.operator().await;
    for _ in 0..5 {
        app.wait(MINUTE * 11);
        operator.get("/console/live").await.shows("<h1>Overview</h1>");
    }
    app.wait(MINUTE * 11);
    let answer = operator.get("/console/live").await;
    answer.refuses(StatusCode::UNAUTHORIZED, "login_required");
}
