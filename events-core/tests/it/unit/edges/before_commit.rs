//! Functions before the commit are in their unit: what they emit without a handle waits for the commit.

use events_core::{Registry, UnitOfWork};

use super::{Did, registry};
use crate::{Journal, awaited::suspend, block_on};

/// Runs the functions that `add` adds, with `end`; another unit is entered, which holds nothing at the end.
#[track_caller]
fn check(add: fn(&UnitOfWork, Registry), end: fn(UnitOfWork), expected: &[&str]) {
    let journal = Journal::default();
    let registry = registry(&journal);
    let other = UnitOfWork::begin();
    let entered = other.handle().enter();
    let work = UnitOfWork::begin();
    add(&work, registry.clone());
    end(work);
    assert_eq!(journal.take(), expected);
    registry.emit(Did("outside"));
    assert_eq!(
        journal.take(),
        ["now outside"],
        "it waits for the other unit"
    );
    drop(entered);
    other.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed outside"]);
}

#[test]
fn what_a_function_before_the_commit_emits_waits_for_the_commit() {
    let sync = |work: &UnitOfWork, registry: Registry| {
        work.before_commit(move |_| {
            registry.emit(Did("a"));
            Ok(())
        });
    };
    let of_async = |work: &UnitOfWork, registry: Registry| {
        work.before_commit_async(move |_| {
            registry.emit(Did("a")); // in the call
            async move {
                registry.emit(Did("b"));
                suspend().await;
                registry.emit_async(Did("c")).await;
                Ok(())
            }
        });
    };
    let commit = |work: UnitOfWork| work.commit().expect("it is committed");
    let commit_async = |work: UnitOfWork| {
        block_on(work.prepare_async())
            .expect("it is prepared")
            .commit();
    };
    let held = ["now a", "committed a"];
    check(sync, commit, &held);
    check(sync, commit_async, &held);
    let held = [
        "now a",
        "now b",
        "now c",
        "committed a",
        "committed b",
        "committed c",
    ];
    check(of_async, commit_async, &held);
}

#[test]
fn with_an_error_of_a_function_before_the_commit_what_it_emitted_is_rolled_back() {
    let add = |work: &UnitOfWork, registry: Registry| {
        work.before_commit(move |_| {
            registry.emit(Did("a"));
            Err("no".into())
        });
    };
    let undone = ["now a", "undone a"];
    let refuse = |work: UnitOfWork| assert!(work.commit().is_err());
    check(add, refuse, &undone);
    let refuse = |work: UnitOfWork| assert!(block_on(work.prepare_async()).is_err());
    check(add, refuse, &undone);
}
