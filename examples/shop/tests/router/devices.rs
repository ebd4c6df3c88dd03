use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Request, StatusCode};

use crate::client::{Client, is_page, leads_to};
use crate::service::Service;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

#[tokio::test]
async fn a_user_sees_all_devices_and_which_one_is_this() {
    let service = Service::new();
    let mut phone = service.client();
    let login = Request::post("/login")
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, FIREFOX);
    phone.send(login, Client::credentials("alice").to_string().into()).await;
    let mut laptop = service.logged_in("alice").await;
    service.logged_in("bob").await;
    let seen = laptop.devices().await;
    assert_eq!(seen.len(), 2, "{seen:?}");
    let first = &seen[0];
    assert_eq!((&first["label"], &first["current"]), (&"Firefox on Linux".into(), &false.into()));
    assert_eq!((&seen[1]["label"], &seen[1]["current"]), (&().into(), &true.into()));
    assert_eq!(first["handle"].as_str().unwrap().len(), 16);
    for time in ["created", "last_seen"] {
        let time = first[time].as_str().unwrap();
        assert!(time.starts_with("20") && time.ends_with('Z') && time.len() == 20, "{time}");
    }
}

#[tokio::test]
async fn a_page_lists_them_with_a_way_to_end_each() {
    let mut browser = Service::new().logged_in("alice").await;
    let handle = browser.devices().await[0]["handle"].as_str().unwrap().to_owned();
    let page = browser.page("/devices").await;
    is_page(&page, StatusCode::OK, "unknown <em>this one</em>");
    let form = format!(r#"<form method="post" action="/devices/{handle}/logout">"#);
    is_page(&page, StatusCode::OK, &form);
    is_page(&page, StatusCode::OK, r#"<button name="everywhere" value="true">"#);
}

/// The handle of the first device that is not this one.
async fn other(client: &mut Client) -> String {
    let devices = client.devices().await;
    let other = devices.iter().find(|device| device["current"] == false).unwrap();
    other["handle"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn another_device_is_logged_out() {
    let service = Service::new();
    let (mut phone, mut laptop) =
        (service.logged_in("alice").await, service.logged_in("alice").await);
    let handle = other(&mut laptop).await;
    let answer = laptop.delete(&format!("/devices/{handle}")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(phone.user().await, None);
    assert_eq!(laptop.user().await.as_deref(), Some("alice"));
    laptop.delete(&format!("/devices/{handle}")).await.is_problem(UNKNOWN);
}

const UNKNOWN: &str = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"you are not logged in on such a device","code":"unknown_device"}"#;

#[tokio::test]
async fn a_form_logs_another_device_out_and_leads_back() {
    let service = Service::new();
    let (mut phone, mut laptop) =
        (service.logged_in("alice").await, service.logged_in("alice").await);
    let handle = other(&mut laptop).await;
    leads_to(&laptop.form(&format!("/devices/{handle}/logout"), "").await, "/devices");
    assert_eq!(phone.user().await, None);
    let gone = laptop.form(&format!("/devices/{handle}/logout"), "").await;
    is_page(&gone, StatusCode::NOT_FOUND, "you are not logged in on such a device");
}

#[tokio::test]
async fn the_own_device_is_logged_out_too() {
    let mut browser = Service::new().logged_in("alice").await;
    let handle = browser.devices().await[0]["handle"].as_str().unwrap().to_owned();
    let answer = browser.delete(&format!("/devices/{handle}")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!((browser.user().await, browser.cookie), (None, None));
}

#[tokio::test]
async fn nobody_ends_the_device_of_another_user() {
    let service = Service::new();
    let (mut alice, mut bob) = (service.logged_in("alice").await, service.logged_in("bob").await);
    let handle = alice.devices().await[0]["handle"].as_str().unwrap().to_owned();
    bob.delete(&format!("/devices/{handle}")).await.is_problem(UNKNOWN);
    assert_eq!(alice.user().await.as_deref(), Some("alice"));
}
