//! Instructions: callgrind counts this program with few and with many emits of one case; the difference
//! is the cost of the emits. Both runs contain a scan, whose count varies by some thousand instructions
//! (hash tables are seeded at random), so the difference in emits is large.

use std::{collections::HashMap, env, fmt::Write as _, process::Command};

use bench_report::Result;
use dispatch_benches::case::Case;

use super::{SUBSCRIBERS, figures::Figures};

const FEW: u64 = 1_000;
const MANY: u64 = 101_000;

/// Series with one case of four subscribers, listed below the table.
const VARIANTS: [&str; 8] = [
    "instance",
    "generic",
    "borrowed",
    "run-time",
    "emit_from",
    "emit_from, origin filter",
    "when",
    "result",
];

/// Instructions of one emit, by the name of the case: of the baselines and of events-core.
pub(super) fn count(cases: &[Case]) -> Result<HashMap<String, f64>> {
    let counted = |case: &&Case| {
        let series = case.series;
        ["loop", "L1", "L2", "ours", "ours opaque"].contains(&series) || VARIANTS.contains(&series)
    };
    let mut instructions = HashMap::new();
    for case in cases.iter().filter(counted) {
        let name = case.name();
        let emits = run(&name, MANY)? - run(&name, FEW)?;
        instructions.insert(name, emits as f64 / (MANY - FEW) as f64);
    }
    Ok(instructions)
}

/// Instructions of the whole program with this number of emits.
fn run(case: &str, times: u64) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["--count", case, &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start ({error}); install it"))?;
    let report = String::from_utf8(output.stderr)?;
    let (_, count) = report
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .ok_or_else(|| format!("callgrind reported no count:\n{report}"))?;
    Ok(count.trim().parse()?)
}

/// The baselines and events-core side by side, and a line with the variants.
pub(super) fn table(figures: &Figures) -> String {
    let cell = |case: &str| {
        let instructions = figures.instructions.get(case);
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
    let variants = VARIANTS.map(|series| format!("{series} {}", cell(&format!("{series}/4"))));
    let _ = writeln!(
        table,
        "{}. The loop around each emit: {}.",
        variants.join("; "),
        cell("loop/0")
    );
    table
}
