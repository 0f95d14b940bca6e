//! Random programs: the trace of a real registry equals that of the model.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    model,
    program::{Program, generate, shrink},
    quiet, real,
    runs::{Everything, Runs, seeds},
    trace::Trace,
};

/// How many programs run in `cargo test`.
const PROGRAMS: u64 = 600;

/// The first difference between what a program does and what it is to do, if there is one.
fn difference(program: &Program) -> Option<String> {
    let expected = model::run(program);
    let run = catch_unwind(AssertUnwindSafe(|| real::run(program)));
    let (actual, closures) = match run {
        Ok(run) => run,
        Err(_) => return Some(String::from("a panic left the registry")),
    };
    let (expected, actual) = (expected.lines(), actual.lines());
    let lines = expected.len().max(actual.len());
    let differs = (0..lines).find(|line| expected.get(*line) != actual.get(*line));
    if let Some(line) = differs {
        let before = expected[line.saturating_sub(8)..line.min(expected.len())].join("\n    ");
        return Some(format!(
            "after\n    {before}\n  expected {:?}\n  actual   {:?}",
            expected.get(line),
            actual.get(line)
        ));
    }
    (closures > 0).then(|| format!("{closures} closures were not freed"))
}

/// Runs programs, and fails with the smallest one near the first that differs.
fn check(name: &'static str, first: u64, count: u64) {
    let runs = Runs::of(name);
    for seed in seeds(first, count) {
        runs.begin(seed);
        let program = generate(seed);
        if difference(&program).is_some() {
            let small = shrink(program, |program| difference(program).is_some());
            let difference = difference(&small).expect("a program that does not fail is not kept");
            panic!(
                "seed {seed} of {name}: {difference}\nof {}",
                small.listing()
            );
        }
    }
}

#[test]
fn a_registry_does_what_the_model_does() {
    quiet::scripted_panics();
    check("programs", 0, PROGRAMS);
}

/// With a tracing subscriber that records everything, each emit takes the slow path.
#[test]
fn a_traced_registry_does_what_the_model_does() {
    quiet::scripted_panics();
    tracing::subscriber::with_default(Everything, || {
        check("traced programs", 1 << 32, PROGRAMS / 10);
    });
}

/// What no program reaches is not tested by any.
#[test]
fn programs_reach_what_they_are_to_reach() {
    quiet::scripted_panics();
    let traces: Vec<_> = (0..300).map(|seed| model::run(&generate(seed))).collect();
    let lines = || traces.iter().flat_map(Trace::lines);
    let counts = |part: &str| lines().filter(|line| line.contains(part)).count();
    for part in [
        "gets one::a",
        "gets one::b",
        "gets two::c",
        "gets two::d",
        "gets one::x",
        "Panic",
        "Error",
        "Break",
        "Undelivered",
        "too_deep: true",
        "stopped_by: Some",
        "resumes",
        "is cut off",
        "cancelled",
        "enqueued: false",
        "registered: IdTaken",
        "registered: UnknownTarget",
        "registered: Order",
        "scanned: true",
        "no subscriber received",
        "deferred: Some(2)",
        "left out",
    ] {
        let count = counts(part);
        assert!(count >= 5, "only {count} lines have `{part}`");
    }
}
