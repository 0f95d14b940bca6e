//! `outcomes` of an emit in a unit of work: those that run after the commit stand behind the others.

use std::ops::ControlFlow;

use events_core::{
    AnyEvent, Emission, EmitError, Emitted, Registry, UnitOfWork, args,
    middleware::{EmitMiddleware, EmitOutcome, NextEmit},
    units::{EmitInError, UnitHandle},
};

use super::outcomes::{PLACED, Placed, lines};
use crate::{Journal, block_on};

/// What the middleware around emissions has seen.
struct Count(Journal);

impl EmitMiddleware for Count {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        let outcome = next.run();
        let (ran, deferred) = (outcome.ran(), outcome.deferred());
        self.0.note(format!("{ran} ran, {deferred} later"));
        outcome
    }
}

type Way = (&'static str, fn(&Registry, &UnitHandle) -> Vec<String>);

fn of_error(result: Result<Emitted<()>, EmitInError<Placed>>) -> Vec<String> {
    let error = match result {
        Ok(emitted) => return lines(&Ok::<_, EmitError<()>>(emitted)),
        Err(error) => error,
    };
    let outcomes = error.outcomes();
    outcomes
        .map(|(one, outcome)| format!("{} {outcome}", one.name))
        .collect()
}

const WAYS: [Way; 6] = [
    ("entered", |own, unit| {
        let _entered = unit.enter();
        lines(&own.try_emit(PLACED))
    }),
    ("entered, async", |own, unit| {
        let _entered = unit.enter();
        lines(&block_on(own.try_emit_async(PLACED)))
    }),
    ("moved", |own, unit| of_error(own.try_emit_in(unit, PLACED))),
    ("moved, async", |own, unit| {
        of_error(block_on(own.try_emit_in_async(unit, PLACED)))
    }),
    ("in_unit", |own, unit| {
        lines(&own.emitting().in_unit(unit).try_emit(PLACED))
    }),
    ("named", |own, unit| {
        let _entered = unit.enter();
        lines(&own.try_emit_topic("outcome.placed", args! { cents: 1_u64 }))
    }),
];

/// Six subscribers, in this order, and one after a rollback. `Break` of `stops` if `is_stopped`.
fn registry(is_stopped: bool) -> Registry {
    let registry = Registry::new();
    let on = |id: &'static str| {
        let subscriber = registry.subscribe_topic(r"outcome\.placed", |_: &dyn AnyEvent| ());
        subscriber.expect("valid").id(id)
    };
    let register = |registered: Result<events_core::Subscription, _>| {
        let registered: Result<_, events_core::subscribing::SubscribeError> = registered;
        registered.expect("it is new").detach();
    };
    register(on("first").register());
    register(on("committed").after_commit().register());
    let stops = move |_: &dyn AnyEvent| {
        if is_stopped {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let stops = registry.subscribe_topic(r"outcome\.placed", stops);
    register(stops.expect("valid").id("stops").register());
    register(on("last").register());
    register(on("undone").after_rollback().register());
    let later =
        registry.subscribe_topic_deferred(r"outcome\.placed", |_: &events_core::EventCopy| ());
    register(later.expect("valid").id("later").register());
    registry
}

fn check(registry: &Registry, expected: &[&str]) {
    for (way, emit) in WAYS {
        let work = UnitOfWork::begin();
        assert_eq!(emit(registry, &work.handle()), expected, "{way}");
    }
}

#[test]
fn those_that_run_after_the_commit_stand_behind_the_others() {
    let ran = [
        "first ran",
        "stops ran",
        "last ran",
        "committed runs after the commit",
        "later runs after the commit",
    ];
    check(&registry(false), &ran);
    let wrapped = registry(false);
    let journal = Journal::default();
    wrapped.wrap_emit(Count(journal.clone())).detach();
    check(&wrapped, &ran);
    let notes = journal.take();
    assert_eq!(notes, ["3 ran, 2 later"; 4], "those of the sync emits");
}

#[test]
fn a_stop_keeps_the_event_from_all_that_run_later() {
    let after = "was not reached: a subscriber before it stopped the event";
    let (committed, last, later) = (
        format!("committed {after}"),
        format!("last {after}"),
        format!("later {after}"),
    );
    check(
        &registry(true),
        &[
            "first ran",
            "stops ran and stopped the event",
            &last,
            &committed,
            &later,
        ],
    );
}

#[test]
fn a_muted_one_is_listed() {
    let registry = registry(false);
    let _committed = registry.mute("committed");
    let muted = "committed was skipped: it is muted";
    check(
        &registry,
        &[
            "first ran",
            "stops ran",
            "last ran",
            muted,
            "later runs after the commit",
        ],
    );
}

#[test]
fn a_full_queue_fails_those_that_run_later() {
    let registry = registry(false);
    registry.queue().set_capacity(1);
    registry.enqueue(PLACED).expect("there is room");
    for (way, emit) in WAYS.iter().filter(|(way, _)| !way.starts_with("moved")) {
        let work = UnitOfWork::begin();
        let lines = emit(&registry, &work.handle());
        let failed = |line: &String| line.contains("the queue is full");
        let failed: Vec<bool> = lines.iter().map(failed).collect();
        assert_eq!(
            failed,
            [false, false, false, true, true],
            "{way}: {lines:?}"
        );
    }
}

#[test]
fn without_subscribers_that_run_at_once_those_that_run_later_are_there() {
    let registry = Registry::new();
    let committed = registry.subscribe(|_: &Placed| ()).after_commit();
    committed
        .id("committed")
        .register()
        .expect("it is new")
        .detach();
    for (way, emit) in WAYS.iter().filter(|(way, _)| *way != "named") {
        let work = UnitOfWork::begin();
        let lines = emit(&registry, &work.handle());
        assert_eq!(lines, ["committed runs after the commit"], "{way}");
    }
}
