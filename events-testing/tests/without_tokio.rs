//! Without the feature `tokio`: an async test that nothing runs does not compile, and says what to do.
//! Features belong to a build, so a package of its own is built, offline, with this workspace's versions.

use std::{fs, path::Path, process::Command};

const MANIFEST: &str = r#"
[package]
name = "without-tokio"
edition = "2024"

[dependencies]
events-testing = { path = "EVENTS_TESTING", default-features = false }

[workspace]
"#;

#[test]
fn an_async_test_that_nothing_runs_is_told_of_the_feature() {
    check(
        "async fn nothing_happens() {}",
        Err("an async test needs a runtime"),
    );
    check(
        "async fn nothing_happens() {}",
        Err("turn on the feature `tokio`"),
    );
    check("fn nothing_happens() {}", Ok(()));
}

/// Compiles a package with this test.
fn check(test: &str, expected: Result<(), &str>) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-tokio");
    let manifest = MANIFEST.replace("EVENTS_TESTING", env!("CARGO_MANIFEST_DIR"));
    let source = format!("#[events_testing::test]\n{test}\n");
    fs::create_dir_all(package.join("src"))
        .and_then(|()| fs::write(package.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(package.join("src/lib.rs"), source))
        .and_then(|()| fs::copy(here.join("../Cargo.lock"), package.join("Cargo.lock")))
        .expect("a package can be written into the target directory");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--tests", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo can be run");
    let told = String::from_utf8_lossy(&output.stderr);
    match expected {
        Ok(()) => assert!(output.status.success(), "{told}"),
        Err(text) => {
            assert!(!output.status.success(), "{test} compiles");
            assert!(told.contains(text), "{text}\nis not in\n{told}");
        }
    }
}
