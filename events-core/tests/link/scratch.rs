//! A copy of the fixtures outside the workspace, and cargo run in it, offline.
//!
//! The `Cargo.lock` of the workspace is copied with them, so that cargo resolves nothing anew. All
//! copies share one target directory, so that events-core is compiled once.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The text in the fixtures that is replaced by the path of events-core.
const PLACEHOLDER: &str = "EVENTS_CORE";

/// The workspace `fixtures/crates`, copied once per run.
pub(crate) fn crates() -> &'static Path {
    static CRATES: OnceLock<PathBuf> = OnceLock::new();
    CRATES.get_or_init(|| copy("crates"))
}

/// The package `fixtures/two-versions`, which depends on two versions of events-core.
pub(crate) fn two_versions() -> &'static Path {
    static TWO_VERSIONS: OnceLock<PathBuf> = OnceLock::new();
    TWO_VERSIONS.get_or_init(|| copy("two-versions"))
}

fn copy(fixture: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/link/fixtures");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("link");
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let copied = to.join(fixture);
    copy_all(&from.join(fixture), &copied)
        .and_then(|()| fs::copy(lock, copied.join("Cargo.lock")))
        .expect("the fixtures can be copied into the target directory");
    copied
}

/// Copies a directory. Unchanged files are not written again, so that cargo does not rebuild them.
fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
            continue;
        }
        let text = fs::read_to_string(entry.path())?;
        let text = text.replace(PLACEHOLDER, env!("CARGO_MANIFEST_DIR"));
        if fs::read_to_string(&target).ok().as_ref() != Some(&text) {
            fs::write(&target, text)?;
        }
    }
    Ok(())
}

/// The exit status and the output of a command.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `cargo <arguments>` in a directory.
pub(crate) fn cargo(directory: &Path, arguments: &str) -> Finished {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("link-target");
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO"))
        .args(arguments.split_whitespace())
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("cargo can be run");
    let text =
        |bytes: Vec<u8>| String::from_utf8(bytes).expect("cargo and the program speak UTF-8");
    Finished {
        success: status.success(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}
