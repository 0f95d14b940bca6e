//! What is determined at the commit, and what was at the emit.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use events_core::{
    Emission, Event, Registry, Subscription, UnitOfWork,
    middleware::{EmitMiddleware, EmitOutcome, NextEmit},
    units::UnitHandle,
};

use super::{Did, Moved};
use crate::{Journal, block_on};

fn noting(journal: &Journal, name: &'static str) -> impl Fn(&Did) + Send + Sync + 'static {
    let journal = journal.clone();
    move |event: &Did| journal.note(format!("{name} {}", event.0))
}

fn after_commit(
    registry: &Registry,
    handler: impl Fn(&Did) + Send + Sync + 'static,
) -> Subscription {
    let subscription = registry.subscribe(handler).after_commit();
    subscription.register().expect("it is subscribed")
}

#[test]
fn a_subscriber_that_is_added_before_the_commit_receives_the_event() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    after_commit(&registry, noting(&journal, "added")).detach();
    registry.on(noting(&journal, "too late")).detach();
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["added a"]);
}

#[test]
fn a_subscriber_that_is_removed_before_the_commit_does_not_receive_the_event() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let removed = after_commit(&registry, noting(&journal, "removed"));
    let deferred = registry.on_deferred(noting(&journal, "deferred"));
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    drop((removed, deferred));
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn filters_are_asked_at_the_commit() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let limit = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&limit);
    let on = |name: &'static str| registry.subscribe(noting(&journal, name)).after_commit();
    let when = on("when").when(move |_| asked.load(Ordering::Relaxed) > 0);
    when.register().expect("it is subscribed").detach();
    on("origin")
        .origin("shop")
        .register()
        .expect("it is subscribed")
        .detach();
    on("once")
        .once()
        .register()
        .expect("it is subscribed")
        .detach();

    let emit = |work: &UnitOfWork| {
        registry.emit_in_from(&work.handle(), Did("a"), "shop");
        registry.emit_in(&work.handle(), Did("b"));
    };
    let work = UnitOfWork::begin();
    emit(&work);
    work.rollback();
    assert_eq!(journal.take(), [""; 0], "nothing is used up by a rollback");
    let work = UnitOfWork::begin();
    emit(&work);
    limit.store(1, Ordering::Relaxed);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["when a", "origin a", "once a", "when b"]);
}

#[test]
fn a_stop_at_once_drops_what_is_held() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .on(|event: &Did| match event.0 {
            "stopped" => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .detach();
    after_commit(&registry, noting(&journal, "committed")).detach();
    registry.on_deferred(noting(&journal, "later")).detach();
    let undone = registry
        .subscribe(noting(&journal, "undone"))
        .after_rollback();
    undone.register().expect("it is subscribed").detach();
    registry.queue().set_capacity(1);
    let work = UnitOfWork::begin();
    let stopped = registry
        .try_emit_in(&work.handle(), Did("stopped"))
        .expect("nothing fails");
    assert!(stopped.stopped_by().is_some());
    assert_eq!(stopped.deferred(), 0);
    registry.emit_in(&work.handle(), Did("a")); // the room of the other is free
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!(journal.take(), ["committed a", "later a"]);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("stopped"));
    work.rollback();
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn a_stop_after_the_commit_stops_this_event_only() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let stop = registry
        .subscribe(|_: &Did| ControlFlow::Break(()))
        .after_commit();
    stop.priority(1)
        .register()
        .expect("it is subscribed")
        .detach();
    after_commit(&registry, noting(&journal, "committed")).detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.after_commit({
        let journal = journal.clone();
        move || journal.note("a function")
    });
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["a function"]);
}

/// What a handler finds in its emission.
type Seen = Arc<Mutex<Vec<String>>>;

fn seeing(seen: &Seen) -> impl Fn(&Did, &Emission) + Send + Sync + 'static {
    let seen = Arc::clone(seen);
    move |event: &Did, emission: &Emission| {
        let origin = emission.origin().map(|origin| origin.as_str().to_owned());
        let of_event = format!(
            "{} {} {:?} {:?} {:?} {origin:?}",
            event.0,
            emission.id(),
            emission.parent(),
            emission.location(),
            emission.time(),
        );
        seen.lock().expect("not poisoned").push(of_event);
    }
}

#[derive(Event)]
struct Outer;

#[test]
fn the_emission_is_the_same_before_and_after_the_commit() {
    let registry = Registry::new();
    let (before, after) = (Seen::default(), Seen::default());
    registry.on(seeing(&before)).detach();
    let committed = registry.subscribe(seeing(&after)).after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    registry.emit_in_from(&work.handle(), Did("top"), "desk");
    let (handle, inner) = (work.handle(), registry.clone());
    registry
        .on(move |_: &Outer| inner.emit_in(&handle, Did("nested")))
        .detach();
    registry.emit(Outer);
    // In an emission, which is not the parent of what was held.
    let work = Mutex::new(Some(work));
    registry
        .on(move |_: &Moved| {
            let work = work.lock().expect("not poisoned").take();
            work.expect("once").commit().expect("it is committed");
        })
        .detach();
    registry.emit(Moved("commit"));
    let before = before.lock().expect("not poisoned").clone();
    assert_eq!(before.len(), 2);
    assert!(
        before[0].contains("desk") && before[0].contains(" None "),
        "{before:?}"
    );
    assert_eq!(*after.lock().expect("not poisoned"), before);
}

#[test]
fn an_emit_in_the_delivery_queues_an_event_with_awaited_subscribers_as_before_the_commit() {
    for in_delivery in [false, true] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let awaited = async |_: &mut Did, journal: &Journal| journal.note("awaited");
        let awaited = registry
            .subscribe_awaited_with(journal.clone(), awaited)
            .after_commit();
        awaited.register().expect("it is subscribed").detach();
        let work = UnitOfWork::begin();
        let (unit, own, notes) = (work.handle(), registry.clone(), journal.clone());
        let emit = move || match own.try_emit_in(&unit, Did("a")) {
            Ok(emitted) => notes.note(format!("{} later", emitted.deferred())),
            Err(error) => notes.note(error.to_string()),
        };
        if in_delivery {
            work.after_commit(emit);
        } else {
            emit();
        }
        work.commit().expect("it is committed");
        assert_eq!(journal.take(), ["1 later"]);
        assert_eq!(block_on(registry.queue().flush_async()).ran(), 1);
        assert_eq!(journal.take(), ["awaited"]);
    }
}

#[test]
fn an_event_that_is_rejected_after_the_commit_is_reported_then_unless_it_was_received_at_once() {
    type Emit = fn(&Registry, &UnitHandle);
    let ways: [Emit; 5] = [
        |own, unit| own.emit_in(unit, Did("a")),
        |own, unit| block_on(own.emit_in_async(unit, Did("a"))),
        |own, unit| _ = own.emitting().in_unit(unit).emit(Did("a")),
        |own, unit| drop(own.emitting().in_unit(unit).try_emit(Did("a"))),
        |own, unit| _ = block_on(own.emitting().in_unit(unit).emit_async(Did("a"))),
    ];
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry.set_unheard_hook(move |_| notes.note("unheard"));
    let rejects = registry.subscribe(|_: &Did| ()).after_commit();
    let rejects = rejects.when(|_| false).register();
    rejects.expect("it is subscribed").detach();
    for is_received in [false, true] {
        let _now = is_received.then(|| registry.on(|_: &Did| ()));
        for emit in ways {
            for commits in [false, true] {
                let work = UnitOfWork::begin();
                emit(&registry, &work.handle());
                assert_eq!(journal.take(), [""; 0]);
                if commits {
                    work.commit().expect("it is committed");
                } else {
                    work.rollback();
                }
                let reports = usize::from(commits && !is_received);
                assert_eq!(journal.take(), vec!["unheard"; reports]);
            }
        }
    }
}

#[test]
fn what_is_emitted_while_the_unit_runs_what_it_held_is_kept() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let work = UnitOfWork::begin();
    let (handle, inner, notes) = (work.handle(), registry.clone(), journal.clone());
    let nested = move |event: &Did| {
        notes.note(format!("first {}", event.0));
        if event.0 == "a" {
            inner.emit_in(&handle, Did("in the unit"));
            let function = notes.clone();
            handle
                .after_commit(move || function.note("a function"))
                .expect("it is called");
            let _entered = handle.enter();
            inner.emit(Did("without a handle"));
        }
    };
    after_commit(&registry, nested).detach();
    after_commit(&registry, noting(&journal, "second")).detach();
    let handle = work.handle();
    registry.emit_in(&handle, Did("a"));
    registry.emit_in(&handle, Did("b"));
    work.commit().expect("it is committed");
    let expected = [
        "first a",
        "first in the unit",
        "second in the unit",
        "a function",
        "first without a handle",
        "second without a handle",
        "second a",
        "first b",
        "second b",
    ];
    assert_eq!(journal.take(), expected);
    let error = registry
        .try_emit_in(&handle, Did("c"))
        .expect_err("the unit has ended");
    assert!(error.ended().is_some());
}

#[test]
fn a_unit_in_what_is_run_after_a_commit_is_another_one() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inner = registry.clone();
    let begin = move |event: &Did| {
        if event.0 == "a" {
            let work = UnitOfWork::begin();
            inner.emit_in(&work.handle(), Did("kept"));
            work.commit().expect("it is committed");
            let work = UnitOfWork::begin();
            inner.emit_in(&work.handle(), Did("rolled back"));
        }
    };
    after_commit(&registry, noting(&journal, "committed")).detach();
    after_commit(&registry, begin).detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed a", "committed kept"]);
}

#[test]
fn a_registry_that_is_dropped_before_the_commit_receives_its_events() {
    let (registry, journal) = (Registry::new(), Journal::default());
    after_commit(&registry, noting(&journal, "committed")).detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    let weak = registry.downgrade();
    drop(registry);
    assert!(weak.upgrade().is_some());
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed a"]);
    assert!(weak.upgrade().is_none(), "what was held kept it alive");
}

#[test]
fn events_of_several_registries_keep_their_order() {
    let journal = Journal::default();
    let registries = ["first", "second"].map(|name| {
        let registry = Registry::new();
        after_commit(&registry, noting(&journal, name)).detach();
        registry
    });
    let work = UnitOfWork::begin();
    for name in ["a", "b"] {
        for registry in &registries {
            registry.emit_in(&work.handle(), Did(name));
        }
    }
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["first a", "second a", "first b", "second b"]
    );
}

#[test]
fn the_registry_of_an_event_is_the_current_one_of_its_subscribers() {
    let (registry, journal) = (Registry::new(), Journal::default());
    after_commit(&registry, |_| _ = Moved("nested").emit()).detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Moved| notes.note(event.0))
        .detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["nested"]);
}

/// Notes where an emission begins and ends.
struct Around(Journal);

impl EmitMiddleware for Around {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        self.0.note("begin");
        let outcome = next.run();
        self.0.note(format!("end, {} later", outcome.deferred()));
        outcome
    }
}

#[test]
fn middleware_is_around_what_runs_at_once_and_not_around_what_is_held() {
    let (registry, journal) = (Registry::new(), Journal::default());
    after_commit(&registry, noting(&journal, "committed")).detach();
    registry.on(noting(&journal, "now")).detach();
    registry.wrap_emit(Around(journal.clone())).detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    registry.emitting().in_unit(&work.handle()).emit(Did("b"));
    let at_once = [
        "begin",
        "now a",
        "end, 1 later",
        "begin",
        "now b",
        "end, 1 later",
    ];
    assert_eq!(journal.take(), at_once);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed a", "committed b"]);
}

/// Calls the subscribers of every second emission.
struct EverySecond(AtomicU32);

impl EmitMiddleware for EverySecond {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        if self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            return EmitOutcome::withheld();
        }
        next.run()
    }
}

#[test]
fn middleware_around_an_emission_may_keep_the_event_from_the_unit() {
    let (registry, journal) = (Registry::new(), Journal::default());
    after_commit(&registry, noting(&journal, "committed")).detach();
    registry.on(noting(&journal, "now")).detach();
    registry.wrap_emit(EverySecond(AtomicU32::new(0))).detach();
    let work = UnitOfWork::begin();
    for name in ["a", "b"] {
        registry.emit_in(&work.handle(), Did(name));
    }
    let _in_unit = work.handle().enter();
    for name in ["c", "d"] {
        registry.emit(Did(name));
    }
    for name in ["e", "f"] {
        drop(registry.try_emit(Did(name)));
    }
    assert_eq!(journal.take(), ["now b", "now d", "now f"]);
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["committed b", "committed d", "committed f"]
    );
}
