//! Sections 2 and 4: what counts as ran, run later, failed and not reached, and which events count as received by no
//! subscriber: one table for all ways to emit.

use std::{ops::ControlFlow, time::Duration};

use events_core::{
    AnyEvent, Event, Registry, args, bounds::Family, emitting::TryEmitAsync, queues::QueueFull,
    subscribing::NewSubscription,
};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "counted")]
struct Ping;

/// What fills a queue.
#[derive(Event)]
struct Filler;

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
const HALF_FAILED: &str = "1 of the 2 subscribers of `counted` that ran failed";
const UNREACHED: &str = "of the subscribers of `counted`, 1 was not reached";
const UNHEARD: Counts = (Ok((0, 0)), Ok((0, 0)), Some(0), true);
const RAN: Counts = (Ok((1, 0)), Ok((1, 0)), Some(0), false);
const FAILS: Counts = (Err((1, FAILED)), Err((1, FAILED)), Some(1), false);
const ONE_OF_TWO: Counts = (Err((2, HALF_FAILED)), Err((2, HALF_FAILED)), Some(1), false);
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
        "async, the queue is full",
        |r| {
            r.on_async(|_: &Ping| async {}).detach();
            fill(r);
        },
        (Err((0, UNREACHED)), Ok((1, 0)), None, false),
    ),
    (
        "deferred, the queue is full, so it runs at once",
        |r| {
            r.on_deferred(|_: &Ping| ()).detach();
            fill(r);
        },
        (Ok((1, 0)), Ok((1, 0)), None, false),
    ),
    (
        "deferred, filtered, the queue is full",
        |r| {
            keep(r.subscribe_deferred(|_: &Ping| ()).when(|_| false));
            fill(r);
        },
        (Ok((0, 0)), Ok((0, 0)), None, true),
    ),
    (
        "sync, another origin",
        |r| keep(r.subscribe(|_: &Ping| ()).origin("there")),
        UNHEARD,
    ),
    (
        "async, another origin",
        |r| keep(r.subscribe_async(|_: &Ping| async {}).origin("there")),
        UNHEARD,
    ),
    (
        "deferred, another origin",
        |r| keep(r.subscribe_deferred(|_: &Ping| ()).origin("there")),
        UNHEARD,
    ),
    (
        "sync, once, used up",
        |r| {
            keep(r.subscribe(|_: &Ping| ()).once());
            r.emit(Ping);
        },
        UNHEARD,
    ),
    (
        "async, once, used up",
        |r| {
            keep(r.subscribe_async(|_: &Ping| async {}).once());
            block_on(r.emit_async(Ping));
        },
        UNHEARD,
    ),
    (
        "deferred, once, used up",
        |r| {
            keep(r.subscribe_deferred(|_: &Ping| ()).once());
            r.emit(Ping);
            assert_eq!(r.queue().flush().ran(), 1);
        },
        UNHEARD,
    ),
    (
        "two sync, one fails",
        |r| {
            r.on(fails).detach();
            r.on(|_: &Ping| ()).detach();
        },
        ONE_OF_TWO,
    ),
    (
        "a sync one, and an async one that fails",
        |r| {
            r.on(|_: &Ping| ()).detach();
            r.on_async(|_: &Ping| fails_later()).detach();
        },
        (Ok((1, 1)), Err((2, HALF_FAILED)), Some(1), false),
    ),
    (
        "a sync one that fails, and an async one",
        |r| {
            r.on(fails).detach();
            r.on_async(|_: &Ping| async {}).detach();
        },
        (Err((1, FAILED)), Err((2, HALF_FAILED)), Some(1), false),
    ),
    (
        "a sync one, and a filtered one",
        |r| {
            r.on(|_: &Ping| ()).detach();
            keep(r.subscribe(|_: &Ping| ()).when(|_| false));
        },
        RAN,
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

/// Fills the queue.
fn fill(registry: &Registry) {
    registry.queue().set_capacity(1);
    registry.enqueue(Filler).expect("there is room");
}

/// What each way to emit counts, also that of an event by its topic.
const PATTERN_ROWS: &[Row] = &[
    ("a pattern", |r| pattern(r, |_| Ok(())), RAN),
    (
        "a pattern, fails",
        |r| pattern(r, |_| Err("on purpose")),
        FAILS,
    ),
    (
        "a pattern, filtered",
        |r| {
            let new = r.subscribe_topic("coun.*", |_: &dyn AnyEvent| ());
            keep(new.expect("a pattern").when(|_| false));
        },
        UNHEARD,
    ),
    (
        "two patterns, one fails",
        |r| {
            pattern(r, |_| Err("on purpose"));
            pattern(r, |_| Ok(()));
        },
        ONE_OF_TWO,
    ),
];

fn pattern(registry: &Registry, handler: fn(&dyn AnyEvent) -> Result<(), &'static str>) {
    let on = registry.on_topic("coun.*", move |event: &dyn AnyEvent| handler(event));
    on.expect("a pattern").detach();
}

/// A registry in this situation, and the topics that its hook was called with.
fn registry(situation: Situation) -> (Registry, Journal) {
    let (registry, unheard) = (Registry::new(), Journal::default());
    let notes = unheard.clone();
    registry.set_unheard_hook(move |event: &dyn AnyEvent| notes.note(event.topic()));
    situation(&registry);
    (registry, unheard)
}

/// The first line of the text of an error.
fn report<E>(result: Result<events_core::Emitted<E>, events_core::EmitError<E>>) -> Report {
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
    let tried = emitted(*situation, |registry| {
        report(registry.try_emit_from(Ping, "here"))
    });
    compare("try_emit_from", format!("{tried:?}"), reported(sync));
    for (way, emit) in EMITS {
        let (_, hook) = emitted(*situation, emit);
        compare(way, hook.to_string(), is_unheard.to_string());
    }
    for (way, emit) in TRY_ASYNC {
        let tried = emitted(*situation, |registry| report(block_on(emit(registry))));
        compare(way, format!("{tried:?}"), reported(later));
    }
    let expected = (*queued, *is_unheard && queued.is_some());
    for (way, enqueue) in ENQUEUES {
        let enqueue = |registry: &Registry| {
            enqueue(registry).ok()?;
            Some(registry.queue().flush().failures())
        };
        let enqueued = emitted(*situation, enqueue);
        compare(way, format!("{enqueued:?}"), format!("{expected:?}"));
    }
    found
}

type Emit<T> = fn(&Registry) -> T;

/// Ways to emit that report nothing.
const EMITS: [(&str, Emit<()>); 4] = [
    ("emit", |registry| _ = registry.emit(Ping)),
    ("emit_from", |registry| _ = registry.emit_from(Ping, "here")),
    ("emit_mut", |registry| registry.emit_mut(&mut Ping)),
    ("emit_async", |registry| {
        _ = block_on(registry.emit_async(Ping));
    }),
];

const TRY_ASYNC: [(&str, Emit<TryEmitAsync<Ping>>); 2] = [
    ("try_emit_async", |registry| registry.try_emit_async(Ping)),
    ("try_emit_async_from", |registry| {
        registry.try_emit_async_from(Ping, "here")
    }),
];

type Enqueued = Result<(), QueueFull<Ping>>;

const ENQUEUES: [(&str, Emit<Enqueued>); 2] = [
    ("enqueue", |registry| registry.enqueue(Ping)),
    ("enqueue_from", |registry| {
        registry.enqueue_from(Ping, "here")
    }),
];

/// The same of a named event.
fn topic_differences((name, situation, (sync, _, _, is_unheard)): &Row) -> Vec<String> {
    let tried = emitted(*situation, |registry| {
        report(registry.try_emit_topic("counted", args! {}))
    });
    let (_, hook) = emitted(*situation, |registry| {
        _ = registry.emit_topic("counted", args! {});
    });
    let rows = [
        (
            "try_emit_topic",
            format!("{tried:?}"),
            format!("{:?}", (sync, is_unheard)),
        ),
        ("emit_topic", hook.to_string(), is_unheard.to_string()),
    ];
    let differ = rows
        .into_iter()
        .filter(|(_, actual, expected)| actual != expected);
    differ
        .map(|(way, actual, expected)| format!("{name}, {way}: {actual}, not {expected}"))
        .collect()
}

#[test]
fn all_ways_to_emit_count_the_same_things() {
    let rows = ROWS.iter().chain(PATTERN_ROWS);
    let mut found: Vec<_> = rows.flat_map(differences).collect();
    found.extend(PATTERN_ROWS.iter().flat_map(topic_differences));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
