//! Times by the name of their case, and tables of them.

use std::{collections::HashMap, fmt::Write as _};

/// Nanoseconds, by the name of the case: `SERIES/SIZE`.
pub struct Times(HashMap<String, f64>);

/// A line of a table of times.
pub struct Series {
    /// The name of the series, as in the names of its cases.
    pub name: &'static str,
    /// What the line is called in the table.
    pub title: &'static str,
    /// The series whose times the line is divided by; its own name for a line without a ratio.
    pub compared_with: &'static str,
}

impl Times {
    pub fn new(times: impl IntoIterator<Item = (String, f64)>) -> Self {
        Self(times.into_iter().collect())
    }

    /// The time of a case; not a number when it was not measured.
    pub fn of(&self, case: &str) -> f64 {
        self.0.get(case).copied().unwrap_or(f64::NAN)
    }

    /// The time of a series at one size.
    pub fn at(&self, series: &str, size: u64) -> f64 {
        self.of(&format!("{series}/{size}"))
    }

    /// A line for each series and a column for each size, as Markdown.
    pub fn table(&self, heading: &str, sizes: &[u64], lines: &[Series]) -> String {
        let headings: String = sizes.iter().map(|size| format!(" {size} |")).collect();
        let alignment = "--:|".repeat(sizes.len());
        let mut table = format!("| {heading} |{headings}\n|:--|{alignment}\n");
        for line in lines {
            let cell = |&size| {
                let time = self.at(line.name, size);
                if line.name == line.compared_with {
                    return format!(" {time:.1} |");
                }
                let ratio = time / self.at(line.compared_with, size);
                format!(" {time:.1} ({ratio:.1}x) |")
            };
            let cells: String = sizes.iter().map(cell).collect();
            let _ = writeln!(table, "| {} |{cells}", line.title);
        }
        table
    }
}
