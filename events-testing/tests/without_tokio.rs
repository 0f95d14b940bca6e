//! Without the feature `tokio`, an async test without a runtime does not compile, and the error names the
//! remedy. The features of this build are fixed, so the test compiles a separate package, offline, with the
//! versions of this workspace.

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
fn the_error_for_an_async_test_without_a_runtime_names_the_feature() {
    check(
        "async fn nothing_happens() {}",
        Err("an async test needs a runtime"),
    );
    check(
        "async fn nothing_happens() {}",
        Err("enable the feature `tokio`"),
    );
    check("fn nothing_happens() {}", Ok(()));
}

/// Compiles a package with this test; `Err` is a part of the expected error.
fn check(test: &str, expected: Result<(), &str>) {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-tokio");
    let manifest = MANIFEST.replace("EVENTS_TESTING", env!("CARGO_MANIFEST_DIR"));
    let source = format!("#[events_testing::test]\n{test}\n");
    fs::create_dir_all(package.join("src"))
        .and_then(|()| fs::write(package.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(package.join("src/lib.rs"), source))
        .and_then(|()| {
            fs::copy(
                crate_folder.join("../Cargo.lock"),
                package.join("Cargo.lock"),
            )
        })
        .expect("the target directory is writable");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--tests", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo can be run");
    let stderr = String::from_utf8_lossy(&output.stderr);
    match expected {
        Ok(()) => assert!(output.status.success(), "{stderr}"),
        Err(text) => {
            assert!(!output.status.success(), "{test} compiles");
            assert!(stderr.contains(text), "{text}\nis not in\n{stderr}");
        }
    }
}
