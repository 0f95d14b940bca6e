//! The async forms of emits in a unit, and of its commit, cut off at each await.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
};

use events_core::{
    Emission, Event, Registry, UnitOfWork,
    middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmitAsync},
    units::UnitHandle,
};

use super::Did;
use crate::{Journal, block_on, poll_once};

/// Is pending once.
async fn suspend() {
    let mut is_polled = false;
    std::future::poll_fn(move |context| {
        if std::mem::replace(&mut is_polled, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[derive(Event)]
struct Counted(Arc<()>, Vec<&'static str>);

/// Three awaited subscribers that run at once, each with one await, and one after the commit.
fn registry(journal: &Journal) -> Registry {
    let registry = Registry::new();
    for name in ["x", "y", "z"] {
        let state = (journal.clone(), name);
        let awaited = async |event: &mut Counted, (journal, name): &(Journal, &'static str)| {
            suspend().await;
            event.1.push(name);
            journal.note(*name);
        };
        registry.on_awaited_with(state, awaited).detach();
    }
    let notes = journal.clone();
    let any = registry.subscribe_topic(".*", move |event: &dyn events_core::AnyEvent| {
        let names: &Vec<&str> = event.arg("1").expect("it is a field");
        notes.note(format!("committed {}", names.join("")));
    });
    let any = any.expect("valid").after_commit();
    any.register().expect("it is subscribed").detach();
    registry
}

#[test]
fn an_emit_that_is_cut_off_at_any_await_leaves_nothing_in_the_unit() {
    for polls in 0..=4 {
        let journal = Journal::default();
        let registry = registry(&journal);
        let work = UnitOfWork::begin();
        let count = Arc::new(());
        let mut is_ready = false;
        {
            let event = Counted(Arc::clone(&count), Vec::new());
            let mut emit = pin!(registry.emit_in_async(&work.handle(), event));
            for _ in 0..polls {
                is_ready = poll_once(emit.as_mut()).is_ready();
            }
        }
        assert_eq!(is_ready, polls == 4);
        let held = if is_ready { 2 } else { 1 };
        assert_eq!(Arc::strong_count(&count), held, "after {polls} polls");
        journal.take();
        work.commit().expect("it is committed");
        let expected: &[&str] = if is_ready { &["committed xyz"] } else { &[] };
        assert_eq!(journal.take(), expected, "after {polls} polls");
        assert_eq!(Arc::strong_count(&count), 1);
    }
}

#[test]
fn the_result_is_that_of_the_subscribers_that_run_at_once() {
    let registry = Registry::new();
    registry
        .on_awaited(async |_: &mut Did| suspend().await)
        .detach();
    registry
        .on_awaited(async |event: &mut Did| match event.0 {
            "a" => Ok(()),
            _ => Err("not a"),
        })
        .detach();
    let journal = Journal::default();
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let emitted = block_on(registry.try_emit_in_async(&unit, Did("a"))).expect("nothing fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (2, 1));
    let error =
        block_on(registry.try_emit_in_async_from(&unit, Did("b"), "here")).expect_err("one fails");
    assert_eq!(error.failures().len(), 1, "{error}");
    assert!(error.event().is_none(), "the unit has it");
    let error = registry
        .try_emit_in(&unit, Did("c"))
        .expect_err("they are not awaited");
    assert_eq!(error.failures().len(), 2, "{error}");
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["a", "b", "c"]);
}

/// A subscriber that is removed meanwhile is counted in both forms.
#[test]
fn the_subscribers_after_the_commit_are_counted_when_the_emit_begins() {
    for is_async in [false, true] {
        let registry = Registry::new();
        let committed = registry.subscribe(|_: &Did| ()).after_commit();
        let committed = Mutex::new(committed.register().ok());
        registry
            .on(move |_: &Did| drop(committed.lock().expect("not poisoned").take()))
            .detach();
        let work = UnitOfWork::begin();
        let unit = work.handle();
        let emitted = if is_async {
            block_on(registry.try_emit_in_async(&unit, Did("a")))
        } else {
            registry.try_emit_in(&unit, Did("a"))
        };
        assert_eq!(emitted.expect("nothing fails").deferred(), 1, "{is_async}");
        let again = registry.try_emit_in(&unit, Did("b"));
        assert_eq!(again.expect("nothing fails").deferred(), 0);
    }
}

#[test]
fn the_order_is_that_of_the_first_polls() {
    let registry = Registry::new();
    let slow = async |event: &mut Did| {
        if event.0 == "slow" {
            suspend().await;
        }
    };
    registry.on_awaited(slow).detach();
    let journal = Journal::default();
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let mut slow = pin!(registry.emit_in_async(&unit, Did("slow")));
    assert!(poll_once(slow.as_mut()).is_pending());
    block_on(registry.emit_in_async(&unit, Did("fast")));
    block_on(slow);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["slow", "fast"]);
}

#[test]
fn an_emit_belongs_to_the_savepoint_in_which_it_began() {
    let registry = Registry::new();
    registry
        .on_awaited(async |_: &mut Did| suspend().await)
        .detach();
    let journal = Journal::default();
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let mut before = pin!(registry.try_emit_in_async(&unit, Did("before")));
    assert!(poll_once(before.as_mut()).is_pending());
    let point = work.savepoint();
    let mut inside = pin!(registry.try_emit_in_async(&unit, Did("inside")));
    assert!(poll_once(inside.as_mut()).is_pending());
    point.rollback();
    block_on(before).expect("the unit is open");
    let error = block_on(inside).expect_err("its savepoint was rolled back");
    assert!(error.ended().is_some());
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["before"]);
}

#[test]
fn a_commit_that_is_cut_off_before_the_database_has_committed_rolls_back() {
    for polls in 0..=3 {
        let journal = Journal::default();
        let registry = super::registry(&journal);
        let work = UnitOfWork::begin();
        registry.emit_in(&work.handle(), Did("a"));
        for name in ["first", "second"] {
            let notes = journal.clone();
            work.before_commit_async(async move |_| {
                suspend().await;
                notes.note(name);
                Ok(())
            });
        }
        journal.take();
        let mut is_ready = false;
        {
            let mut prepare = Box::pin(work.prepare_async());
            for _ in 0..polls {
                if let std::task::Poll::Ready(prepared) = poll_once(prepare.as_mut()) {
                    is_ready = true;
                    prepared.expect("it is prepared").commit();
                }
            }
        }
        let notes = journal.take();
        assert_eq!(is_ready, polls == 3);
        let last = if is_ready { "committed a" } else { "undone a" };
        assert_eq!(
            notes.last().map(String::as_str),
            Some(last),
            "after {polls} polls: {notes:?}"
        );
        assert_eq!(
            notes.len(),
            polls.clamp(1, 3),
            "after {polls} polls: {notes:?}"
        );
    }
}

/// How a unit that is prepared ends.
type End = fn(events_core::units::Prepared);

#[test]
fn what_is_prepared_is_told_only_when_it_is_committed() {
    let ends: [(End, &str); 4] = [
        (|prepared| prepared.commit(), "committed"),
        (|prepared| prepared.rollback(), "undone"),
        (drop, "undone"),
        (
            |prepared| {
                let unwound = std::panic::catch_unwind(move || {
                    let _prepared = prepared;
                    std::panic::resume_unwind(Box::new(()));
                });
                assert!(unwound.is_err());
            },
            "undone",
        ),
    ];
    for (end, expected) in ends {
        let journal = Journal::default();
        let registry = super::registry(&journal);
        let work = UnitOfWork::begin();
        registry.emit_in(&work.handle(), Did("a"));
        let prepared = work.prepare().expect("it is prepared");
        registry.emit_in(&prepared.handle(), Did("b"));
        assert_eq!(journal.take(), ["now a", "now b"]);
        end(prepared);
        assert_eq!(
            journal.take(),
            [format!("{expected} a"), format!("{expected} b")]
        );
    }
}

/// Withholds all emissions.
struct Withhold;

impl EmitMiddleware for Withhold {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        _: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async { EmitOutcome::withheld() })
    }
}

#[test]
fn an_emission_that_middleware_withholds_is_not_in_the_unit() {
    let journal = Journal::default();
    let registry = super::registry(&journal);
    let withholds = registry.wrap_emit(Withhold);
    let work = UnitOfWork::begin();
    block_on(registry.emit_in_async(&work.handle(), Did("a")));
    let in_unit = work.handle().enter();
    let entered = registry.emit_async(Did("b"));
    let other = registry.emit_async(Did("c"));
    drop(in_unit);
    block_on(entered);
    drop(withholds);
    block_on(other);
    block_on(registry.emit_in_async(&work.handle(), Did("d")));
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["now c", "now d", "committed c", "committed d"]
    );
}

/// Emits when it is dropped, without a registry and without a handle.
struct EmitsOnDrop;

impl Drop for EmitsOnDrop {
    fn drop(&mut self) {
        Did("cut off").emit();
    }
}

/// Middleware that withholds an event for ever.
struct NeverEnds;

impl EmitMiddleware for NeverEnds {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        _: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async {
            let _emits = EmitsOnDrop;
            std::future::pending().await
        })
    }
}

/// A way to emit.
type Emits = fn(&Registry, &UnitHandle);

#[test]
fn what_the_destructors_in_an_emit_that_is_cut_off_emit_is_in_the_unit() {
    let ways: [Emits; 4] = [
        |registry, unit| {
            assert!(poll_once(registry.emit_in_async(unit, Started)).is_pending());
        },
        |registry, unit| {
            assert!(poll_once(registry.try_emit_in_async(unit, Started)).is_pending());
        },
        |registry, unit| {
            let entered = unit.enter();
            let emit = registry.emit_async(Started);
            drop(entered);
            assert!(poll_once(emit).is_pending());
        },
        |registry, unit| {
            let entered = unit.enter();
            let emit = registry.try_emit_async(Started);
            drop(entered);
            assert!(poll_once(emit).is_pending());
        },
    ];
    let check = |way: usize, emit: Emits, is_wrapped: bool| {
        let (registry, journal) = (Registry::new(), Journal::default());
        let awaited = async |_: &mut Started| {
            let _emits = EmitsOnDrop;
            std::future::pending::<()>().await;
        };
        registry.on_awaited(awaited).detach();
        let notes = journal.clone();
        let committed = registry.subscribe(move |event: &Did| notes.note(event.0));
        let committed = committed.after_commit();
        committed.register().expect("it is subscribed").detach();
        if is_wrapped {
            registry.wrap_emit(NeverEnds).detach();
        }
        for (is_committed, expected) in [(false, &[][..]), (true, &["cut off"][..])] {
            let work = UnitOfWork::begin();
            emit(&registry, &work.handle());
            assert_eq!(journal.take(), [""; 0], "{way} {is_wrapped}");
            if is_committed {
                work.commit().expect("it is committed");
            } else {
                work.rollback();
            }
            assert_eq!(journal.take(), expected, "{way} {is_wrapped}");
        }
    };
    for (way, emit) in ways.into_iter().enumerate() {
        check(way, emit, false);
        check(way, emit, true);
    }
}

#[derive(Event, Clone)]
struct Started;

#[test]
fn an_observer_of_failures_runs_in_the_registry_and_the_unit_of_the_emit() {
    for is_async in [false, true] {
        let (registry, journal) = (Registry::new(), Journal::default());
        registry.on_deferred(|_: &Started| ()).detach();
        registry.queue().set_capacity(1);
        registry.enqueue(Started).expect("there is room");
        registry.on_failure(|_| _ = Did("failed").emit()).detach();
        let notes = journal.clone();
        let committed = registry.subscribe(move |event: &Did| notes.note(event.0));
        let committed = committed.after_commit();
        committed.register().expect("it is subscribed").detach();
        let work = UnitOfWork::begin();
        let unit = work.handle();
        if is_async {
            block_on(registry.emit_in_async(&unit, Started));
        } else {
            registry.emit_in(&unit, Started);
        }
        assert_eq!(journal.take(), [""; 0], "{is_async}");
        work.commit().expect("it is committed");
        assert_eq!(journal.take(), ["failed"], "{is_async}");
    }
}
