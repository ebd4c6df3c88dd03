use axum::http::StatusCode;

use crate::app::App;

const PAGES: [&str; 7] = [
    "/console",
    "/console/overview",
    "/console/live",
    "/console/events",
    "/console/sessions?user=alice",
    "/console/console.css",
    "/console/console.js",
];

const CHANGES: [(&str, &str); 2] = [
    ("/console/end-session", "user=alice&handle=0123456789abcdef"),
    ("/console/end-sessions", "user=alice"),
];

#[tokio::test]
async fn a_guest_is_told_to_log_in() {
    let app = App::new();
    for path in PAGES {
        app.client().get(path).await.refuses(StatusCode::UNAUTHORIZED, "login_required");
    }
    for (path, form) in CHANGES {
        let answer = app.client().form(path, form).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "login_required");
        assert_eq!(answer.headers["www-authenticate"], r#"Cookie realm="console""#);
    }
}

#[tokio::test]
async fn a_user_without_the_permission_sees_nothing_and_ends_nothing() {
    let app = App::new();
    let mut user = app.logged_in("alice").await;
    for path in PAGES {
        user.get(path).await.refuses(StatusCode::FORBIDDEN, "forbidden");
    }
    for (path, form) in CHANGES {
        user.form(path, form).await.refuses(StatusCode::FORBIDDEN, "forbidden");
    }
    assert_eq!(user.get("/me").await.text, "alice");
}

#[tokio::test]
async fn who_can_not_be_told_while_the_store_is_away_is_not_told_to_log_in() {
    let app = App::new();
    let mut operator = app.operator().await;
    app.spy.go_down(true);
    for path in PAGES {
        let answer = operator.get(path).await;
        answer.refuses(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    }
}

#[tokio::test]
async fn an_operator_whose_session_was_ended_sees_nothing_any_more() {
    let app = App::new();
    let mut operator = app.operator().await;
    operator.get("/console/overview").await.shows("<h1>Overview</h1>");
    app.layer.sessions().end_all("admin").await.unwrap();
    let answer = operator.get("/console/overview").await;
    answer.refuses(StatusCode::UNAUTHORIZED, "login_required");
}

#[tokio::test]
async fn a_browser_is_told_to_run_our_script_and_no_other_and_to_keep_nothing() {
    let app = App::new();
    let mut operator = app.operator().await;
    for path in PAGES.into_iter().filter(|path| !path.ends_with("events")) {
        let answer = operator.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        for inline in [" style=", " onclick=", " onload=", "javascript:", "<style"] {
            assert!(!answer.text.contains(inline), "{inline} in {path}");
        }
    }
}

#[tokio::test]
async fn the_way_in_leads_to_the_overview_wherever_it_is() {
    let app = App::new();
    let mut operator = app.operator().await;
    operator.get("/console").await.leads_to("./console/overview");
    operator.get("/deep/inside").await.leads_to("./inside/overview");
}

#[tokio::test]
async fn no_link_depends_on_where_the_console_is() {
    let app = App::new();
    let mut operator = app.operator().await;
    for path in ["/deep/inside/overview", "/deep/inside/sessions?user=admin"] {
        let text = operator.get(path).await.text;
        for place in ["href=\"/", "src=\"/", "action=\"/"] {
            assert!(!text.contains(place), "{place} in {text}");
        }
    }
}
