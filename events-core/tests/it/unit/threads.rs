//! A unit belongs to a transaction, not to a thread or a task.

use std::thread;

use events_core::{
    Registry, UnitOfWork,
    units::{Prepared, Savepoint, UnitHandle, WithUnit},
};

use super::{Did, registry};
use crate::{Journal, block_on};

#[test]
fn units_and_handles_may_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<UnitOfWork>();
    check::<UnitHandle>();
    check::<Savepoint>();
    check::<Prepared>();
}

#[test]
fn a_unit_that_is_moved_between_threads_holds_what_all_of_them_emit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    let inner = registry.clone();
    let moved = thread::spawn(move || {
        inner.emit_in(&work.handle(), Did("b"));
        work
    });
    let work = moved.join().expect("it ends");
    let unit = work.handle();
    let names = ["c", "d", "e", "f"];
    thread::scope(|scope| {
        for name in names {
            let (unit, registry) = (&unit, &registry);
            scope.spawn(move || registry.emit_in(unit, Did(name)));
        }
    });
    let mut before = journal.take();
    before.sort();
    assert_eq!(
        before,
        ["now a", "now b", "now c", "now d", "now e", "now f"]
    );
    thread::spawn(move || work.commit())
        .join()
        .expect("it ends")
        .expect("it is committed");
    let mut after = journal.take();
    assert_eq!(after[..2], ["committed a", "committed b"]);
    after.sort();
    assert_eq!(after.len(), 6);
}

#[test]
fn the_rollback_of_another_thread_takes_what_is_held() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    thread::spawn(move || drop(work)).join().expect("it ends");
    assert_eq!(journal.take(), ["now a", "undone a"]);
}

#[test]
fn two_units_in_one_task_are_independent() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let (first, second) = (UnitOfWork::begin(), UnitOfWork::begin());
    registry.emit_in(&first.handle(), Did("first"));
    registry.emit_in(&second.handle(), Did("second"));
    let emit = |name| {
        let registry = registry.clone();
        async move { registry.emit(Did(name)) }
    };
    block_on(async {
        emit("in first").with_unit(first.handle()).await;
        emit("in second").with_unit(second.handle()).await;
        let inner = emit("inner").with_unit(second.handle());
        async {
            inner.await;
            registry.emit(Did("outer"))
        }
        .with_unit(first.handle())
        .await;
    });
    assert_eq!(journal.take().len(), 6);
    second.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["committed second", "committed in second", "committed inner"]
    );
    first.rollback();
    assert_eq!(
        journal.take(),
        ["undone first", "undone in first", "undone outer"]
    );
}

#[test]
fn many_threads_emit_while_others_open_savepoints() {
    let journal = Journal::default();
    let registry = Registry::new();
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    thread::scope(|scope| {
        for _ in 0..4 {
            let (unit, registry) = (work.handle(), &registry);
            scope.spawn(move || {
                for _ in 0..100 {
                    registry.emit_in(&unit, Did("a"));
                }
            });
        }
        for _ in 0..100 {
            // With no other savepoints, so that each is the innermost one.
            work.savepoint().release().expect("it is the innermost one");
        }
    });
    work.commit().expect("it is committed");
    assert_eq!(journal.take().len(), 400);
}
