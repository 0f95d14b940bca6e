//! Instructions: callgrind counts this program running one case, a few times and many times; the
//! difference is what the emits took. A scan is inside both, and takes some thousand instructions more
//! or fewer each time (hash tables are seeded at random), so many times are many.

use std::{collections::HashMap, env, fmt::Write as _, process::Command};

use dispatch_benches::case::Case;

use super::{Result, SUBSCRIBERS, figures::Figures};

const FEW: u64 = 1_000;
const MANY: u64 = 101_000;

/// Series of one case each, which the table gives a line.
const SPECIAL: [&str; 8] = [
    "instance",
    "generic",
    "borrowed",
    "run-time",
    "from",
    "from, filtered",
    "when",
    "result",
];

/// Instructions of one emit, by the name of the case: of the floors and of ours.
pub(super) fn instructions(cases: &[Case]) -> Result<HashMap<String, f64>> {
    let ours = |case: &&Case| {
        let series = case.series;
        ["loop", "L1", "L2", "ours", "ours opaque"].contains(&series) || SPECIAL.contains(&series)
    };
    let mut instructions = HashMap::new();
    for case in cases.iter().filter(ours) {
        let name = case.name();
        let emits = count(&name, MANY)? - count(&name, FEW)?;
        instructions.insert(name, emits as f64 / (MANY - FEW) as f64);
    }
    Ok(instructions)
}

fn count(case: &str, times: u64) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["--count", case, &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start: {error}"))?;
    let told = String::from_utf8(output.stderr)?;
    let collected = told
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .ok_or_else(|| format!("callgrind counted nothing:\n{told}"))?;
    Ok(collected.1.trim().parse()?)
}

/// The floors and ours side by side, and a line for each special case.
pub(super) fn table(figures: &Figures) -> String {
    let cell = |case: &str| {
        let instructions = figures.instructions(case);
        instructions.map_or("–".to_owned(), |count| format!("{count:.0}"))
    };
    let mut table =
        String::from("| subscribers | L1 | L2 | ours | ours, opaque |\n|--:|--:|--:|--:|--:|\n");
    for subscribers in SUBSCRIBERS {
        let at = |series: &str| cell(&format!("{series}/{subscribers}"));
        let _ = writeln!(
            table,
            "| {subscribers} | {} | {} | {} | {} |",
            at("L1"),
            at("L2"),
            at("ours"),
            at("ours opaque"),
        );
    }
    let _ = write!(table, "\nWith four subscribers: ");
    let special = SPECIAL.map(|series| format!("{series} {}", cell(&format!("{series}/4"))));
    let _ = writeln!(
        table,
        "{}. The loop around each emit: {}.",
        special.join("; "),
        cell("loop/0")
    );
    table
}
