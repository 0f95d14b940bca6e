//! Async emits without a handle, in a unit that is entered.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        mpsc::{Sender, channel},
    },
};

use events_core::{
    __testing::{Intercepted, Interceptor, set_interceptor},
    AnyEvent, Event, Failure, Registry, UnitOfWork, args,
    failures::{Cause, Undelivered},
    units::{UnitHandle, WithUnit},
};

use super::{Did, Moved, registry};
use crate::{Gate, Journal, awaited::suspend, block_on, poll_once};

#[test]
fn an_async_emit_holds_a_copy() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let notes = journal.clone();
    registry
        .on_async(move |event: &Did| {
            notes.note(format!("async {}", event.0));
            async {}
        })
        .detach();
    let work = UnitOfWork::begin();
    let emits = async {
        let event = registry.emit_async(Did("a")).await;
        let emitted = registry
            .try_emit_async(Did("b"))
            .await
            .expect("nothing fails");
        (event.0, emitted.ran(), emitted.deferred())
    };
    assert_eq!(block_on(emits.with_unit(work.handle())), ("a", 1, 3));
    assert_eq!(journal.take(), ["now a", "now b"]);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed a", "committed b"]);
    registry.queue().flush();
    assert_eq!(journal.take(), ["later a", "async a", "later b", "async b"]);
}

#[test]
fn an_emit_belongs_to_the_unit_that_is_entered_at_the_call() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let (work, other) = (UnitOfWork::begin(), UnitOfWork::begin());
    let emit = {
        let _in_unit = work.handle().enter();
        registry.emit_async(Did("a"))
    };
    let outside = registry.emit_async(Did("b"));
    block_on(
        async {
            emit.await;
            outside.await;
        }
        .with_unit(other.handle()),
    );
    assert_eq!(journal.take(), ["now a", "now b", "committed b"]);
    other.rollback();
    assert_eq!(journal.take(), [""; 0]);
    work.rollback();
    assert_eq!(journal.take(), ["undone a"]);
}

#[test]
fn an_emit_whose_unit_ends_before_its_first_poll_is_one_without_a_unit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let emit = {
        let _in_unit = work.handle().enter();
        registry.emit_async(Did("a"))
    };
    work.commit().expect("it is committed");
    block_on(emit);
    assert_eq!(journal.take(), ["now a", "committed a"]);
}

#[test]
fn an_emit_whose_unit_is_rolled_back_before_its_first_poll_is_a_failure_of_those_that_wait() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let in_unit = work.handle().enter();
    let (emit, tried) = (
        registry.emit_async(Did("a")),
        registry.try_emit_async(Did("b")),
    );
    drop(in_unit);
    work.rollback();
    block_on(emit);
    let error = block_on(tried).expect_err("the unit has ended");
    assert_eq!((error.ran(), error.failures().len()), (1, 3), "{error}");
    for failure in error.failures() {
        let ended = matches!(failure.cause(), Cause::Undelivered(Undelivered::UnitEnded));
        assert!(ended, "{failure}");
    }
    registry.queue().flush();
    assert_eq!(journal.take(), ["now a", "now b"]);
}

/// Passes on the failures that no caller receives.
#[derive(Debug)]
struct Unreturned(Mutex<Sender<String>>);

impl Interceptor for Unreturned {
    fn withholds(&self, _: &mut dyn Intercepted) -> bool {
        false
    }

    fn failed(&self, failure: &Failure) {
        let failures = self.0.lock().expect("the lock is not poisoned");
        failures
            .send(failure.cause().to_string())
            .expect("it is received");
    }
}

#[test]
fn what_fails_at_once_is_logged_if_the_unit_ends_meanwhile() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let (sender, failures) = channel();
    let interceptor = Arc::new(Unreturned(Mutex::new(sender)));
    set_interceptor(&registry, Some(interceptor));
    registry.on(|_: &Did| Err::<(), _>("no")).detach();
    registry
        .on_awaited_with(gate.clone(), async |_: &mut Did, gate: &Gate| {
            gate.wait().await;
        })
        .detach();
    for is_committed in [true, false] {
        let work = UnitOfWork::begin();
        let mut emit = pin!(registry.emit_in_async(&work.handle(), Did("a")));
        let mut tried = pin!(registry.try_emit_in_async(&work.handle(), Did("b")));
        assert!(poll_once(emit.as_mut()).is_pending());
        assert!(poll_once(tried.as_mut()).is_pending());
        if is_committed {
            work.commit().expect("it is committed");
        } else {
            work.rollback();
        }
        gate.open();
        block_on(emit);
        let error = block_on(tried).expect_err("the unit has ended");
        assert!(error.ended().is_some(), "{error}");
        let expected = ["returned an error: no", "returned an error: no"];
        assert_eq!(failures.try_iter().collect::<Vec<_>>(), expected);
        *gate.0.lock().expect("not poisoned") = (false, Vec::new());
    }
    let work = Arc::new(Mutex::new(None::<UnitOfWork>));
    let ends = Arc::clone(&work);
    registry
        .on(move |_: &Did| drop(ends.lock().expect("not poisoned").take()))
        .detach();
    let unit = work
        .lock()
        .expect("not poisoned")
        .insert(UnitOfWork::begin())
        .handle();
    let error = registry.try_emit_in(&unit, Did("c"));
    let error = error.expect_err("the unit has ended");
    assert!(error.ended().is_some(), "{error}");
    let expected = ["returned an error: no"];
    assert_eq!(failures.try_iter().take(1).collect::<Vec<_>>(), expected);
}

#[test]
fn what_a_handler_emits_without_a_handle_is_in_the_unit_of_its_emit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let inner = registry.clone();
    registry
        .on_awaited_with(inner, async |event: &mut Began, inner: &Registry| {
            suspend().await;
            inner.emit(Did(event.0));
        })
        .detach();
    type Emitted = Pin<Box<dyn Future<Output = ()>>>;
    let check = |name, emit: &dyn Fn(&UnitHandle) -> Emitted| {
        let (work, other) = (UnitOfWork::begin(), UnitOfWork::begin());
        block_on(emit(&work.handle()).with_unit(other.handle()));
        assert_eq!(journal.take(), [format!("now {name}")]);
        other.commit().expect("it is committed");
        assert_eq!(journal.take(), [""; 0]);
        work.commit().expect("it is committed");
        assert_eq!(journal.take(), [format!("committed {name}")]);
    };
    let own = &registry;
    check("a", &|unit| Box::pin(own.emit_in_async(unit, Began("a"))));
    check("b", &|unit| {
        let emit = own.try_emit_in_async(unit, Began("b"));
        Box::pin(async { _ = emit.await.expect("nothing fails") })
    });
    check("c", &|unit| {
        let _in_unit = unit.enter();
        let emit = own.emit_async(Began("c"));
        Box::pin(async { _ = emit.await })
    });
    check("d", &|unit| {
        let _in_unit = unit.enter();
        let emit = own.try_emit_async(Began("d"));
        Box::pin(async { _ = emit.await.expect("nothing fails") })
    });
    // With a subscriber that waits, a copy is held.
    let notes = journal.clone();
    let waits =
        registry.subscribe(move |event: &Began| notes.note(format!("committed {}", event.0)));
    let waits = waits.after_commit().register();
    waits.expect("it is subscribed").detach();
    let (work, other) = (UnitOfWork::begin(), UnitOfWork::begin());
    let in_unit = work.handle().enter();
    let emit = registry.emit_async(Began("e"));
    drop(in_unit);
    block_on(emit.with_unit(other.handle()));
    other.rollback();
    work.commit().expect("it is committed");
    let expected = ["now e", "committed e", "committed e"];
    assert_eq!(journal.take(), expected);
}

#[derive(Event, Clone)]
struct Began(&'static str);

#[test]
fn an_emit_whose_unit_ends_while_it_waits_is_a_failure_of_those_that_wait() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let gate = Gate::default();
    registry
        .on_awaited_with(gate.clone(), async |_: &mut Did, gate: &Gate| {
            gate.wait().await;
        })
        .detach();
    for is_committed in [true, false] {
        let work = UnitOfWork::begin();
        let mut emit_in = pin!(registry.try_emit_in_async(&work.handle(), Did("b")));
        let in_unit = work.handle().enter();
        let mut entered = pin!(registry.try_emit_async(Did("c")));
        drop(in_unit);
        assert!(poll_once(emit_in.as_mut()).is_pending());
        assert!(poll_once(entered.as_mut()).is_pending());
        if is_committed {
            work.commit().expect("it is committed");
        } else {
            work.rollback();
        }
        gate.open();
        let error = block_on(entered).expect_err("the unit has ended");
        assert_eq!(error.failures().len(), 3, "{error}");
        assert!(
            error
                .to_string()
                .contains("the unit of work, or the savepoint, has ended"),
            "{error}"
        );
        let error = block_on(emit_in).expect_err("the unit has ended");
        assert_eq!(
            error.ended().map(|ended| ended.is_committed()),
            Some(is_committed)
        );
        assert!(error.into_event().is_none());
        let notes = journal.take();
        assert!(
            notes.iter().all(|note| note.starts_with("now")),
            "{notes:?}"
        );
        *gate.0.lock().expect("not poisoned") = (false, Vec::new());
    }
}

#[test]
fn an_emit_whose_savepoint_ends_while_it_waits_says_so() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let gate = Gate::default();
    registry
        .on_awaited_with(gate.clone(), async |_: &mut Did, gate: &Gate| {
            gate.wait().await;
        })
        .detach();
    let work = UnitOfWork::begin();
    let point = work.savepoint();
    let mut emit = pin!(registry.try_emit_in_async(&work.handle(), Did("a")));
    assert!(poll_once(emit.as_mut()).is_pending());
    point.rollback();
    gate.open();
    let error = block_on(emit).expect_err("the savepoint has ended");
    let ended = error.ended().expect("it has ended");
    assert!(!ended.is_committed());
    assert_eq!(
        ended.to_string(),
        "the savepoint of the emit was rolled back, and the unit of work is open; emit again"
    );
    registry.emit_in(&work.handle(), Did("b"));
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["now a", "now b", "committed b"]);
}

#[test]
fn a_dropped_emit_holds_nothing() {
    let journal = Journal::default();
    let registry = registry(&journal);
    registry.queue().set_capacity(1);
    let gate = Gate::default();
    registry
        .on_awaited_with(gate.clone(), async |_: &mut Did, gate: &Gate| {
            gate.wait().await;
        })
        .detach();
    let work = UnitOfWork::begin();
    for polls in 0..2 {
        let in_unit = work.handle().enter();
        let emit = registry.emit_async(Did("a"));
        let emit_in = registry.emit_in_async(&work.handle(), Did("b"));
        drop(in_unit);
        if polls > 0 {
            assert!(poll_once(emit).is_pending());
            assert!(poll_once(emit_in).is_pending());
        }
    }
    gate.open();
    block_on(registry.emit_in_async(&work.handle(), Did("c")));
    work.commit().expect("it is committed");
    registry.queue().flush();
    let notes = journal.take();
    let after: Vec<_> = notes
        .iter()
        .filter(|note| !note.starts_with("now"))
        .collect();
    assert_eq!(after, ["committed c", "later c"], "{notes:?}");
}

#[test]
fn an_event_that_cannot_be_copied_is_a_failure() {
    let registry = Registry::new();
    let any = registry
        .subscribe_topic(".*", |_: &dyn AnyEvent| ())
        .expect("valid")
        .after_commit();
    any.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    let emit = async { registry.try_emit_async(Moved("a")).await }.with_unit(work.handle());
    let error = block_on(emit).expect_err("it cannot be copied");
    assert_eq!(error.failures().len(), 1, "{error}");
    assert_eq!(error.event().0, "a");
}

#[test]
fn a_named_event_is_held_as_well() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let committed = registry.subscribe_topic("a::.*", move |event: &dyn AnyEvent| {
        notes.note(event.topic());
    });
    committed
        .expect("valid")
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let work = UnitOfWork::begin();
    let emit = async { registry.emit_topic_async("a::b", args! { n: 1 }).await };
    block_on(emit.with_unit(work.handle()));
    assert_eq!(journal.take(), [""; 0]);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["a::b"]);
}
