//! The figures of the program `memory`.

use std::{collections::HashMap, path::Path};

use bench_report::{Result, program};

pub(super) fn figures(manifest: &Path) -> Result<HashMap<String, f64>> {
    let output = program::output(manifest, "memory")?;
    let figure = |line: &str| {
        let (name, number) = line
            .split_once('\t')
            .ok_or("the program `memory` printed a line without a number")?;
        Ok((name.to_owned(), number.parse()?))
    };
    output.lines().map(figure).collect()
}
