//! What is logged about units of work: the failures that no caller receives, and nothing of what a unit holds.

mod dropped;

use events_core::{
    Event, Registry, UnitOfWork,
    units::{UnitHandle, WithUnit as _},
};
use tracing::Level;

use crate::{logged, poll_once, suspend};

const CARD: &str = "4711-0815";

#[derive(Event, Clone)]
struct Paid {
    #[event(secret)]
    card: &'static str,
}

/// Is not `Clone`.
#[derive(Event)]
struct Locked {
    #[event(secret)]
    _card: &'static str,
}

fn paid() -> Paid {
    Paid { card: CARD }
}

/// Subscribers of each phase, which fail.
fn registry() -> Registry {
    let registry = Registry::new();
    let fails = || registry.subscribe(|_: &Paid| Err::<(), _>("it is closed"));
    let register = |new: events_core::subscribing::NewSubscription<Paid, _>, id| {
        new.id(id).register().expect("the id is free").detach();
    };
    register(fails(), "check");
    register(fails().after_commit(), "confirm");
    register(fails().after_rollback(), "undo");
    let deferred = registry.subscribe_deferred(|_: &Paid| Err::<(), _>("it is closed"));
    let deferred = deferred.id("mail").register();
    deferred.expect("the id is free").detach();
    let any = registry.subscribe_topic(".*Locked", |_: &dyn events_core::AnyEvent| ());
    let any = any.expect("it is a pattern").after_commit().id("any");
    any.register().expect("the id is free").detach();
    registry
}

/// What is done with a registry and a unit, which is then dropped unless this ends it.
type Act = fn(&Registry, UnitOfWork);

fn ended(is_committed: bool) -> UnitHandle {
    let work = UnitOfWork::begin();
    let unit = work.handle();
    if is_committed {
        work.commit().expect("it is committed");
    }
    unit
}

/// Each record has these words; there are no others.
#[track_caller]
fn check(name: &str, act: Act, expected: &[&[&str]]) {
    let log = logged(Level::ERROR, || act(&registry(), UnitOfWork::begin()));
    // With RUST_BACKTRACE the record of a panic has many lines.
    let is_record = |line: &&String| line.starts_with("ERROR");
    let records: Vec<_> = log.iter().filter(is_record).collect();
    assert_eq!(records.len(), expected.len(), "{name}: {log:#?}");
    for (record, words) in records.iter().zip(expected) {
        for word in *words {
            assert!(record.contains(word), "{name}: `{word}` in {record}");
        }
    }
    assert!(!log.concat().contains(CARD), "{name}: {log:#?}");
}

const FAILED: &str = "a subscriber failed";
const NOT_REACHED: &str = "a subscriber was not reached";
const AT: &str = concat!("location=", file!(), ":");

#[test]
fn the_failures_at_once_and_after_the_end_are_logged_with_their_subscribers() {
    let of = |id| [FAILED, id, "returned an error: it is closed", AT];
    let (at_once, confirm) = (of("subscriber=check"), of("subscriber=confirm"));
    let (undo, mail) = (of("subscriber=undo"), of("subscriber=mail"));
    let committed: [&[&str]; 3] = [&at_once, &confirm, &mail];
    check(
        "emit_in",
        |registry, work| {
            registry.emit_in(&work.handle(), paid());
            work.commit().expect("it is committed");
            registry.queue().flush();
        },
        &committed,
    );
    check(
        "emit_in_async",
        |registry, work| {
            let emit = registry.emit_in_async(&work.handle(), paid());
            assert!(poll_once(emit).is_ready());
            work.commit().expect("it is committed");
            registry.queue().flush();
        },
        &committed,
    );
    check(
        "entered",
        |registry, work| {
            let entered = work.handle().enter();
            registry.emit(paid());
            drop(entered);
            work.commit().expect("it is committed");
            registry.queue().flush();
        },
        &committed,
    );
    check(
        "attached",
        |registry, work| {
            let emit = async { registry.emit_async(paid()).await };
            assert!(poll_once(emit.with_unit(work.handle())).is_ready());
            work.commit().expect("it is committed");
            registry.queue().flush();
        },
        &committed,
    );
    check(
        "rolled back",
        |registry, work| {
            registry.emit_in(&work.handle(), paid());
            work.rollback();
            registry.queue().flush();
        },
        &[&at_once, &undo],
    );
    check(
        "returned",
        |registry, work| {
            let result = registry.try_emit_in(&work.handle(), paid());
            assert_eq!(result.expect_err("one fails").failures().len(), 1);
            drop(work);
        },
        &[&undo],
    );
}

#[test]
fn an_event_that_a_unit_does_not_take_is_logged_with_the_reason() {
    let committed: &[&str] = &[
        "an event was not emitted: the unit of work is committed; emit before its commit, or begin another one",
        "topic=\"logging::units::Paid\"",
        AT,
    ];
    let rolled_back: &[&str] = &[
        "an event was not emitted: the unit of work was rolled back; begin another one",
        "topic=\"logging::units::Paid\"",
        AT,
    ];
    check(
        "committed",
        |registry, _| registry.emit_in(&ended(true), paid()),
        &[committed],
    );
    check(
        "rolled back",
        |registry, _| registry.emit_in(&ended(false), paid()),
        &[rolled_back],
    );
    check(
        "async",
        |registry, _| {
            assert!(poll_once(registry.emit_in_async(&ended(true), paid())).is_ready());
        },
        &[committed],
    );
    check(
        "async, rolled back",
        |registry, _| {
            assert!(poll_once(registry.emit_in_async(&ended(false), paid())).is_ready());
        },
        &[rolled_back],
    );
    let full = ["cause=was not reached: the queue is full", NOT_REACHED];
    let of = |id| [full[0], full[1], id];
    let each = [
        of("subscriber=confirm"),
        of("subscriber=mail"),
        of("subscriber=undo"),
    ];
    let each = each.each_ref().map(|words| &words[..]);
    check(
        "full",
        |registry, work| {
            registry.queue().set_capacity(1);
            registry
                .enqueue(Locked { _card: CARD })
                .expect("there is room");
            registry.emit_in(&work.handle(), paid());
        },
        &each,
    );
    check(
        "full, async",
        |registry, work| {
            registry.queue().set_capacity(1);
            registry
                .enqueue(Locked { _card: CARD })
                .expect("there is room");
            assert!(poll_once(registry.emit_in_async(&work.handle(), paid())).is_ready());
        },
        &each,
    );
    check(
        "full, and returned",
        |registry, work| {
            registry.queue().set_capacity(1);
            registry
                .enqueue(Locked { _card: CARD })
                .expect("there is room");
            assert!(registry.try_emit_in(&work.handle(), paid()).is_err());
        },
        &[],
    );
    check(
        "no copy",
        |registry, work| {
            let _entered = work.handle().enter();
            registry.emit(Locked { _card: CARD });
        },
        &[&[
            NOT_REACHED,
            "subscriber=any",
            "it receives a copy of the event when the unit of work has ended",
        ]],
    );
    let gone = [
        NOT_REACHED,
        "cause=was not reached: the unit of work, or the savepoint, has ended",
    ];
    let of = |id| [gone[0], gone[1], id];
    let each = [
        of("subscriber=confirm"),
        of("subscriber=mail"),
        of("subscriber=undo"),
    ];
    let [confirm, mail, undo] = each.each_ref().map(|words| &words[..]);
    check(
        "entered, and rolled back",
        |registry, work| {
            let _entered = work.handle().enter();
            work.rollback();
            registry.emit(paid());
        },
        &[&[FAILED, "subscriber=check"], confirm, mail, undo],
    );
}

#[test]
fn the_panic_of_a_function_after_the_commit_is_logged() {
    check(
        "held",
        |_, work| {
            work.after_commit(|| panic!("a function"));
            work.commit().expect("it is committed");
        },
        &[&[
            "what a unit of work runs when it has ended failed",
            "cause=panicked at",
            "a function",
        ]],
    );
}

/// A rollback is no fault: its events did not happen.
#[test]
fn a_rollback_and_a_future_that_is_cut_off_log_nothing_but_what_was_cut_off() {
    check(
        "dropped",
        |registry, work| {
            let unit = work.handle();
            drop(registry.try_emit_in(&unit, Locked { _card: CARD }));
            unit.after_commit(|| ()).expect("it is open");
            unit.before_commit(|_| Ok(())).expect("it is open");
        },
        &[],
    );
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        let awaited = registry.subscribe_awaited(async |_: &mut Paid| suspend().await);
        awaited
            .id("check")
            .register()
            .expect("the id is free")
            .detach();
        let work = UnitOfWork::begin();
        assert!(poll_once(registry.emit_in_async(&work.handle(), paid())).is_pending());
        work.commit().expect("it is committed");
    });
    let [record] = log.as_slice() else {
        panic!("one record: {log:#?}");
    };
    assert!(
        record.starts_with("WARN") && record.contains("check"),
        "{record}"
    );
    assert!(!record.contains(CARD), "{record}");
}

#[test]
fn nothing_of_what_a_unit_holds_is_logged_at_any_level() {
    let log = logged(Level::TRACE, || {
        let registry = registry();
        let ends: [fn(UnitOfWork); 2] = [UnitOfWork::rollback, |work| {
            work.commit().expect("it is committed");
        }];
        for end in ends {
            let work = UnitOfWork::begin();
            let unit = work.handle();
            registry.emit_in(&unit, paid());
            drop(registry.try_emit_in(&unit, Locked { _card: CARD }));
            let entered = unit.enter();
            registry.emit(paid());
            drop(registry.enqueue(paid()));
            tracing::info!("{unit:?} {work:?} {entered:?}");
            drop(entered);
            end(work);
            registry.queue().flush();
        }
        assert_eq!(paid().card, CARD);
    });
    assert!(log.iter().any(|line| line.contains("held: 4")), "{log:#?}");
    assert!(!log.concat().contains(CARD), "{log:#?}");
}
