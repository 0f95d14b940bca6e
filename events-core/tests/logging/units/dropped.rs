//! The record of a unit of work that is dropped with events: how many, and their topics.

use std::time::Duration;

use events_core::{Registry, UnitOfWork, units::WithUnit as _};
use tracing::Level;

use super::{Act, CARD, paid, registry};
use crate::{logged, poll_once, suspend};

/// The record at `DEBUG` of a dropped unit; `None` if there is none.
fn dropped(act: Act) -> Option<String> {
    let log = logged(Level::DEBUG, || act(&registry(), UnitOfWork::begin()));
    assert!(!log.concat().contains(CARD), "{log:#?}");
    let mut records = log.into_iter();
    let record = records.find(|line| line.contains("was dropped"));
    assert_eq!(records.find(|line| line.contains("was dropped")), None);
    record
}

#[track_caller]
fn check(name: &str, act: Act, expected: Option<&str>) {
    let record = dropped(act);
    let expected =
        expected.map(|text| format!("DEBUG events_core: a unit of work was dropped; {text}"));
    assert_eq!(record, expected, "{name}");
}

fn emit(registry: &Registry, work: &UnitOfWork) {
    registry.emit_in(&work.handle(), paid());
}

const ONE: Option<&str> =
    Some("1 event is not delivered events=1 topics=logging::units::Paid (x1)");
const TWO: Option<&str> =
    Some("2 events are not delivered events=2 topics=logging::units::Paid (x2)");

#[test]
fn a_unit_that_is_dropped_with_events_is_logged_with_their_topics() {
    check(
        "dropped",
        |registry, work| {
            emit(registry, &work);
            emit(registry, &work);
            work.after_commit(|| ());
        },
        TWO,
    );
    check(
        "in a savepoint",
        |registry, work| {
            let point = work.savepoint();
            emit(registry, &work);
            drop(work);
            drop(point);
        },
        ONE,
    );
    check(
        "enqueued and scheduled",
        |registry, work| {
            let _entered = work.handle().enter();
            registry.enqueue(paid()).expect("there is room");
            let later = registry.enqueue_after(paid(), Duration::from_secs(1));
            drop(later.expect("there is room"));
            let taken = registry.enqueue_after(paid(), Duration::from_secs(1));
            drop(taken.expect("there is room").cancel());
            drop(work);
        },
        TWO,
    );
    check(
        "prepared",
        |registry, work| {
            emit(registry, &work);
            drop(work.prepare().expect("it has no functions"));
        },
        ONE,
    );
    check(
        "cut off",
        |registry, work| {
            emit(registry, &work);
            work.before_commit_async(async |_| {
                suspend().await;
                Ok(())
            });
            let unit = work.handle();
            assert!(poll_once(work.prepare_async().with_unit(unit)).is_pending());
        },
        ONE,
    );
}

/// Its caller knows: it has ended the unit, or receives an error.
#[test]
fn a_unit_that_is_ended_or_holds_no_event_is_not_logged_as_dropped() {
    check("empty", |_, _| (), None);
    check("only a closure", |_, work| work.after_commit(|| ()), None);
    check(
        "rolled back",
        |registry, work| {
            emit(registry, &work);
            work.rollback();
        },
        None,
    );
    check(
        "prepared, and rolled back",
        |registry, work| {
            emit(registry, &work);
            work.prepare().expect("it has no functions").rollback();
        },
        None,
    );
    check(
        "refused",
        |registry, work| {
            emit(registry, &work);
            work.before_commit(|_| Err("it does not balance".into()));
            assert!(work.commit().is_err());
        },
        None,
    );
    check(
        "refused, async",
        |registry, work| {
            emit(registry, &work);
            work.before_commit(|_| Err("it does not balance".into()));
            assert!(poll_once(work.prepare_async()).is_ready());
        },
        None,
    );
    check(
        "a savepoint",
        |registry, work| {
            let point = work.savepoint();
            emit(registry, &work);
            drop(point);
        },
        None,
    );
    check(
        "committed",
        |registry, work| {
            emit(registry, &work);
            work.commit().expect("it is committed");
        },
        None,
    );
}
