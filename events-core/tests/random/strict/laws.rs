//! The laws that every script obeys, checked on the journal after the run.

use std::{collections::BTreeMap, iter::successors};

use events_core::outcomes::{SkipReason, SubscriberOutcome};

use super::{
    handlers::{CallOutcome, Entry, Progress, Sent, Verb, What},
    run::Outcome,
    script::{MARKERS, Script},
};
use crate::program::Phase;

/// How often a handler began, ended and was cut off for one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Calls {
    begun: usize,
    ended: usize,
    cut_off: usize,
}

/// All violations of the laws.
pub(crate) fn violations(script: &Script, outcome: &Outcome) -> Vec<String> {
    let mut found = outcome.problems.clone();
    let journal = outcome.shared.journal();
    let sent = outcome.shared.sent();
    let mut calls: BTreeMap<(usize, usize), Calls> = BTreeMap::new();
    for entry in journal.iter() {
        let calls = calls.entry((entry.event, entry.handler)).or_default();
        match entry.what {
            What::Begins => calls.begun += 1,
            What::Ends => calls.ended += 1,
            What::CutOff => calls.cut_off += 1,
        }
    }
    for (event, sent) in sent.iter().enumerate() {
        for (number, handler) in script.handlers.iter().enumerate() {
            if handler.kind != sent.kind {
                continue;
            }
            let calls = calls.get(&(event, number)).copied().unwrap_or_default();
            if let Some(violation) = exactly_once(script, outcome, (event, sent), number, calls) {
                found.push(format!(
                    "event {event} ({sent:?}), handler {number}: {violation}, {calls:?}"
                ));
            }
        }
    }
    found.extend(outcomes(script, outcome));
    found.extend(order(script, &journal, &sent));
    found.extend(limits(script, &journal));
    found.extend(one_after_the_other(script, &journal));
    for &(handler, length) in &outcome.unsubscribed {
        let later = journal.iter().skip(length);
        let begins = |entry: &&Entry| entry.handler == handler && entry.what == What::Begins;
        if later.filter(begins).count() > 0 {
            found.push(format!("handler {handler} began after it was unsubscribed"));
        }
    }
    found
}

/// The outcomes of an emit are those of the journal.
fn outcomes(script: &Script, outcome: &Outcome) -> Vec<String> {
    let outcomes = outcome.shared.outcomes();
    let is_right = |one: &CallOutcome| {
        let handler = &script.handlers[one.handler];
        match &one.outcome {
            None => false,
            Some(SubscriberOutcome::Ran) => one.ended == 1,
            // A worker may have run it meanwhile.
            Some(SubscriberOutcome::Deferred) => handler.phase == Phase::Deferred,
            Some(SubscriberOutcome::Skipped(SkipReason::Unsubscribed)) => {
                let mut gone = outcome.unsubscribed.iter();
                one.begun == 0 && gone.any(|(gone, _)| *gone == one.handler)
            }
            Some(_) => false,
        }
    };
    let wrong = outcomes.iter().filter(|one| !is_right(one));
    let text = |one: &CallOutcome| format!("event {}: the outcome {one:?}", one.event);
    wrong.map(text).collect()
}

/// A handler runs once to its end, or a shutdown hands its event back, or it was cut off with the
/// emitter.
fn exactly_once(
    script: &Script,
    outcome: &Outcome,
    (event, sent): (usize, &Sent),
    number: usize,
    calls: Calls,
) -> Option<&'static str> {
    let handler = &script.handlers[number];
    if calls.begun > 1 {
        return Some("it began twice");
    }
    if calls.begun != calls.ended + calls.cut_off {
        return Some("a call has not ended");
    }
    let is_back = outcome.handed_back.iter().any(|back| {
        let unfinished = back.unfinished.as_ref();
        back.event == event && unfinished.is_none_or(|unfinished| unfinished.contains(&number))
    });
    if calls.ended == 1 && is_back {
        return Some("it ended, and its event is handed back for it");
    }
    let is_gone = outcome.unsubscribed.iter().any(|(gone, _)| *gone == number);
    let is_done = calls.ended == 1 || is_back || is_gone;
    let is_async = handler.phase == Phase::Async;
    let is_behind_awaited = script.is_behind_awaited(number);
    let may_be_lost = match sent.verb {
        Verb::Enqueued => false,
        Verb::Refused => true,
        // A failed delivery, which is logged.
        Verb::Emitted => handler.is_awaited || (sent.is_late && is_async),
        Verb::EmittedAsync(Progress::Created) => true,
        Verb::EmittedAsync(Progress::Polled) => {
            is_async || is_behind_awaited || waits_for_async(script, number)
        }
        Verb::EmittedAsync(Progress::Completed) => false,
    };
    if calls.begun > 0 && handler.is_awaited && sent.verb == Verb::Emitted {
        return Some("a sync emit cannot await it");
    }
    if calls.begun > 0
        && [Verb::Refused, Verb::EmittedAsync(Progress::Created)].contains(&sent.verb)
    {
        return Some("its event was not sent");
    }
    (!is_done && !may_be_lost).then_some("it was lost")
}

/// Whether a handler is after an async one, directly or through others. If it is deferred, a dropped
/// `emit_async` loses it.
fn waits_for_async(script: &Script, number: usize) -> bool {
    let mut predecessors = successors(script.handlers[number].after, |number| {
        script.handlers[*number].after
    });
    predecessors.any(|number| script.handlers[number].phase == Phase::Async)
}

/// Jobs begin in the order in which they were enqueued, apart from the handlers behind an awaited one, and the calls of a handler with a limit of 1 in the
/// order of the jobs.
fn order(script: &Script, journal: &[Entry], sent: &[Sent]) -> Vec<String> {
    let mut found = Vec::new();
    let begun = |handler: usize| {
        let begins = journal.iter().filter(|entry| entry.what == What::Begins);
        let begins = begins.filter(move |entry| entry.handler == handler);
        begins.map(|entry| entry.event).collect::<Vec<_>>()
    };
    let is_job = |event: &usize| {
        let marker = sent[*event].kind as usize;
        match sent[*event].verb {
            Verb::Enqueued => !script.is_behind_awaited(marker),
            verb => verb == Verb::Emitted,
        }
    };
    let jobs: Vec<_> = journal
        .iter()
        .filter(|entry| entry.what == What::Begins && entry.handler < MARKERS)
        .map(|entry| entry.event)
        .filter(is_job)
        .collect();
    if !jobs.is_sorted() {
        found.push(format!("jobs began in the order {jobs:?}"));
    }
    for (number, handler) in script.handlers.iter().enumerate() {
        if handler.limit == Some(1) && handler.after.is_none() {
            let calls = begun(number);
            let mut arrived = begun(handler.kind as usize);
            arrived.retain(|event| calls.contains(event));
            if calls != arrived {
                found.push(format!(
                    "handler {number} was called in the order {calls:?}, and the events came as {arrived:?}"
                ));
            }
        }
    }
    found
}

/// Of the sync and awaited handlers of an event, each begins when those before it have ended, and all others later.
fn one_after_the_other(script: &Script, journal: &[Entry]) -> Vec<String> {
    let is_in_chain = |entry: &&Entry| script.handlers[entry.handler].phase == Phase::Sync;
    let mut found = Vec::new();
    for (index, entry) in journal.iter().enumerate() {
        if entry.what != What::Begins {
            continue;
        }
        let of_event = |other: &&Entry| other.event == entry.event;
        let before = journal[..index].iter().filter(of_event).filter(is_in_chain);
        let is_open = before.clone().fold(0, |open, other| match other.what {
            What::Begins => open + 1,
            What::Ends | What::CutOff => open - 1,
        }) > 0;
        let is_overtaken =
            is_in_chain(&entry) && before.clone().any(|one| one.handler > entry.handler);
        if is_open || is_overtaken {
            found.push(format!("{entry:?} is out of its place in the chain"));
        }
    }
    found
}

/// A handler has no more calls at once than its limit.
fn limits(script: &Script, journal: &[Entry]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, handler) in script.handlers.iter().enumerate() {
        let Some(limit) = handler.limit else { continue };
        let (mut now, mut most) = (0_usize, 0);
        for entry in journal.iter().filter(|entry| entry.handler == number) {
            match entry.what {
                What::Begins => now += 1,
                What::Ends | What::CutOff => now -= 1,
            }
            most = most.max(now);
        }
        if most > limit {
            found.push(format!(
                "{most} calls of handler {number} at once, and the limit is {limit}"
            ));
        }
    }
    found
}
