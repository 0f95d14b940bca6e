//! Runs another benchmark program.

use std::{env, path::Path, process::Command};

use crate::Result;

/// Builds a binary of the package with this manifest, in the release profile, runs it, and returns
/// what it prints.
///
/// # Errors
///
/// When it cannot be built, fails, or prints something other than UTF-8.
pub fn output(manifest: &Path, binary: &str) -> Result<String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--locked", "--release", "--manifest-path"])
        .arg(manifest)
        .args(["--bin", binary])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
