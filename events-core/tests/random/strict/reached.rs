//! Situations that the scripts together must reach, read from the outcome of one script.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use super::{
    executor::TaskId,
    handlers::{Entry, Progress, Verb, What},
    run::Outcome,
    script::Script,
};
use crate::program::Phase;

/// Each situation by its name, and whether the script has reached it.
pub(crate) fn reached(script: &Script, outcome: &Outcome) -> [(&'static str, bool); 16] {
    let journal = outcome.shared.journal();
    let sent = outcome.shared.sent();
    let back = |is_begun| {
        let mut back = outcome.handed_back.iter();
        back.any(|back| back.unfinished.is_some() == is_begun)
    };
    let verb = |verb| sent.iter().any(|sent| sent.verb == verb);
    let tasks_at_once = |length: usize| {
        let calls = calls_under_way(&journal[..length]);
        calls.values().collect::<BTreeSet<_>>().len()
    };
    let waits = |handler: usize, before: &[Entry]| {
        let is_meant = |event: usize| {
            let has_begun = |entry: &Entry| (entry.event, entry.handler) == (event, handler);
            sent[event].kind == script.handlers[handler].kind && !before.iter().any(has_begun)
        };
        let is_background = script.handlers[handler].phase != Phase::Sync;
        let mut calls = calls_under_way(before).into_keys();
        is_background && calls.any(|(event, _)| is_meant(event))
    };
    let unsubscribes = |is_reached: &dyn Fn(usize, &[Entry]) -> bool| {
        let mut unsubscribed = outcome.unsubscribed.iter();
        unsubscribed.any(|&(handler, length)| is_reached(handler, &journal[..length]))
    };
    let is_under_way = |handler: usize, before: &[Entry]| {
        let mut calls = calls_under_way(before).into_keys();
        calls.any(|(_, other)| other == handler)
    };
    [
        (
            "a call is cut off",
            journal.iter().any(|entry| entry.what == What::CutOff),
        ),
        (
            "an awaited call is cut off",
            journal.iter().any(|entry| {
                entry.what == What::CutOff && script.handlers[entry.handler].is_awaited
            }),
        ),
        (
            "an event is handed back whose awaited handler has not ended",
            outcome.handed_back.iter().any(|back| {
                let mut unfinished = back.unfinished.iter().flatten();
                unfinished.any(|handler| script.handlers[*handler].is_awaited)
            }),
        ),
        (
            "an awaited handler stands behind another one",
            journal.iter().any(|entry| {
                let of_event = |other: &&Entry| other.event == entry.event;
                let is_awaited = |entry: &Entry| script.handlers[entry.handler].is_awaited;
                let mut others = journal.iter().filter(of_event);
                is_awaited(entry)
                    && others.any(|other| other.handler < entry.handler && is_awaited(other))
            }),
        ),
        ("an event is handed back that was not begun", back(false)),
        ("an event is handed back that was begun", back(true)),
        ("an event is refused", verb(Verb::Refused)),
        (
            "an event is sent by a handler",
            sent.iter().any(|sent| sent.generation > 0),
        ),
        (
            "an emit_async ends",
            verb(Verb::EmittedAsync(Progress::Completed)),
        ),
        (
            "an emit_async is dropped after a poll",
            verb(Verb::EmittedAsync(Progress::Polled)),
        ),
        (
            "an emit_async is dropped before a poll",
            verb(Verb::EmittedAsync(Progress::Created)),
        ),
        (
            "calls of two tasks are under way at once",
            (0..=journal.len()).any(|length| tasks_at_once(length) > 1),
        ),
        ("a stale waker is called", outcome.has_stale_wake),
        (
            "a handler wakes its task and ends",
            outcome.shared.has_wake_at_end.load(Ordering::Relaxed),
        ),
        (
            "a handler is unsubscribed while a call of it waits",
            unsubscribes(&waits),
        ),
        (
            "a handler is unsubscribed while a call of it is under way",
            unsubscribes(&is_under_way),
        ),
    ]
}

/// The calls that have begun and not ended, as event and handler, with the task of each.
fn calls_under_way(journal: &[Entry]) -> BTreeMap<(usize, usize), TaskId> {
    let mut calls = BTreeMap::new();
    for entry in journal {
        let call = (entry.event, entry.handler);
        match entry.what {
            What::Begins => _ = calls.insert(call, entry.task),
            What::Ends | What::CutOff => _ = calls.remove(&call),
        }
    }
    calls
}
