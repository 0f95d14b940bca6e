//! One unit with the events of several registries.

use events_core::{
    Event, Registry, UnitOfWork,
    queues::UnfinishedEvent,
    units::{UnitHandle, WithUnit as _},
};

use super::Did;
use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Noted(&'static str);

/// A registry that notes with its name; its subscriber after the commit emits to the registry that is current.
fn named(journal: &Journal, name: &'static str) -> Registry {
    let registry = Registry::new();
    let notes = journal.clone();
    let committed = registry.subscribe(move |event: &Did| {
        notes.note(format!("{name} {}", event.0));
        Noted(event.0).emit();
    });
    committed
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Noted| notes.note(format!("{name} noted {}", event.0)))
        .detach();
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Did| notes.note(format!("{name} later {}", event.0)))
        .detach();
    registry
}

/// Each way of emitting, to alternating registries.
fn emit_to(registries: [&Registry; 2], unit: &UnitHandle) {
    registries[0].emit_in(unit, Did("a"));
    {
        let _entered = unit.enter();
        registries[1].emit(Did("b"));
        let _current = registries[0].enter();
        Did("c").emit();
    }
    block_on(registries[1].emit_in_async(unit, Did("d")));
    block_on(async { registries[0].emit_async(Did("e")).await }.with_unit(unit.clone()));
}

#[test]
fn the_events_of_two_registries_keep_their_order_whatever_the_forms_of_the_emits() {
    let journal = Journal::default();
    let (first, second) = (named(&journal, "first"), named(&journal, "second"));
    let work = UnitOfWork::begin();
    emit_to([&first, &second], &work.handle());
    assert_eq!(journal.take(), [""; 0]);
    work.commit().expect("it is committed");
    let expected = [
        ("first", "a"),
        ("second", "b"),
        ("first", "c"),
        ("second", "d"),
        ("first", "e"),
    ];
    let both =
        |(name, event): (&str, &str)| [format!("{name} {event}"), format!("{name} noted {event}")];
    assert_eq!(journal.take(), expected.map(both).concat());
    assert_eq!((first.queue().len(), second.queue().len()), (3, 2));
    second.queue().flush();
    assert_eq!(journal.take(), ["second later b", "second later d"]);
    first.queue().flush();
    assert_eq!(
        journal.take(),
        ["first later a", "first later c", "first later e"]
    );
}

/// What it holds keeps the registry; the events of the other one follow.
#[test]
fn a_registry_that_is_dropped_in_between_receives_its_events_in_their_place() {
    let journal = Journal::default();
    let (first, second) = (named(&journal, "first"), named(&journal, "second"));
    let work = UnitOfWork::begin();
    emit_to([&first, &second], &work.handle());
    let weak = first.downgrade();
    drop(first);
    assert!(weak.upgrade().is_some());
    work.commit().expect("it is committed");
    let notes = journal.take().join(", ");
    assert!(
        notes.starts_with("first a, first noted a, second b, second noted b, first c"),
        "{notes}"
    );
    assert!(weak.upgrade().is_none(), "its last event is emitted");
}

#[test]
fn a_full_queue_of_one_registry_refuses_its_events_only() {
    let journal = Journal::default();
    let (first, second) = (named(&journal, "first"), named(&journal, "second"));
    first.queue().set_capacity(1);
    let work = UnitOfWork::begin();
    let unit = work.handle();
    first.try_emit_in(&unit, Did("a")).expect("there is room");
    assert!(first.try_emit_in(&unit, Did("b")).is_err());
    second.try_emit_in(&unit, Did("c")).expect("there is room");
    work.rollback();
    assert!(first.enqueue(Noted("free")).is_ok());
    let taken: Vec<UnfinishedEvent> = first.queue().take();
    assert_eq!(taken.len(), 1);
}

#[test]
fn units_of_several_registries_are_interleaved() {
    let journal = Journal::default();
    let registries = [named(&journal, "first"), named(&journal, "second")];
    let works = [(); 3].map(|()| UnitOfWork::begin());
    for name in ["a", "b"] {
        for work in &works {
            registries
                .iter()
                .for_each(|one| one.emit_in(&work.handle(), Did(name)));
        }
    }
    let [one, two, three] = works;
    let expected = ["first a", "second a", "first b", "second b"];
    for work in [two, one] {
        work.commit().expect("it is committed");
        let notes = journal.take();
        let own: Vec<_> = notes
            .iter()
            .filter(|note| !note.contains("noted"))
            .collect();
        assert_eq!(own, expected);
    }
    three.rollback();
    assert_eq!(journal.take(), [""; 0]);
}
