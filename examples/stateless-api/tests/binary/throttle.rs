//! Who guesses passwords has to wait.

use example_service::test_util::Login;

use crate::exchange::login;
use crate::program::start;

#[test]
fn who_guesses_has_to_wait() {
    let mut program = start(&["--drain", "0"]);
    let demo = program.demo();
    let guess = Login { password: "open barley".to_owned(), ..demo.clone() };
    let answers: Vec<_> = (0..10).map(|_| login(program.address, &guess)).collect();
    assert!(answers.iter().take(5).all(|answer| answer.status == 401), "{answers:?}");
    // One at least: a slow machine may have waited for a few more.
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(refused.json()["code"], "too_many_attempts");
    assert!(refused.head.contains("\r\nretry-after: "), "{}", refused.head);
    let lines = program.stop().join("\n");
    assert!(lines.contains("too many failed logins"), "{lines}");
    assert!(!lines.contains(&demo.name), "{lines}");
}
