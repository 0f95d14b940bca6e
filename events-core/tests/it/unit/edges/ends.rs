//! Ends of units where they are not expected: in a handler of an emit in the unit, in a panic, on another thread.

use std::{sync::Mutex, thread};

use events_core::{Event, Registry, UnitOfWork, units::UnitHandle};

use super::{Did, Moved, registry};
use crate::{Journal, block_on};

/// The work of a unit that a handler ends.
type Work = std::sync::Arc<Mutex<Option<UnitOfWork>>>;

/// Subscribes a handler that ends the unit when it receives `end`.
fn ends_in_a_handler(registry: &Registry, end: fn(UnitOfWork)) -> Work {
    let work = Work::default();
    let taken = std::sync::Arc::clone(&work);
    registry
        .on(move |event: &Did| {
            let work = taken.lock().expect("not poisoned").take();
            match work {
                Some(work) if event.0 == "end" => end(work),
                work => *taken.lock().expect("not poisoned") = work,
            }
        })
        .detach();
    work
}

/// The emit in which the unit ends is not held: its error says so.
#[test]
fn a_unit_may_end_in_a_handler_of_an_emit_in_it() {
    let check = |end: fn(UnitOfWork), emit: fn(&Registry, &UnitHandle), expected: &[&str]| {
        let journal = Journal::default();
        let registry = registry(&journal);
        let failures = journal.clone();
        registry
            .on_failure(move |failure| failures.note(failure.cause().to_string()))
            .detach();
        let begun = ends_in_a_handler(&registry, end);
        let work = UnitOfWork::begin();
        let unit = work.handle();
        *begun.lock().expect("not poisoned") = Some(work);
        registry.emit_in(&unit, Did("a"));
        emit(&registry, &unit);
        assert_eq!(journal.take(), expected);
        assert!(!unit.is_open());
        registry.queue().set_capacity(1);
        registry.queue().flush();
        journal.take();
        registry
            .enqueue(Moved("free"))
            .expect("no place is reserved");
    };
    let commit = |work: UnitOfWork| work.commit().expect("it is committed");
    let in_unit: [fn(&Registry, &UnitHandle); 2] = [
        |registry, unit| {
            let error = registry
                .try_emit_in(unit, Did("end"))
                .expect_err("it has ended");
            assert!(error.ended().is_some() && error.event().is_none());
            let text = error.to_string();
            assert!(text.contains("Did` was emitted, but is not held"), "{text}");
        },
        |registry, unit| {
            let emit = registry.try_emit_in_async(unit, Did("end"));
            let error = block_on(emit).expect_err("it has ended");
            assert!(error.ended().is_some() && error.event().is_none());
            let text = error.to_string();
            assert!(text.contains("Did` was emitted, but is not held"), "{text}");
        },
    ];
    for emit in in_unit {
        check(commit, emit, &["now a", "now end", "committed a"]);
        check(
            UnitOfWork::rollback,
            emit,
            &["now a", "now end", "undone a"],
        );
    }
    let ended = "was not reached: the unit of work, or the savepoint, has ended; emit, and await the emit, before its end";
    let plain: [fn(&Registry, &UnitHandle); 2] = [
        |registry, unit| {
            let _entered = unit.enter();
            assert_eq!(
                registry
                    .try_emit(Did("end"))
                    .expect_err("it has ended")
                    .failures()
                    .len(),
                3
            );
        },
        |registry, unit| {
            let _entered = unit.enter();
            let error = block_on(registry.try_emit_async(Did("end")));
            assert_eq!(error.expect_err("it has ended").failures().len(), 3);
        },
    ];
    for emit in plain {
        check(
            commit,
            emit,
            &["now a", "now end", "committed a", ended, ended, ended],
        );
        check(
            UnitOfWork::rollback,
            emit,
            &["now a", "now end", "undone a", ended, ended, ended],
        );
    }
}

#[test]
fn functions_after_the_commit_emit_and_begin_units_and_panic() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let (inner, unit) = (registry.clone(), work.handle());
    work.after_commit(move || {
        inner.emit(Did("plain"));
        inner.emit_in(&unit, Did("in the unit that ends"));
        let nested = UnitOfWork::begin();
        inner.emit_in(&nested.handle(), Did("nested"));
        let _entered = nested.handle().enter();
        inner.emit(Did("entered"));
        nested.commit().expect("it is committed");
        unit.after_commit(|| panic!("in the function"))
            .expect("it is called");
        panic!("the function");
    });
    registry.emit_in(&work.handle(), Did("last"));
    journal.take();
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take().join(", "),
        "now plain, committed plain, now in the unit that ends, committed in the unit that ends, now nested, now entered, \
         committed nested, committed entered, committed last"
    );
}

/// A handler panics while the stack unwinds already.
#[test]
fn a_unit_that_is_dropped_in_a_panic_runs_subscribers_that_panic() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let panics = registry
        .subscribe(|_: &Did| panic!("undoing"))
        .after_rollback();
    panics
        .priority(1)
        .register()
        .expect("it is subscribed")
        .detach();
    let failures = journal.clone();
    registry
        .on_failure(move |failure| failures.note(failure.cause().to_string()))
        .detach();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let work = UnitOfWork::begin();
        let _entered = work.handle().enter();
        let point = work.savepoint();
        registry.emit_in(&work.handle(), Did("a"));
        registry.emit(Did("b"));
        let _dropped_first = point;
        panic!("the caller");
    }));
    assert!(unwound.is_err());
    let notes = journal.take();
    assert_eq!(
        [&notes[0], &notes[1], &notes[3], &notes[5]],
        ["now a", "now b", "undone a", "undone b"]
    );
    assert!(
        notes[2].contains("undoing") && notes[4].contains("undoing"),
        "{notes:?}"
    );
    registry.emit(Did("outside"));
    assert_eq!(journal.take(), ["now outside", "committed outside"]);
}

#[test]
fn a_savepoint_is_dropped_on_another_thread_and_out_of_order() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let outer = work.savepoint();
    registry.emit_in(&unit, Did("a"));
    let inner = work.savepoint();
    registry.emit_in(&unit, Did("b"));
    thread::spawn(move || drop(outer)).join().expect("it ends");
    assert_eq!(journal.take(), ["now a", "now b", "undone a", "undone b"]);
    registry.emit_in(&unit, Did("c"));
    let next = work.savepoint();
    drop(inner); // it is gone, and takes nothing along
    registry.emit_in(&unit, Did("d"));
    next.release().expect("it is the innermost one");
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["now c", "now d", "committed c", "committed d"]
    );
}

#[test]
fn a_unit_that_is_prepared_and_dropped_is_rolled_back() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let begin = || {
        let work = UnitOfWork::begin();
        registry.emit_in(&work.handle(), Did("a"));
        let prepared = work.prepare().expect("it is prepared");
        registry.emit_in(&prepared.handle(), Did("b"));
        prepared
    };
    let ends: [fn(events_core::units::Prepared); 4] = [
        drop,
        |prepared| prepared.rollback(),
        |prepared| {
            _ = std::panic::catch_unwind(move || {
                let _prepared = prepared;
                std::panic::resume_unwind(Box::new(()));
            });
        },
        |prepared| {
            thread::spawn(move || drop(prepared))
                .join()
                .expect("it ends");
        },
    ];
    for end in ends {
        let prepared = begin();
        let unit = prepared.handle();
        end(prepared);
        assert_eq!(journal.take(), ["now a", "now b", "undone a", "undone b"]);
        assert!(registry.try_emit_in(&unit, Did("c")).is_err());
    }
}

/// A destructor that emits in its unit, with a handle and without one.
#[derive(Event)]
struct Guard {
    registry: Registry,
    unit: UnitHandle,
    name: &'static str,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.registry.emit_in(&self.unit, Did(self.name));
        let _entered = self.unit.enter();
        self.registry.emit(Did(self.name));
        drop(self.unit.savepoint());
    }
}

/// Its emits are as those of another code at that time: after the commit without a unit, and refused after a rollback.
#[test]
fn the_destructor_of_an_event_emits_in_the_unit_that_held_it() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let guard = |work: &UnitOfWork, name| Guard {
        registry: registry.clone(),
        unit: work.handle(),
        name,
    };
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), guard(&work, "a"));
    let point = work.savepoint();
    registry.emit_in(&work.handle(), guard(&work, "b"));
    point.rollback();
    assert_eq!(journal.take(), ["now b", "now b"], "the unit is open");
    work.commit().expect("it is committed");
    let of = ["now a", "committed a", "now a", "committed a"];
    assert_eq!(
        journal.take(),
        [&of[..], &["committed b", "committed b"]].concat()
    );
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), guard(&work, "c"));
    work.rollback();
    assert_eq!(
        journal.take(),
        ["now c"],
        "the plain one, whose other subscribers fail"
    );
}
