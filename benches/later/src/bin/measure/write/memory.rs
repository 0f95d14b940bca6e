//! What the program `memory` tells.

use std::{collections::HashMap, env, path::Path, process::Command};

use super::Result;

pub(super) fn figures(manifest: &Path) -> Result<HashMap<String, f64>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--locked", "--release", "--manifest-path"])
        .arg(manifest)
        .args(["--bin", "memory"])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let told = String::from_utf8(output.stdout)?;
    let figure = |line: &str| {
        let (name, number) = line.split_once('\t').ok_or("a line without a number")?;
        Ok((name.to_owned(), number.parse()?))
    };
    told.lines().map(figure).collect()
}
