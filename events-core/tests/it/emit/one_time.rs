//! `once` is used up by a run and by nothing else. The id of a subscriber is free again when its subscription ends, and
//! the permit of a concurrency limit when its call ends. `tests/random` covers a queue that is full or shut down.

use std::ops::ControlFlow;

use events_core::{
    AnyEvent, Event, Registry, State, Subscription, scanning::Subscribers, subscriber, subscribers,
};

use crate::{Gate, Journal, block_on, poll_once};

/// What keeps an event from the handlers with `once`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    Nothing,
    Filtered,
    ConditionPanics,
    Stopped,
    ClonePanics,
    TooDeep,
    DroppedUnpolled,
    OtherOrigin,
}

#[derive(Event)]
#[event(topic = "one_time::One")]
struct One(Obstacle);

impl Clone for One {
    fn clone(&self) -> Self {
        assert!(self.0 != Obstacle::ClonePanics, "on purpose");
        Self(self.0)
    }
}

/// Its handler emits a `One`.
#[derive(Event)]
struct Outer;

fn passes(event: &One) -> bool {
    assert!(event.0 != Obstacle::ConditionPanics, "on purpose");
    event.0 != Obstacle::Filtered
}

#[subscriber(once, when = passes, origin = "here")]
fn declared_sync(_: &One, journal: State<'_, Journal>) {
    journal.note("ran");
}

#[subscriber(once, when = passes, origin = "here")]
async fn declared_async(_: &One, journal: State<'_, Journal>) {
    journal.note("ran");
}

#[subscriber(once, deferred, when = passes, origin = "here")]
fn declared_deferred(_: &One, journal: State<'_, Journal>) {
    journal.note("ran");
}

/// Registers declared handlers.
fn scan(registry: &Registry, journal: Journal, subscribers: Subscribers) {
    let scanner = registry.scanner().state(journal);
    scanner.subscribers(subscribers).run();
}

/// Registers a handler with `once` that notes that it ran.
type Register = fn(&Registry, Journal);

const KINDS: &[(&str, Register)] = &[
    ("sync", |registry, journal| {
        let new = registry.subscribe(move |_: &One| journal.note("ran"));
        new.when(passes)
            .origin("here")
            .once()
            .register()
            .expect("no id")
            .detach();
    }),
    ("async", |registry, journal| {
        let new = registry.subscribe_async(move |_: &One| {
            let journal = journal.clone();
            async move { journal.note("ran") }
        });
        new.when(passes)
            .origin("here")
            .once()
            .register()
            .expect("no id")
            .detach();
    }),
    ("deferred", |registry, journal| {
        let new = registry.subscribe_deferred(move |_: &One| journal.note("ran"));
        let new = new.when(passes).origin("here").once().concurrency(1);
        new.register().expect("no id").detach();
    }),
    ("by topic", |registry, journal| {
        let handler = move |_: &dyn AnyEvent| journal.note("ran");
        let new = registry
            .subscribe_topic("one_time::.*", handler)
            .expect("a pattern");
        let passes = |event: &dyn AnyEvent| event.downcast_ref().is_some_and(passes);
        new.when(passes)
            .origin("here")
            .once()
            .register()
            .expect("no id")
            .detach();
    }),
    ("declared sync", |registry, journal| {
        scan(registry, journal, subscribers![declared_sync]);
    }),
    ("declared async", |registry, journal| {
        scan(registry, journal, subscribers![declared_async]);
    }),
    ("declared deferred", |registry, journal| {
        scan(registry, journal, subscribers![declared_deferred]);
    }),
];

/// The kinds of handlers that `emit_async` calls without a snapshot: a panic of `clone` does not keep the event from
/// them.
const RUN_WITHOUT_A_CLONE: &[&str] = &[
    "sync",
    "async",
    "by topic",
    "declared sync",
    "declared async",
];

/// Emits an event that this obstacle keeps from the handler.
fn emit(registry: &Registry, obstacle: Obstacle) {
    match obstacle {
        Obstacle::TooDeep => {
            registry.set_depth_limit(1);
            let inner = registry.clone();
            let emits = move |_: &Outer| drop(inner.try_emit_from(One(obstacle), "here"));
            let _outer = registry.on(emits);
            registry.emit(Outer);
            registry.set_depth_limit(128);
        }
        Obstacle::DroppedUnpolled => drop(registry.emit_async_from(One(obstacle), "here")),
        Obstacle::OtherOrigin => drop(registry.try_emit_from(One(obstacle), "elsewhere")),
        _ => {
            drop(registry.try_emit_from(One(obstacle), "here"));
            registry.queue().flush();
            drop(block_on(
                registry.try_emit_async_from(One(obstacle), "here"),
            ));
        }
    }
    registry.queue().flush();
}

#[test]
fn once_is_used_up_by_a_run_and_by_nothing_else() {
    let obstacles = [
        Obstacle::Filtered,
        Obstacle::ConditionPanics,
        Obstacle::Stopped,
        Obstacle::ClonePanics,
        Obstacle::TooDeep,
        Obstacle::DroppedUnpolled,
        Obstacle::OtherOrigin,
    ];
    for (kind, register) in KINDS {
        for obstacle in obstacles {
            let (registry, journal) = (Registry::new(), Journal::default());
            let stop = registry.subscribe(|event: &One| match event.0 {
                Obstacle::Stopped => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            });
            stop.priority(1).register().expect("no id").detach();
            register(&registry, journal.clone());
            emit(&registry, obstacle);
            let ran = !journal.take().is_empty();
            assert_eq!(
                ran,
                obstacle == Obstacle::ClonePanics && RUN_WITHOUT_A_CLONE.contains(kind),
                "{kind}: {obstacle:?}"
            );
            for _ in 0..2 {
                emit(&registry, Obstacle::Nothing);
            }
            let expected: &[&str] = if ran { &[] } else { &["ran"] };
            assert_eq!(journal.take(), expected, "{kind}: {obstacle:?}");
        }
    }
}

/// Registers with the id and fails, or ends the subscription that has it.
type GiveUp = fn(&Registry);

fn with_id(registry: &Registry) -> Option<Subscription> {
    registry.subscribe(|_: &One| ()).id("x").register().ok()
}

const WITHOUT_THE_ID: &[(&str, GiveUp)] = &[
    ("an unknown target", |registry| {
        let new = registry.subscribe(|_: &One| ()).id("x").after("missing");
        assert!(new.register().is_err());
    }),
    ("a cycle", |registry| {
        let new = registry.subscribe(|_: &One| ()).id("x").after("x");
        assert!(new.register().is_err());
    }),
    ("a batch that fails", |registry| {
        let mut batch = registry.batch();
        batch.add(registry.subscribe(|_: &One| ()).id("x"));
        batch.add(registry.subscribe(|_: &One| ()).after("missing"));
        assert!(batch.register().is_err());
    }),
    ("a batch that is dropped", |registry| {
        let mut batch = registry.batch();
        batch.add(registry.subscribe(|_: &One| ()).id("x"));
        drop(batch);
    }),
    ("a subscription that is not registered", |registry| {
        drop(registry.subscribe(|_: &One| ()).id("x"));
    }),
    ("a subscription that is dropped", |registry| {
        drop(with_id(registry));
    }),
    ("a handler that ran once", |registry| {
        let new = registry.subscribe(|_: &One| ()).id("x").once();
        new.register().expect("the id is free").detach();
        registry.emit(One(Obstacle::Nothing));
    }),
];

#[test]
fn an_id_is_in_use_while_its_subscription_exists_and_no_longer() {
    for (name, give_up) in WITHOUT_THE_ID {
        let registry = Registry::new();
        give_up(&registry);
        let subscription = with_id(&registry);
        assert!(subscription.is_some(), "{name}");
        assert!(with_id(&registry).is_none(), "{name}: it is in use");
    }
}

/// Starts a call of the handler, and ends it.
type EndOfCall = fn(&Registry, &Gate);

/// Each call of the handler with a limit ends in another way than by a run, or by one that fails.
#[test]
fn a_permit_is_released_however_its_call_ends() {
    let ends: [(&str, EndOfCall); 4] = [
        ("it panics", |registry, gate| {
            gate.open();
            assert!(block_on(registry.try_emit_async(One(Obstacle::ConditionPanics))).is_err());
        }),
        ("it is dropped while it runs", |registry, _| {
            assert!(poll_once(registry.emit_async(One(Obstacle::Nothing))).is_pending());
        }),
        (
            "it is dropped while it waits for the permit",
            |registry, gate| {
                let mut first = Box::pin(registry.emit_async(One(Obstacle::Nothing)));
                assert!(poll_once(first.as_mut()).is_pending());
                assert!(poll_once(registry.emit_async(One(Obstacle::Nothing))).is_pending());
                gate.open();
                block_on(first);
            },
        ),
        ("it is dropped unpolled", |registry, _| {
            drop(registry.emit_async(One(Obstacle::Nothing)));
        }),
    ];
    for (name, end) in ends {
        let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
        let (notes, waits) = (journal.clone(), gate.clone());
        let handler = move |event: &One| {
            let (notes, wait, obstacle) = (notes.clone(), waits.wait(), event.0);
            async move {
                wait.await;
                assert!(obstacle != Obstacle::ConditionPanics, "on purpose");
                notes.note("ran");
            }
        };
        let new = registry.subscribe_async(handler).concurrency(1);
        new.register().expect("no id").detach();
        end(&registry, &gate);
        journal.take();
        gate.open();
        let emits = poll_once(registry.emit_async(One(Obstacle::Nothing)));
        assert!(emits.is_ready(), "{name}");
        assert_eq!(journal.take(), ["ran"], "{name}");
    }
}
