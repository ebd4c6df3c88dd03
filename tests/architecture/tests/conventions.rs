//! What holds for every source file of the crates.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Path below the root, and text without the tests at the end.
fn sources(below: &str) -> Vec<(String, String)> {
    let files = WalkDir::new(root().join(below)).into_iter().map(Result::unwrap);
    let rust = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "rs"));
    rust.map(|file| {
        let path = file.path().strip_prefix(root()).unwrap().display().to_string();
        let text = fs::read_to_string(file.path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        (path, code)
    })
    .collect()
}

fn layer_sources() -> Vec<(String, String)> {
    let crates = ["jwt-layer", "session-layer", "guard-layer"];
    let all = crates.map(|name| sources(&format!("crates/{name}/src")));
    all.into_iter().flatten().filter(|(path, _)| !path.contains("/test_util/")).collect()
}

#[test]
fn only_rejections_know_challenges() {
    for (path, code) in layer_sources() {
        let knows = code.contains("WWW_AUTHENTICATE") || code.contains("www-authenticate");
        assert!(!knows, "{path} writes a challenge; that is for auth-core alone");
    }
}

#[test]
fn only_rejections_know_the_status_of_a_refusal() {
    let refusals = ["BAD_REQUEST", "UNAUTHORIZED", "FORBIDDEN", "SERVICE_UNAVAILABLE", "TOO_MANY"];
    for (path, code) in layer_sources() {
        let knows = refusals.iter().any(|name| code.contains(&format!("StatusCode::{name}")));
        assert!(!knows || path.ends_with("rejection.rs"), "{path} gives a refusal its status");
    }
}

#[test]
fn only_services_see_a_request_and_a_response_together() {
    for (path, code) in layer_sources() {
        let is_service = code.contains("Service<Request<");
        let expected = ["service.rs", "layer.rs"].iter().any(|name| path.ends_with(name));
        assert!(!is_service || expected, "{path} is a service under another name");
    }
}

#[test]
fn every_crate_and_every_test_takes_the_lints_of_the_workspace() {
    let manifests = WalkDir::new(root()).max_depth(3).into_iter().map(Result::unwrap);
    let manifests = manifests.filter(|file| file.file_name() == "Cargo.toml");
    for manifest in manifests.filter(|file| !file.path().starts_with(root().join("target"))) {
        let text = fs::read_to_string(manifest.path()).unwrap();
        let is_member = text.contains("[package]") && !text.contains("[workspace]");
        let takes = text.contains("[lints]\nworkspace = true");
        assert!(!is_member || takes, "{} has lints of its own", manifest.path().display());
    }
}

#[test]
fn nothing_is_ignored_or_left_to_do() {
    let left = ["#[ignore", "todo!(", "unimplemented!(", "FIXME"];
    let all = ["crates", "examples", "tests/stack"].map(sources);
    for (path, code) in all.into_iter().flatten() {
        assert!(!left.iter().any(|word| code.contains(word)), "{path} is not finished");
    }
}
