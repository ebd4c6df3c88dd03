//! Who guesses passwords has to wait, on all instances.

use example_service::test_util::{Connection, Exchange, Files, PASSWORD, Program, users};

use crate::program::start;

/// A login from an address that no other has; the throttle of addresses is not what is tried here.
fn log_in(program: &Program, password: &str, host: usize) -> Exchange {
    let body = format!(r#"{{"username":"alice","password":"{password}"}}"#);
    let mut connection = Connection::to(program.address);
    connection.send(&format!(
        "POST /login HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: 192.0.2.{host}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    connection.answer()
}

fn instances(files: &Files, options: &[&str]) -> [Program; 2] {
    let (users, store) =
        (files.write("users", &users()), format!("sqlite:{}", files.path("store")));
    let all = ["--users", &users, "--store", &store, "--trusted-proxy", "127.0.0.1"];
    [(); 2].map(|()| start(&[&all, options].concat()))
}

/// Guesses in turn until it is refused; how often that could be done. Five are free; a slow machine
/// may have waited for a few more, each of which takes twice as long as the one before.
fn guess(programs: &[Program]) -> usize {
    for (guessed, program) in programs.iter().cycle().enumerate() {
        let answer = log_in(program, "open barley", guessed);
        if answer.status == 429 {
            assert_eq!(answer.json()["code"], "too_many_attempts");
            assert!(answer.head.contains("\r\nretry-after: "), "{}", answer.head);
            return guessed;
        }
        assert_eq!(answer.status, 401);
    }
    unreachable!("there are programs");
}

#[test]
fn instances_with_one_key_count_together() {
    let files = Files::new();
    let key = files.write("key", "a secret of all instances, 32 bytes or more");
    let guessed = guess(&instances(&files, &["--throttle-key", &key]));
    assert!((5..10).contains(&guessed), "{guessed}");
}

#[test]
fn without_a_key_an_instance_counts_its_own_and_says_so() {
    let files = Files::new();
    let [mut one, other] = instances(&files, &[]);
    one.logs("there is no --throttle-key");
    guess(&[one]);
    assert_eq!(log_in(&other, PASSWORD, 100).status, 200);
}
