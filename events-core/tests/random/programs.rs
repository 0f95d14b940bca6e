//! Random programs: the trace of a real registry equals that of the model.

use std::io;

use crate::{
    model,
    program::{Program, generate, listing, smaller},
    quiet, real,
    runs::{Case, check},
    trace::Trace,
};

/// How many programs run in `cargo test`.
const PROGRAMS: u64 = 600;

impl Case for Program {
    /// The first difference between the trace of the model and that of a registry.
    fn problem(&self) -> Option<String> {
        let expected = model::run(self);
        let (actual, closures) = real::run(self);
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

    fn smaller(&self) -> impl Iterator<Item = Self> {
        smaller(self)
    }

    fn listing(&self) -> String {
        listing(self)
    }
}

#[test]
fn a_registry_does_what_the_model_does() {
    quiet::scripted_panics();
    check("programs", 0, PROGRAMS, generate);
}

/// With a tracing subscriber that records everything, each emit takes the slow path.
#[test]
fn a_traced_registry_does_what_the_model_does() {
    quiet::scripted_panics();
    let everything = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(io::sink)
        .finish();
    tracing::subscriber::with_default(everything, || {
        check("traced programs", 1 << 32, PROGRAMS / 10, generate);
    });
}

/// A line that no trace has is not tested.
#[test]
fn programs_reach_what_they_are_to_reach() {
    quiet::scripted_panics();
    let traces: Vec<_> = (0..PROGRAMS)
        .map(|seed| model::run(&generate(seed)))
        .collect();
    let lines = || traces.iter().flat_map(Trace::lines);
    let counts = |part: &str| lines().filter(|line| line.contains(part)).count();
    let parts = [
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
        "resumes in the Chain",
        "resumes in the Background",
        "is cut off in the Chain",
        "is cut off in the Background",
        "NotAwaited",
        "cancelled",
        "enqueued: false",
        "registered: IdTaken",
        "registered: UnknownTarget",
        "registered: Order",
        "scanned: true",
        "no subscriber received",
        "deferred: Some(2)",
        "left out",
        "muted: true",
        "muted: false",
        "skipped Origin",
        "skipped Condition",
        "skipped UsedUp",
        "skipped Unsubscribed",
        "skipped Muted",
        "skipped Middleware",
        "not reached Withheld",
        ": retrying",
        "retrying: 2",
        " 1 of 1 retries",
        "not reached AfterStop",
        "not reached Refused",
        ": deferred",
        ": muted",
        ": used up",
        ": called if",
        ": origin",
    ];
    let rare = parts.map(|part| (part, counts(part)));
    let rare: Vec<_> = rare.iter().filter(|(_, count)| *count < 5).collect();
    assert!(rare.is_empty(), "few lines have these: {rare:?}");
}
