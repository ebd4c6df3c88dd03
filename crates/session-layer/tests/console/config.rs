use session_layer::backend::MemoryBackend;
use session_layer::console::{Console, ConsoleBuilder, Figures, Node};
use session_layer::{ConfigErrorKind, SessionLayer};

#[track_caller]
fn check(configure: impl FnOnce(ConsoleBuilder) -> ConsoleBuilder, kind: ConfigErrorKind) {
    let sessions = SessionLayer::builder(MemoryBackend::new()).build().unwrap().sessions();
    let console = Console::builder(sessions, Figures::new(), |_, _| true);
    assert_eq!(configure(console).build().unwrap_err().kind(), kind);
}

#[test]
fn a_store_has_room_for_somebody() {
    check(|console| console.capacity(0), ConfigErrorKind::InvalidBound);
}

#[test]
fn a_node_has_a_name_and_a_version_that_can_be_shown() {
    for name in ["", "a\nb", &"a".repeat(65)] {
        check(|console| console.node(Node::new(name, "1")), ConfigErrorKind::InvalidNode);
        check(|console| console.node(Node::new("shop-1", name)), ConfigErrorKind::InvalidNode);
    }
}
