//! The trace of a program: lines of text, which the model and the handlers on the real registry write in the
//! same way.

use std::collections::BTreeSet;

use crate::program::{DECLARED, End, FREE, Handler, METHODS, Registered, Report};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace(Vec<String>);

impl Trace {
    pub(crate) fn lines(&self) -> &[String] {
        &self.0
    }

    fn add(&mut self, line: impl Into<String>) {
        self.0.push(line.into());
    }

    /// A handler is called with this event.
    pub(crate) fn called(
        &mut self,
        handler: usize,
        topic: &str,
        value: Option<i64>,
        origin: Option<usize>,
    ) {
        self.add(format!("h{handler} gets {topic} {value:?} from {origin:?}"));
    }

    /// A handler that performed its acts has ended.
    pub(crate) fn ended(&mut self, handler: usize, end: End) {
        self.add(format!("h{handler} ends: {end:?}"));
    }

    /// A handler is continued after it has waited, in the background or in the chain.
    pub(crate) fn resumed(&mut self, handler: usize, place: Place) {
        self.add(format!("h{handler} resumes in the {place:?}"));
    }

    /// The future of a handler is dropped before it has ended.
    pub(crate) fn cut_off(&mut self, handler: usize, place: Place) {
        self.add(format!("h{handler} is cut off in the {place:?}"));
    }

    pub(crate) fn registered(&mut self, registered: Registered) {
        self.add(format!("registered: {registered:?}"));
    }

    pub(crate) fn scanned(&mut self, fits: bool) {
        self.add(format!("scanned: {fits}"));
    }

    pub(crate) fn emitted(&mut self, value: i64) {
        self.add(format!("emitted: {value}"));
    }

    pub(crate) fn reported(&mut self, value: i64, report: &Report) {
        self.add(format!("emitted: {value} {report:?}"));
    }

    /// A future is dropped that was not ready.
    pub(crate) fn cancelled(&mut self) {
        self.add("cancelled");
    }

    pub(crate) fn enqueued(&mut self, has_room: bool) {
        self.add(format!("enqueued: {has_room}"));
    }

    pub(crate) fn flushed(&mut self, ran: usize, failures: usize, left: usize) {
        self.add(format!(
            "flushed: {ran} ran, {failures} failed, {left} left"
        ));
    }

    pub(crate) fn unheard(&mut self, topic: &str) {
        self.add(format!("no subscriber received {topic}"));
    }

    /// Whether there are subscribers to mute.
    pub(crate) fn muted(&mut self, is_known: bool) {
        self.add(format!("muted: {is_known}"));
    }

    /// The subscribers of an event with their verdicts, and whether there are any.
    /// `others` are those that do not receive the event; their order is not compared, and equal ones count once.
    pub(crate) fn explained(
        &mut self,
        verdicts: &[String],
        others: &BTreeSet<String>,
        has_subscribers: bool,
    ) {
        self.add(format!(
            "explained: {verdicts:?}, others {others:?}, {has_subscribers}"
        ));
    }

    /// An operation that is not possible here.
    pub(crate) fn left_out(&mut self) {
        self.add("left out");
    }

    /// How many jobs wait in the queue, how many calls are to be repeated, and how many were ever to be, after a step of the
    /// program.
    pub(crate) fn waiting(&mut self, jobs: usize, scheduled: usize, retried: u64) {
        self.add(format!("{jobs} wait, {scheduled} of {retried} retries"));
    }

    /// How many closures of handlers there are, after a step of the program.
    pub(crate) fn closures(&mut self, count: usize) {
        self.add(format!("{count} closures"));
    }
}

/// Where a handler waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Among the sync handlers: it is awaited.
    Chain,
    Background,
}

/// The name of a handler in reports: the part that is the same in each run, and its priority.
pub(crate) fn label(number: usize, handler: &Handler) -> String {
    let name = match (number, handler.id) {
        (..DECLARED, _) => format!("declared_{number}"),
        (..FREE, _) => format!("method_{}", (number - DECLARED) % METHODS),
        (_, Some(id)) => format!("id {id}"),
        (_, None) => String::from("closure"),
    };
    format!("{name}, priority {}", handler.priority)
}
