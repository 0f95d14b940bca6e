//! Panics in what a unit calls and drops.

use std::sync::{Arc, Mutex};

use events_core::{Event, Registry, UnitOfWork, units::CommitError};

use super::Did;
use crate::Journal;

#[test]
fn a_handler_that_panics_after_the_commit_stops_no_other() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let failures = journal.clone();
    registry
        .on_failure(move |failure| failures.note(failure.cause().to_string()))
        .detach();
    let panics = registry
        .subscribe(|event: &Did| assert_ne!(event.0, "a", "the first"))
        .after_commit();
    panics.register().expect("it is subscribed").detach();
    let fails = registry.subscribe(|event: &Did| match event.0 {
        "a" => Err("no"),
        _ => Ok(()),
    });
    fails
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let notes = journal.clone();
    let other = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_commit();
    other.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.after_commit(|| panic!("a function"));
    registry.emit_in(&work.handle(), Did("b"));
    work.commit().expect("it is committed");
    let notes = journal.take();
    assert!(notes[0].contains("the first"), "{notes:?}");
    assert_eq!(notes[1..], ["returned an error: no", "a", "b"]);
}

/// Its destructor notes, and panics.
#[derive(Event)]
struct Bomb(Journal);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.note("dropped");
        panic!("the destructor");
    }
}

#[test]
fn the_destructor_of_an_event_that_is_held_may_panic() {
    for end in 0..4 {
        let (registry, journal) = (Registry::new(), Journal::default());
        let notes = journal.clone();
        let other = registry
            .subscribe(move |event: &Did| notes.note(event.0))
            .after_commit();
        other.register().expect("it is subscribed").detach();
        let notes = journal.clone();
        let undone = registry
            .subscribe(move |_: &Did| notes.note("undone"))
            .after_rollback();
        undone.register().expect("it is subscribed").detach();
        let work = UnitOfWork::begin();
        let point = work.savepoint();
        registry.emit_in(&work.handle(), Bomb(journal.clone()));
        registry.emit_in(&work.handle(), Did("a"));
        let last = match end {
            0 => {
                point.release().expect("it is released");
                work.commit().expect("it is committed");
                "a"
            }
            1 => {
                point.rollback();
                drop(work);
                "undone"
            }
            2 => {
                drop(work);
                drop(point);
                "undone"
            }
            _ => {
                let unwound = std::panic::catch_unwind(move || {
                    let _work = (work, point);
                    std::panic::resume_unwind(Box::new(()));
                });
                assert!(unwound.is_err());
                "undone"
            }
        };
        assert_eq!(journal.take(), ["dropped", last], "{end}");
    }
}

#[test]
fn what_is_dropped_with_a_function_may_panic() {
    let journal = Journal::default();
    let (bomb, other) = (Bomb(journal.clone()), Bomb(journal.clone()));
    let work = UnitOfWork::begin();
    work.after_commit(move || drop(bomb));
    work.before_commit(move |_| {
        let _other = &other;
        Ok(())
    });
    drop(work);
    assert_eq!(journal.take(), ["dropped", "dropped"]);
}

#[test]
fn a_function_before_the_commit_that_panics_rolls_back() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let undone = registry
        .subscribe(move |event: &Did| notes.note(event.0))
        .after_rollback();
    undone.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.before_commit(|_| panic!("a function"));
    let error = work.commit().expect_err("a function panics");
    let CommitError::Panicked(panic) = &error else {
        panic!("{error}")
    };
    assert_eq!(panic.message(), "a function");
    let location = panic.location().expect("it is known");
    assert!(location.starts_with(file!()), "{location}");
    assert_eq!(journal.take(), ["a"]);
}

/// Its `Clone` panics.
#[derive(Event)]
struct Uncloned(Arc<Mutex<bool>>);

impl Clone for Uncloned {
    fn clone(&self) -> Self {
        assert!(!*self.0.lock().expect("not poisoned"), "it is not cloned");
        Self(Arc::clone(&self.0))
    }
}

#[test]
fn an_event_that_is_moved_is_not_cloned_and_one_whose_clone_panics_is_a_failure() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |_: &Uncloned| notes.note("committed"))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let panics = Arc::new(Mutex::new(true));
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Uncloned(Arc::clone(&panics)));
    let event = Uncloned(Arc::clone(&panics));
    let in_unit = work.handle().enter();
    let error = registry
        .try_emit(Uncloned(panics))
        .expect_err("it cannot be copied");
    assert!(error.to_string().contains("it is not cloned"), "{error}");
    drop(in_unit);
    drop(event);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed"]);
}
