//! Which crate of the workspace may depend on which.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, MetadataCommand};

const LAYERS: [&str; 3] = ["jwt-layer", "session-layer", "guard-layer"];

/// The crates of this workspace that a crate of it depends on.
fn own_dependencies(name: &str) -> BTreeSet<String> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let own: BTreeSet<_> = metadata.packages.iter().map(|one| one.name.to_string()).collect();
    let package = metadata.packages.iter().find(|one| *one.name == *name).unwrap();
    let normal = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
    normal.map(|one| one.name.clone()).filter(|one| own.contains(one)).collect()
}

#[test]
fn auth_core_depends_on_nothing_of_ours() {
    assert_eq!(own_dependencies("auth-core"), BTreeSet::new());
}

#[test]
fn jwt_layer_and_guard_layer_depend_on_auth_core_alone() {
    let auth_core = BTreeSet::from(["auth-core".to_owned()]);
    for layer in ["jwt-layer", "guard-layer"] {
        assert_eq!(own_dependencies(layer), auth_core, "{layer}");
    }
}

#[test]
fn session_layer_depends_on_auth_core_and_at_most_on_what_it_implements_traits_of() {
    let allowed = ["auth-core", "jwt-layer", "guard-layer"].map(str::to_owned).into();
    assert!(own_dependencies("session-layer").is_subset(&allowed));
}

#[test]
fn no_layer_depends_on_an_example_or_a_test() {
    for layer in LAYERS {
        let known = ["auth-core", "jwt-layer", "session-layer", "guard-layer"];
        assert!(own_dependencies(layer).iter().all(|one| known.contains(&one.as_str())));
    }
}

#[test]
fn the_peers_are_in_a_workspace_of_their_own() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    assert!(metadata.workspace_packages().iter().all(|package| *package.name != "peer-bench"));
    let peers = MetadataCommand::new().manifest_path("../bench/Cargo.toml").no_deps().exec();
    assert!(
        peers.unwrap().workspace_packages().iter().all(|package| *package.name == "peer-bench")
    );
}
