//! The trace of a program: lines of text, which the model and the handlers on the real registry write in the same way.

use std::fmt::{self, Debug};

use super::program::{End, Event, Mode};

/// Emissions have their numbers in the order in which the trace has them first.
#[derive(Debug)]
pub(super) struct Trace<I> {
    lines: Vec<String>,
    emissions: Vec<I>,
    failures: Vec<String>,
}

/// What an emit or the like returns, as far as it is compared.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) ran: usize,
    pub(super) deferred: usize,
    pub(super) is_stopped: bool,
    /// The handlers that failed, with the causes.
    pub(super) failures: Vec<String>,
}

impl Report {
    /// Whether no subscriber received the event: none ran, none runs later and none failed.
    pub(super) fn is_unheard(&self) -> bool {
        self.ran == 0 && self.deferred == 0 && self.failures.is_empty()
    }
}

impl<I: PartialEq> Trace<I> {
    pub(super) fn new() -> Self {
        Self {
            lines: Vec::new(),
            emissions: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    pub(super) fn note(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn number(&mut self, emission: I) -> usize {
        let index = self.emissions.iter().position(|other| *other == emission);
        index.unwrap_or_else(|| {
            self.emissions.push(emission);
            self.emissions.len() - 1
        })
    }

    pub(super) fn called(&mut self, handler: usize, event: Event, emission: I, parent: Option<I>) {
        let emission = self.number(emission);
        let parent = parent.map(|parent| self.number(parent));
        let Event {
            kind,
            value,
            origin,
        } = event;
        self.note(format!(
            "h{handler} gets {kind:?} {value} from {origin:?}, emission {emission} in {parent:?}"
        ));
    }

    pub(super) fn ended(&mut self, handler: usize, end: End) {
        self.note(format!("h{handler} ends: {end:?}"));
    }

    pub(super) fn resumed(&mut self, handler: usize, mode: Mode) {
        self.note(format!("h{handler} resumes, {mode:?}"));
    }

    pub(super) fn cut_off(&mut self, handler: usize, mode: Mode) {
        self.note(format!("h{handler} is cut off, {mode:?}"));
    }

    /// A failure that is reported; the order of those of a step is not compared.
    pub(super) fn failed(&mut self, failure: String) {
        self.failures.push(failure);
    }

    pub(super) fn emitted(&mut self, value: i64) {
        self.note(format!("emitted: {value}"));
    }

    /// What an emit reports, with the value of the event unless a unit has it.
    pub(super) fn reported(&mut self, value: Option<i64>, mut report: Report) {
        report.failures.sort();
        if !report.failures.is_empty() {
            report.deferred = 0; // an error has no such count
            if value.is_none() {
                report = Report {
                    failures: report.failures,
                    ..Report::default()
                };
            }
        }
        self.note(format!("emitted: {value:?} {report:?}"));
    }

    /// Why an event was not emitted in a unit; the value if it is returned.
    pub(super) fn refused(&mut self, value: Option<i64>, why: Refused) {
        self.note(format!("refused: {value:?} {why:?}"));
    }

    pub(super) fn result(&mut self, of: &str, result: impl Debug) {
        self.note(format!("{of}: {result:?}"));
    }

    pub(super) fn unheard(&mut self, topic: &str) {
        self.note(format!("no subscriber received {topic}"));
    }

    pub(super) fn left_out(&mut self) {
        self.note("left out");
    }

    /// The state after a step of the program.
    pub(super) fn stepped(&mut self, waiting: usize, units: impl Iterator<Item = impl Debug>) {
        let mut failures = std::mem::take(&mut self.failures);
        failures.sort();
        let units: Vec<_> = units.collect();
        self.note(format!(
            "{waiting} wait, units {units:?}, failures {failures:?}"
        ));
    }
}

/// Why an emit in a unit is refused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused {
    Committed,
    RolledBack,
    Undelivered,
}

/// The state of a unit.
pub(super) struct Unit {
    pub(super) is_open: bool,
    pub(super) savepoints: usize,
    pub(super) held: usize,
}

/// As a handle of the unit is shown.
impl Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitHandle")
            .field("is_open", &self.is_open)
            .field("savepoints", &self.savepoints)
            .field("held", &self.held)
            .finish()
    }
}
