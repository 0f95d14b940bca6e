//! Emits without a handle, in a unit that is entered.

use std::ops::ControlFlow;

use events_core::{
    AnyEvent, Event, Failure, Registry, UnitOfWork, args,
    failures::{Cause, Undelivered},
    record::Creating,
    units::without_unit,
};

use super::{Did, Moved, registry};
use crate::Journal;

#[test]
fn a_copy_is_held_for_the_subscribers_that_wait() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let _current = registry.enter();
    let in_unit = work.handle().enter();
    let event = Did("a").emit();
    assert_eq!(event.0, "a");
    let emitted = registry.try_emit(Did("b")).expect("nothing fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (1, 2));
    Did("c").try_emit().expect("nothing fails");
    registry.emit_from(Did("d"), "here");
    drop(in_unit);
    Did("e").emit();
    let at_once = ["now a", "now b", "now c", "now d", "now e", "committed e"];
    assert_eq!(journal.take(), at_once);
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["committed a", "committed b", "committed c", "committed d"]
    );
    registry.queue().flush();
    assert_eq!(
        journal.take(),
        ["later e", "later a", "later b", "later c", "later d"]
    );
}

#[test]
fn a_copy_is_held_only_if_a_subscriber_waits_when_it_is_emitted() {
    for waits in [false, true] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let note = |name: &'static str| {
            let journal = journal.clone();
            move |event: &Did| journal.note(format!("{name} {}", event.0))
        };
        let add = |name| registry.subscribe(note(name)).after_commit().register();
        let first = waits.then(|| add("first").expect("it is subscribed"));
        let work = UnitOfWork::begin();
        let entered = work.handle().enter();
        registry.emit(Did("a"));
        let _added = add("added").expect("it is subscribed");
        drop((first, entered));
        work.commit().expect("it is committed");
        let expected: &[&str] = if waits { &["added a"] } else { &[] };
        assert_eq!(journal.take(), expected);
    }
}

#[test]
fn a_rollback_takes_the_copies_along() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    let point = work.savepoint();
    registry.emit(Did("a"));
    point.rollback();
    registry.emit(Did("b"));
    assert_eq!(journal.take(), ["now a", "undone a", "now b"]);
    work.rollback();
    assert_eq!(journal.take(), ["undone b"]);
    registry.queue().flush();
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn an_emit_in_a_unit_that_was_rolled_back_is_a_failure_of_those_that_wait() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let named = |_: &dyn AnyEvent| unreachable!("it did not happen");
    let named = registry.subscribe_topic("a::b", named).expect("valid");
    let named = named.after_commit().register();
    named.expect("it is subscribed").detach();
    let check = |failures: &[Failure], failed: usize| {
        assert_eq!(failures.len(), failed);
        for failure in failures {
            let ended = matches!(failure.cause(), Cause::Undelivered(Undelivered::UnitEnded));
            assert!(ended, "{failure}");
        }
    };
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    work.rollback();
    let typed = registry.try_emit(Did("a"));
    check(typed.expect_err("the unit has ended").failures(), 3);
    let named = registry.try_emit_topic("a::b", args! {});
    check(named.expect_err("the unit has ended").failures(), 1);
    registry.emit(Did("b"));
    let refused = registry.enqueue(Did("c")).expect_err("the unit has ended");
    assert_eq!(refused.why(), Undelivered::UnitEnded);
    assert_eq!(refused.into_event().0, "c");
    registry.queue().flush();
    assert_eq!(journal.take(), ["now a", "now b"]);
}

#[test]
fn units_nest_and_may_be_left() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let (outer, inner) = (UnitOfWork::begin(), UnitOfWork::begin());
    let in_outer = outer.handle().enter();
    registry.emit(Did("outer"));
    let in_inner = inner.handle().enter();
    registry.emit(Did("inner"));
    {
        let _outside = without_unit();
        registry.emit(Did("none"));
    }
    drop(in_outer); // out of order
    registry.emit(Did("inner too"));
    drop(in_inner);
    assert_eq!(
        journal.take().join(", "),
        "now outer, now inner, now none, committed none, now inner too"
    );
    outer.rollback();
    inner.commit().expect("it is committed");
    assert_eq!(
        journal.take().join(", "),
        "undone outer, committed inner, committed inner too"
    );
}

#[test]
fn what_is_run_at_the_commit_of_one_unit_is_in_no_other() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let inner = registry.clone();
    let emits = registry
        .subscribe(move |event: &Moved2| _ = inner.emit(Did(event.0)))
        .after_commit();
    emits.register().expect("it is subscribed").detach();
    let (outer, work) = (UnitOfWork::begin(), UnitOfWork::begin());
    let _in_outer = outer.handle().enter();
    registry.emit_in(&work.handle(), Moved2("a"));
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["now a", "committed a"]);
}

#[test]
fn the_functions_after_the_commit_of_one_unit_are_in_no_other() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let (outer, work) = (UnitOfWork::begin(), UnitOfWork::begin());
    let emits = |name| {
        let registry = registry.clone();
        move || _ = registry.emit(Did(name))
    };
    work.after_commit(emits("held"));
    let unit = work.handle();
    work.after_commit({
        let emits = emits("at once");
        move || unit.after_commit(emits).expect("it runs what it held")
    });
    let _in_outer = outer.handle().enter();
    work.commit().expect("it is committed");
    outer.rollback();
    assert_eq!(
        journal.take(),
        [
            "now held",
            "committed held",
            "now at once",
            "committed at once"
        ]
    );
}

#[derive(Event, Clone)]
struct Moved2(&'static str);

#[test]
fn what_a_handler_of_an_emit_with_a_handle_emits_without_one_is_in_the_unit() {
    for enters_other in [false, true] {
        let journal = Journal::default();
        let registry = registry(&journal);
        let inner = registry.clone();
        registry
            .on(move |event: &Moved2| _ = inner.emit(Did(event.0)))
            .detach();
        let (work, other) = (UnitOfWork::begin(), UnitOfWork::begin());
        let in_other = enters_other.then(|| other.handle().enter());
        registry.emit_in(&work.handle(), Moved2("a"));
        let emitted = registry.try_emit_in(&work.handle(), Moved2("b"));
        assert_eq!(emitted.expect("nothing fails").ran(), 1);
        assert_eq!(journal.take(), ["now a", "now b"]);
        drop(in_other);
        registry.emit(Did("c"));
        assert_eq!(journal.take(), ["now c", "committed c"]);
        other.commit().expect("it is committed");
        assert_eq!(journal.take(), [""; 0]);
        let (ended, unit) = (registry.clone(), work.handle());
        work.after_commit(move || ended.emit_in(&unit, Moved2("d")));
        work.commit().expect("it is committed");
        let committed = ["committed a", "committed b", "now d", "committed d"];
        assert_eq!(journal.take(), committed, "{enters_other}");
    }
}

#[test]
fn an_event_that_cannot_be_copied_is_a_failure_of_those_that_wait() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let any = registry.subscribe_topic(".*", move |event: &dyn AnyEvent| {
        notes.note(event.topic().rsplit("::").next().unwrap_or_default());
    });
    any.expect("valid")
        .after_commit()
        .id("any")
        .register()
        .expect("it is subscribed")
        .detach();
    let failures = journal.clone();
    registry
        .on_failure(move |failure| failures.note(failure.to_string()))
        .detach();
    registry.on(|_: &Moved| ()).detach();
    let work = UnitOfWork::begin();
    let in_unit = work.handle().enter();
    let error = registry
        .try_emit(Moved("a"))
        .expect_err("it cannot be copied");
    assert!(
        matches!(error.failures()[0].cause(), Cause::NoCopy(_)),
        "{error}"
    );
    let remedy = "`Moved` has none; move it into the unit with `emit_in`, or derive `Clone`";
    let remedy = remedy.replace("`Moved`", &format!("`{}`", Moved::topic()));
    assert!(error.to_string().contains(&remedy), "{error}");
    assert_eq!(error.ran(), 1);
    registry.emit(Moved("b"));
    let notes = journal.take();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes.iter().all(|note| note.contains("any")), "{notes:?}");
    drop(in_unit);
    registry.emit_in(&work.handle(), Moved("c")); // it is moved
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["Moved"]);
}

#[test]
fn a_stop_at_once_holds_no_copy() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on(|_: &Did| ControlFlow::Break(())).detach();
    let notes = journal.clone();
    let committed = registry
        .subscribe(move |_: &Did| notes.note("committed"))
        .after_commit();
    committed.register().expect("it is subscribed").detach();
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    assert!(
        registry
            .try_emit(Did("a"))
            .expect("nothing fails")
            .stopped_by()
            .is_some()
    );
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn a_veto_comes_at_once() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .on(|event: &mut Creating<u8>| event.veto("no"))
        .detach();
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Creating<u8>| notes.note(event.is_vetoed().to_string()))
        .detach();
    let work = UnitOfWork::begin();
    let in_unit = work.handle().enter();
    assert!(registry.emit(Creating::new(1_u8)).is_vetoed());
    drop(in_unit);
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!(journal.take(), ["true"]);
}

#[test]
fn a_named_event_is_held_as_well() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let note = |name: &'static str| {
        let journal = journal.clone();
        move |event: &dyn AnyEvent| {
            journal.note(format!(
                "{name} {} {:?}",
                event.topic(),
                event.arg::<i32>("n")
            ));
        }
    };
    let on = |name| {
        registry
            .subscribe_topic("a::.*", note(name))
            .expect("valid")
    };
    on("now").register().expect("it is subscribed").detach();
    on("committed")
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    on("undone")
        .after_rollback()
        .register()
        .expect("it is subscribed")
        .detach();
    registry.emit_topic("a::b", args! { n: 0 });
    assert_eq!(
        journal.take(),
        ["now a::b Some(0)", "committed a::b Some(0)"]
    );
    for (is_committed, expected) in [
        (true, "committed a::b Some(1)"),
        (false, "undone a::b Some(1)"),
    ] {
        let work = UnitOfWork::begin();
        let in_unit = work.handle().enter();
        let args = registry.emit_topic("a::b", args! { n: 1 });
        assert_eq!(args.arg::<i32>("n"), Some(&1));
        registry.emit_topic("other", args! { n: 1 });
        drop(in_unit);
        assert_eq!(journal.take(), ["now a::b Some(1)"]);
        if is_committed {
            work.commit().expect("it is committed");
        } else {
            work.rollback();
        }
        assert_eq!(journal.take(), [expected]);
    }
}

#[test]
fn a_guard_keeps_a_unit_entered_that_has_ended() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let in_unit = work.handle().enter();
    work.commit().expect("it is committed");
    registry.emit(Did("a"));
    drop(in_unit);
    assert_eq!(journal.take(), ["now a", "committed a"]);
}

/// Borrowed events are always emitted at once.
#[derive(Event)]
struct Lent<'a>(&'a mut u32);

#[test]
fn an_event_that_borrows_is_emitted_at_once_and_a_failure_of_those_that_wait() {
    let registry = Registry::new();
    registry
        .on_borrowed::<Lent<'_>>(|event: &mut Lent<'_>| *event.0 += 1)
        .detach();
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    let mut number = 1;
    registry
        .try_emit(Lent(&mut number))
        .expect("no subscriber waits");
    let waits = registry.subscribe_topic(".*", |_: &dyn AnyEvent| unreachable!("it is not held"));
    let waits = waits.expect("valid").after_commit();
    waits.register().expect("it is subscribed").detach();
    let error = registry
        .try_emit(Lent(&mut number))
        .expect_err("it cannot be copied");
    assert_eq!((error.ran(), error.failures().len()), (1, 1), "{error}");
    let cause = error.failures()[0].cause();
    assert!(matches!(cause, Cause::NoCopy(_)), "{error}");
    let remedy = "an event that borrows cannot outlive the emit";
    assert!(error.to_string().contains(remedy), "{error}");
    drop(error);
    assert_eq!(number, 3);
    work.commit().expect("it is committed");
}

#[test]
fn an_event_that_is_enqueued_goes_to_the_queue_at_the_commit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    registry.queue().set_capacity(2);
    for is_committed in [true, false] {
        let work = UnitOfWork::begin();
        let in_unit = work.handle().enter();
        registry
            .enqueue_from(Did("a"), "shop")
            .expect("there is room");
        registry
            .enqueue_topic("a::b", args! {})
            .expect("there is room");
        let full = registry.enqueue(Did("b")).expect_err("there is none");
        assert_eq!(full.into_event().0, "b");
        registry.queue().flush();
        assert_eq!(journal.take(), [""; 0], "nothing is in the queue");
        drop(in_unit);
        if is_committed {
            work.commit().expect("it is committed");
            assert_eq!((registry.queue().len(), journal.take()), (2, vec![]));
        } else {
            work.rollback();
            assert_eq!(
                (registry.queue().len(), journal.take()),
                (0, vec!["undone a".into()])
            );
        }
        registry.queue().flush();
        let ran: &[&str] = if is_committed {
            &["now a", "committed a", "later a"]
        } else {
            &[]
        };
        assert_eq!(journal.take(), ran);
    }
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    work.commit().expect("it is committed");
    registry.enqueue(Did("a")).expect("there is room");
    assert_eq!(registry.queue().len(), 1, "the unit has ended");
}

#[test]
fn the_jobs_of_a_queue_are_in_no_unit_that_is_entered_around_them() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let inner = registry.clone();
    registry
        .on_deferred(move |event: &Moved2| _ = inner.emit(Did(event.0)))
        .detach();
    registry.enqueue(Moved2("a")).expect("there is room");
    let work = UnitOfWork::begin();
    let _in_unit = work.handle().enter();
    registry.queue().flush();
    assert_eq!(journal.take(), ["now a", "committed a", "later a"]);
}
