//! When a subscriber runs: as its option says, or by its kind and the event, and in which order; and when it is reported that
//! none received the event.

use events_core::{
    AnyEvent, Event, EventCopy, Registry, UnitOfWork,
    record::{self, Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
    units::UnitHandle,
};

use super::{Did, Moved};
use crate::{Journal, block_on};

/// Emits an event in a unit, and checks what was noted before the commit and after it.
#[track_caller]
fn check_phases(
    registry: &Registry,
    journal: &Journal,
    emit: impl FnOnce(&UnitOfWork),
    expected: [&str; 2],
) {
    let work = UnitOfWork::begin();
    emit(&work);
    let before = journal.take().join(" ");
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!([before, journal.take().join(" ")], expected);
}

#[test]
fn without_a_unit_all_run_at_once() {
    let journal = Journal::default();
    let registry = super::registry(&journal);
    registry.emit(Did("a"));
    assert_eq!(journal.take(), ["now a", "committed a"]);
    registry.queue().flush();
    assert_eq!(journal.take(), ["later a"]);
}

#[test]
fn async_and_deferred_subscribers_wait_for_the_commit() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |name: &'static str| {
        let journal = journal.clone();
        move || journal.note(name)
    };
    let (sync, concurrent, deferred, pattern, copies) = (
        note("sync"),
        note("async"),
        note("deferred"),
        note("pattern"),
        note("copies"),
    );
    registry.on(move |_: &Did| sync()).detach();
    let concurrent = move |_: &Did| {
        concurrent();
        async {}
    };
    registry.on_async(concurrent).detach();
    registry.on_deferred(move |_: &Did| deferred()).detach();
    let topic = ".*::Did";
    registry
        .on_topic(topic, move |_: &dyn AnyEvent| pattern())
        .expect("valid")
        .detach();
    registry
        .on_topic_deferred(topic, move |_: &EventCopy| copies())
        .expect("valid")
        .detach();
    let emit = |work: &UnitOfWork| registry.emit_in(&work.handle(), Did("a"));
    check_phases(
        &registry,
        &journal,
        emit,
        ["sync pattern", "async deferred copies"],
    );
}

#[test]
fn awaited_subscribers_follow_the_event() {
    let registry = Registry::new();
    let journal = Journal::default();
    let state = journal.clone();
    let plain = async |_: &mut Did, journal: &Journal| journal.note("plain");
    registry.on_awaited_with(state.clone(), plain).detach();
    let later = async |_: &mut Did, journal: &Journal| journal.note("later");
    let later = registry
        .subscribe_awaited_with(state.clone(), later)
        .after_commit();
    later.register().expect("it is subscribed").detach();
    let of_record = async |_: &mut Created<u8>, journal: &Journal| journal.note("created");
    registry.on_awaited_with(state.clone(), of_record).detach();
    let at_once = async |_: &mut Created<u8>, journal: &Journal| journal.note("created at once");
    let at_once = registry.subscribe_awaited_with(state, at_once).at_once();
    at_once.register().expect("it is subscribed").detach();

    let emit = |work: &UnitOfWork| block_on(registry.emit_in_async(&work.handle(), Did("a")));
    check_phases(&registry, &journal, emit, ["plain", "later"]);
    let emit =
        |work: &UnitOfWork| block_on(registry.emit_in_async(&work.handle(), Created::new(1_u8)));
    check_phases(&registry, &journal, emit, ["created at once", "created"]);
}

/// Registers a subscriber of each of the three phases, of any events.
fn of_all_phases(journal: &Journal) -> Registry {
    let registry = Registry::new();
    let note = |name: &'static str| {
        let journal = journal.clone();
        move |event: &dyn AnyEvent| {
            let topic = event.topic().rsplit("::").next().expect("there is one");
            journal.note(format!("{name} {topic}"));
        }
    };
    let of = |name| registry.subscribe_topic(".*", note(name)).expect("valid");
    of("default").register().expect("it is subscribed").detach();
    of("at_once")
        .at_once()
        .register()
        .expect("it is subscribed")
        .detach();
    of("after_commit")
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    of("after_rollback")
        .after_rollback()
        .register()
        .expect("it is subscribed")
        .detach();
    registry
}

#[test]
fn records_that_were_written_wait_for_the_commit() {
    let journal = Journal::default();
    let registry = of_all_phases(&journal);
    let diff = || Diff::new().field("x", &1, &2);
    let check = |emit: &dyn Fn(&UnitOfWork), topic: &str, waits: bool| {
        let at_once = format!("at_once {topic}");
        let (before, after) = if waits {
            (at_once, format!("default {topic} after_commit {topic}"))
        } else {
            (
                format!("default {topic} {at_once}"),
                format!("after_commit {topic}"),
            )
        };
        check_phases(&registry, &journal, emit, [&before, &after]);
    };
    record::register_copies::<u8>();
    let unit = |work: &UnitOfWork| work.handle();
    let in_unit = |work: &UnitOfWork| registry.emitting().in_unit(&work.handle());
    check(
        &|work| drop(in_unit(work).emit(Creating::new(1_u8))),
        "creating",
        false,
    );
    check(
        &|work| registry.emit_in(&unit(work), Created::new(1_u8)),
        "created",
        true,
    );
    check(
        &|work| drop(in_unit(work).emit(Updating::new(1_u8, diff()))),
        "updating",
        false,
    );
    check(
        &|work| registry.emit_in(&unit(work), Updated::new(1_u8, diff())),
        "updated",
        true,
    );
    check(
        &|work| drop(in_unit(work).emit(Deleting::new(1_u8))),
        "deleting",
        false,
    );
    check(
        &|work| registry.emit_in(&unit(work), Deleted::new(1_u8)),
        "deleted",
        true,
    );
}

#[test]
fn a_subscriber_after_a_rollback_is_none_of_other_events() {
    let registry = Registry::new();
    assert!(!registry.has_subscribers::<Did>());
    let undone = registry
        .subscribe(|_: &Did| panic!("it is not undone"))
        .after_rollback();
    undone.register().expect("it is subscribed").detach();
    assert!(!registry.has_subscribers::<Did>());
    let emitted = registry.try_emit(Did("a")).expect("nothing fails");
    assert!(emitted.is_unheard());
    let on = registry.on(|_: &Did| ());
    assert!(registry.has_subscribers::<Did>());
    assert_eq!(registry.try_emit(Did("a")).expect("nothing fails").ran(), 1);
    drop(on);
    assert!(!registry.has_subscribers::<Did>());
}

#[test]
fn muting_the_others_leaves_a_subscriber_after_a_rollback_alone() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |name: &'static str| {
        let journal = journal.clone();
        move |_: &Did| journal.note(name)
    };
    registry
        .subscribe(note("now"))
        .id("now")
        .register()
        .expect("it is subscribed")
        .detach();
    let undone = registry
        .subscribe(note("undone"))
        .after_rollback()
        .id("undone");
    undone.register().expect("it is subscribed").detach();
    let emit = || {
        registry.emit(Did("a"));
        let work = UnitOfWork::begin();
        registry.emit_in(&work.handle(), Did("a"));
        drop(work);
        journal.take().join(" ")
    };
    assert_eq!(emit(), "now now undone");
    {
        let _now = registry.mute("now");
        assert_eq!(emit(), "undone");
        let _undone = registry.mute("undone");
        assert_eq!(emit(), "");
    }
    assert_eq!(emit(), "now now undone");
}

#[derive(Event, Clone)]
struct Changed(u32);

#[test]
fn each_event_is_emitted_as_it_was_then() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on(|event: &mut Changed| event.0 += 1).detach();
    let notes = journal.clone();
    let note = registry.subscribe(move |event: &mut Changed| {
        notes.note(event.0.to_string());
        event.0 = 1000;
    });
    note.after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let emit = |work: &UnitOfWork| {
        for number in [10, 20, 30] {
            registry.emit_in(&work.handle(), Changed(number));
        }
    };
    check_phases(&registry, &journal, emit, ["", "11 21 31"]);
}

#[test]
fn the_order_of_each_phase_is_that_without_a_unit() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let on = |id: &'static str| {
        let journal = journal.clone();
        registry.subscribe(move |_: &Did| journal.note(id)).id(id)
    };
    on("a").register().expect("it is subscribed").detach();
    on("b")
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    on("c")
        .before("a")
        .register()
        .expect("it is subscribed")
        .detach();
    on("d")
        .after_commit()
        .before("b")
        .register()
        .expect("it is subscribed")
        .detach();
    on("e")
        .priority(1)
        .before("b")
        .register()
        .expect("it is subscribed")
        .detach();
    on("f")
        .priority(9)
        .after_commit()
        .after("a")
        .register()
        .expect("it is subscribed")
        .detach();
    registry.emit(Did("x"));
    let all = journal.take();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("x"));
    let at_once = journal.take();
    work.commit().expect("it is committed");
    let after = journal.take();
    assert_eq!(at_once, ["e", "c", "a"]);
    assert_eq!(after, ["f", "d", "b"]);
    let of = |part: &[String]| -> Vec<_> {
        all.iter()
            .filter(|one| part.contains(one))
            .cloned()
            .collect()
    };
    assert_eq!(
        (of(&at_once), of(&after)),
        (at_once.clone(), after.clone()),
        "{all:?}"
    );
}

/// `b` runs after `a` through `x`, which is of another phase.
#[test]
fn what_is_left_out_of_a_phase_still_connects_the_others() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let on = |id: &'static str| {
        let journal = journal.clone();
        registry
            .subscribe_deferred(move |_: &Did| journal.note(id))
            .id(id)
    };
    on("a").register().expect("it is subscribed").detach();
    on("b")
        .priority(9)
        .after("a")
        .register()
        .expect("it is subscribed")
        .detach();
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("x"));
    work.commit().expect("it is committed");
    registry.queue().flush();
    assert_eq!(journal.take(), ["a", "b"]);
}

#[test]
fn an_explanation_tells_which_subscribers_run_after_a_rollback_only() {
    let registry = Registry::new();
    let undone = registry
        .subscribe(|_: &Did| ())
        .after_rollback()
        .id("undone");
    undone.register().expect("it is subscribed").detach();
    let text = registry.explain::<Did>().to_string();
    let expected = "not called: it runs only when the unit of work of the event is rolled back";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn an_event_that_nothing_receives_is_reported_when_that_is_known() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    registry.set_unheard_hook(move |event| {
        notes.note(event.topic().rsplit("::").next().unwrap_or_default());
    });
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    registry.emit_in(&work.handle(), Moved("a"));
    assert_eq!(journal.take(), [""; 0]);
    let committed = registry.subscribe(|_: &Did| ()).after_commit();
    committed.register().expect("it is subscribed").detach();
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["Moved"]);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Moved("a"));
    work.rollback();
    assert_eq!(journal.take(), [""; 0]);
}

/// Whatever an emit in a unit is: with a handle or without, sync or async. The filter of its only subscriber is asked at the
/// commit.
#[test]
fn an_event_whose_later_subscribers_do_not_receive_it_is_reported_at_the_commit() {
    let emits: [fn(&Registry, &UnitHandle, Did); 4] = [
        |registry, unit, event| registry.emit_in(unit, event),
        |registry, unit, event| block_on(registry.emit_in_async(unit, event)),
        |registry, unit, event| {
            let _entered = unit.enter();
            registry.emit(event);
        },
        |registry, unit, event| {
            let _entered = unit.enter();
            block_on(registry.emit_async(event));
        },
    ];
    for (number, emit) in emits.into_iter().enumerate() {
        let (registry, journal) = (Registry::new(), Journal::default());
        let notes = journal.clone();
        registry.set_unheard_hook(move |_| notes.note("unheard"));
        let committed = registry.subscribe(|_: &Did| ()).after_commit();
        let committed = committed.when(|event: &Did| event.0 == "a");
        committed.register().expect("it is subscribed").detach();
        for (name, expected) in [("a", &[""; 0][..]), ("b", &["unheard"])] {
            let work = UnitOfWork::begin();
            emit(&registry, &work.handle(), Did(name));
            assert_eq!(journal.take(), [""; 0], "{name} of {number}");
            work.commit().expect("it is committed");
            assert_eq!(journal.take(), expected, "{name} of {number}");
        }
    }
}
