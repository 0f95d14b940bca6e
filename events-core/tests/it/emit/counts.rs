//! Sections 2 and 4: what counts as ran, run later, failed and not reached, and which events count as received by no
//! subscriber: one table for all ways to emit.

use std::{ops::ControlFlow, time::Duration};

use events_core::{AnyEvent, Event, Registry, bounds::Family, subscribing::NewSubscription};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "counted")]
struct Ping;

/// What an emit reports.
type Report = Result<(usize, usize), (usize, String)>;

fn fails(_: &Ping) -> Result<(), &'static str> {
    Err("on purpose")
}

async fn fails_later() -> Result<(), &'static str> {
    Err("on purpose")
}

fn panics(_: &Ping) -> bool {
    panic!("on purpose")
}

fn keep<F: Family, T>(new: NewSubscription<F, T>) {
    new.register().expect("it has no id").detach();
}

/// Subscribes, and perhaps shuts the queue down.
type Situation = fn(&Registry);

/// A row of the table: a situation, and what is counted in it.
type Row = (&'static str, Situation, Counts);

/// `(ran, deferred)` of `try_emit`, or `(ran, text)` of its error; the same of `try_emit_async`; how many subscribers
/// an enqueued event reports as failed; and whether no subscriber received the event.
type Counts = (Expected, Expected, Option<usize>, bool);

type Expected = Result<(usize, usize), (usize, &'static str)>;

const FAILED: &str = "the only subscriber of `counted` that ran failed";
const UNREACHED: &str = "of the subscribers of `counted`, 1 was not reached";
const UNHEARD: Counts = (Ok((0, 0)), Ok((0, 0)), Some(0), true);
const RAN: Counts = (Ok((1, 0)), Ok((1, 0)), Some(0), false);
const FAILS: Counts = (Err((1, FAILED)), Err((1, FAILED)), Some(1), false);
const LATER: Counts = (Ok((0, 1)), Ok((0, 1)), Some(0), false);

const ROWS: &[Row] = &[
    ("no subscriber", |_| (), UNHEARD),
    ("sync", |r| r.on(|_: &Ping| ()).detach(), RAN),
    ("sync, fails", |r| r.on(fails).detach(), FAILS),
    (
        "sync, filtered",
        |r| keep(r.subscribe(|_: &Ping| ()).when(|_| false)),
        UNHEARD,
    ),
    (
        "sync, its condition panics",
        |r| keep(r.subscribe(|_: &Ping| ()).when(panics)),
        FAILS,
    ),
    (
        "sync, stops",
        |r| {
            r.on(|_: &Ping| ControlFlow::<()>::Break(())).detach();
            r.on(|_: &Ping| ()).detach();
            r.on_async(|_: &Ping| async {}).detach();
        },
        RAN,
    ),
    (
        "async",
        |r| r.on_async(|_: &Ping| async {}).detach(),
        (Ok((0, 1)), Ok((1, 0)), Some(0), false),
    ),
    (
        "async, fails",
        |r| r.on_async(|_: &Ping| fails_later()).detach(),
        (Ok((0, 1)), Err((1, FAILED)), Some(1), false),
    ),
    (
        "async, filtered",
        |r| keep(r.subscribe_async(|_: &Ping| async {}).when(|_| false)),
        UNHEARD,
    ),
    (
        "async, its condition panics",
        |r| keep(r.subscribe_async(|_: &Ping| async {}).when(panics)),
        FAILS,
    ),
    ("deferred", |r| r.on_deferred(|_: &Ping| ()).detach(), LATER),
    (
        "deferred, filtered",
        |r| keep(r.subscribe_deferred(|_: &Ping| ()).when(|_| false)),
        UNHEARD,
    ),
    (
        "deferred, its condition panics",
        |r| keep(r.subscribe_deferred(|_: &Ping| ()).when(panics)),
        FAILS,
    ),
    (
        "async, the queue is shut down",
        |r| {
            r.on_async(|_: &Ping| async {}).detach();
            assert!(r.queue().shutdown(Duration::ZERO).is_empty());
        },
        (Err((0, UNREACHED)), Ok((1, 0)), None, false),
    ),
    (
        "deferred, the queue is shut down, so it runs at once",
        |r| {
            r.on_deferred(|_: &Ping| ()).detach();
            assert!(r.queue().shutdown(Duration::ZERO).is_empty());
        },
        (Ok((1, 0)), Ok((1, 0)), None, false),
    ),
    (
        "async, filtered, the queue is shut down",
        |r| {
            keep(r.subscribe_async(|_: &Ping| async {}).when(|_| false));
            assert!(r.queue().shutdown(Duration::ZERO).is_empty());
        },
        (Ok((0, 0)), Ok((0, 0)), None, true),
    ),
];

/// A registry in this situation, and the topics that its hook was called with.
fn registry(situation: Situation) -> (Registry, Journal) {
    let (registry, unheard) = (Registry::new(), Journal::default());
    let notes = unheard.clone();
    registry.set_unheard_hook(move |event: &dyn AnyEvent| notes.note(event.topic()));
    situation(&registry);
    (registry, unheard)
}

/// The first line of the text of an error.
fn report<E: Event>(result: Result<events_core::Emitted<E>, events_core::EmitError<E>>) -> Report {
    match result {
        Ok(emitted) => Ok((emitted.ran(), emitted.deferred())),
        Err(error) => {
            let text = error.to_string();
            let first = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end_matches(':');
            Err((error.ran(), first.to_owned()))
        }
    }
}

/// Emits in a new registry; returns the result, and whether the hook was called.
fn emitted<T>(situation: Situation, emit: impl FnOnce(&Registry) -> T) -> (T, bool) {
    let (registry, unheard) = registry(situation);
    let result = emit(&registry);
    (result, !unheard.take().is_empty())
}

/// What differs from the table.
fn differences(row: &Row) -> Vec<String> {
    let (name, situation, (sync, later, queued, is_unheard)) = row;
    let mut found = Vec::new();
    let mut compare = |way: &str, actual: String, expected: String| {
        if actual != expected {
            found.push(format!("{name}, {way}: {actual}, not {expected}"));
        }
    };
    let reported = |counts: &Expected| format!("{:?}", (counts, is_unheard));
    let tried = emitted(*situation, |registry| report(registry.try_emit(Ping)));
    compare("try_emit", format!("{tried:?}"), reported(sync));
    let try_async = |registry: &Registry| report(block_on(registry.try_emit_async(Ping)));
    let tried = emitted(*situation, try_async);
    compare("try_emit_async", format!("{tried:?}"), reported(later));
    let (_, hook) = emitted(*situation, |registry| registry.emit(Ping));
    compare("emit", hook.to_string(), is_unheard.to_string());
    let (_, hook) = emitted(*situation, |registry| block_on(registry.emit_async(Ping)));
    compare("emit_async", hook.to_string(), is_unheard.to_string());
    let enqueue = |registry: &Registry| {
        registry.enqueue(Ping).ok()?;
        Some(registry.queue().flush().failures())
    };
    let enqueued = emitted(*situation, enqueue);
    let expected = (*queued, *is_unheard && queued.is_some());
    compare("enqueue", format!("{enqueued:?}"), format!("{expected:?}"));
    found
}

#[test]
fn all_ways_to_emit_count_the_same_things() {
    let found: Vec<_> = ROWS.iter().flat_map(differences).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
