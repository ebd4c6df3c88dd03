//! Who guesses passwords has to wait.

use example_service::test_util::PASSWORD;
use http::StatusCode;

use crate::service::Service;

const REFUSED: &str = r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"this was tried too often; try again later","code":"too_many_attempts"}"#;

#[tokio::test]
async fn the_sixth_guess_has_to_wait_whether_there_is_such_a_user_or_not() {
    let service = Service::new();
    for name in ["alice", "mallory"] {
        for _ in 0..5 {
            assert_eq!(service.login(name, "open barley").await.status, StatusCode::UNAUTHORIZED);
        }
        let answer = service.login(name, PASSWORD).await;
        answer.is_problem(REFUSED);
        assert_eq!(answer.headers["retry-after"], "1");
    }
    assert_eq!(service.login("bob", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn from_one_address_twenty_guesses_are_free_for_all_names_together() {
    let service = Service::new();
    for number in 0..20 {
        let answer = service.login(&format!("user {number}"), PASSWORD).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    service.login("alice", PASSWORD).await.is_problem(REFUSED);
}
