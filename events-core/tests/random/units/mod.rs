//! Random programs of units of work: the trace of a real registry equals that of a model. In `cut_off`, transactions are tasks
//! of the strict executor.

mod cut_off;
mod generate;
mod model;
mod program;
mod real;
mod trace;

use self::{generate::generate, program::Program};
use crate::{
    quiet,
    runs::{Case, check},
};

/// How many programs run in `cargo test`.
const PROGRAMS: u64 = 2000;

impl Case for Program {
    /// The first difference between the trace of the model and that of a registry.
    fn problem(&self) -> Option<String> {
        let expected = model::run(self);
        let (actual, closures) = real::run(self);
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
        program::smaller(self).into_iter()
    }

    fn listing(&self) -> String {
        let mut text = format!("capacity {}\n", self.capacity);
        for (number, handler) in self.handlers.iter().enumerate() {
            text.push_str(&format!("h{number}: {handler:?}\n"));
        }
        for step in &self.steps {
            text.push_str(&format!("{step:?}\n"));
        }
        text
    }
}

/// A line that no trace has is not tested.
#[test]
fn programs_reach_what_they_are_to_reach() {
    quiet::scripted_panics();
    let traces: Vec<_> = (0..PROGRAMS)
        .map(|seed| model::run(&generate(seed)))
        .collect();
    let lines = || traces.iter().flatten();
    let counts = |part: &str| lines().filter(|line| line.contains(part)).count();
    let parts = [
        "gets AtOnce",
        "gets Moved",
        "gets Committed",
        "in Some",
        "Panic",
        "Error",
        "is_stopped: true",
        "NotAwaited",
        "NoCopy",
        "QueueFull",
        "UnitEnded",
        "deferred: 2",
        "emitted: None Report",
        "refused: None Committed",
        "refused: None RolledBack",
        "refused: Some(1) Committed",
        "refused: Some(1) RolledBack",
        "Undelivered",
        "resumes, Awaited",
        "resumes, Async",
        "is cut off, Awaited",
        "pending",
        "enqueued: false",
        "savepoint: false",
        "released: \"ok\"",
        "released: \"gone\"",
        "released: \"another one is open in it\"",
        "before the commit: false",
        "after the commit: false",
        "prepared: \"ok\"",
        "prepared: \"an error\"",
        "committed: \"ok\"",
        "committed: \"a savepoint is open\"",
        "committed: \"an error\"",
        "committed: \"a panic\"",
        "no subscriber received",
        "held: 5",
        ": called\"",
        "called if its condition accepts the event\"",
        "called, after the commit",
        "its condition accepts the event, after the commit",
        "only when the unit of work of the event is rolled back",
        "not called: it is limited to the origin",
        "savepoints: 3",
        "left out",
    ];
    let rare = parts.map(|part| (part, counts(part)));
    let rare: Vec<_> = rare.iter().filter(|(_, count)| *count < 5).collect();
    assert!(rare.is_empty(), "few lines have these: {rare:?}");
}

#[test]
fn a_unit_does_what_the_model_does() {
    quiet::scripted_panics();
    check("units", 0, PROGRAMS, generate);
}
