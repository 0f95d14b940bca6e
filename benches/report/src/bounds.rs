//! The table of bounds: what must hold, what was measured, and whether it holds.

use std::fmt::Write as _;

/// A line of the table.
pub struct Bound {
    pub case: String,
    pub bound: String,
    pub measured: String,
    pub holds: bool,
}

impl Bound {
    /// `ours` takes at most `bound` times as long as `other`; both are in nanoseconds.
    pub fn at_most_times(case: &str, other_name: &str, ours: f64, other: f64, bound: f64) -> Self {
        Self {
            case: case.to_owned(),
            bound: format!("{bound}x {other_name}"),
            measured: format!("{:.2}x: {ours:.1} ns, {other:.1} ns", ours / other),
            holds: ours <= bound * other,
        }
    }

    /// `ours` takes at most `bound` nanoseconds longer than `other`.
    pub fn at_most_above(case: &str, other_name: &str, ours: f64, other: f64, bound: f64) -> Self {
        Self {
            case: case.to_owned(),
            bound: format!("{other_name} + {bound} ns"),
            measured: format!("{:+.1} ns: {ours:.1} ns, {other:.1} ns", ours - other),
            holds: ours <= other + bound,
        }
    }
}

/// The table, as Markdown.
pub fn table(bounds: &[Bound]) -> String {
    let mut table = String::from("| case | bound | measured | holds |\n|:--|:--|:--|:--|\n");
    for line in bounds {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |",
            line.case,
            line.bound,
            line.measured,
            if line.holds { "yes" } else { "**no**" },
        );
    }
    table
}
