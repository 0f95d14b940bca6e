//! The unit of work of a call.

use events_core::{
    Event, Registry, State, UnitOfWork,
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
    subscriber, subscribers,
    units::{UnitHandle, WithUnit, without_unit},
};

use crate::{Journal, awaited::suspend, block_on};

/// The unit, if there is one.
pub(super) struct Unit(pub(super) Option<UnitHandle>);

impl Param for Unit {
    type Kept = ();
    type Held<'c> = Option<UnitHandle>;
    type Item<'i> = Unit;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Option<UnitHandle>, BoxError> {
        Ok(call.unit())
    }

    fn item<'i, 'c: 'i>(held: &'i mut Option<UnitHandle>) -> Unit {
        Unit(held.take())
    }
}

#[derive(Event, Clone)]
struct Saved(UnitHandle);

fn note(event: &Saved, unit: &Unit, kind: &str, journal: &Journal) {
    let which = match &unit.0 {
        Some(unit) if *unit == event.0 => "it",
        Some(_) => "another",
        None => "none",
    };
    journal.note(format!("{kind} {which}"));
}

#[subscriber]
fn sync(event: &Saved, unit: Unit, journal: State<'_, Journal>) {
    note(event, &unit, "sync", &journal);
}

#[subscriber(after = sync)]
async fn awaited(event: &mut Saved, unit: Unit, journal: State<'_, Journal>) {
    suspend().await;
    note(event, &unit, "awaited", &journal);
}

#[subscriber(after = awaited)]
fn behind(event: &Saved, unit: Unit, journal: State<'_, Journal>) {
    note(event, &unit, "behind", &journal);
}

#[subscriber(after_commit)]
fn committed(event: &Saved, unit: Unit, journal: State<'_, Journal>) {
    note(event, &unit, "committed", &journal);
}

#[subscriber(deferred)]
fn deferred(event: &Saved, unit: Unit, journal: State<'_, Journal>) {
    note(event, &unit, "deferred", &journal);
}

#[test]
fn what_runs_at_once_has_the_unit_and_what_runs_later_has_none() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let all = subscribers![sync, awaited, behind, committed, deferred];
    registry
        .scanner()
        .subscribers(all)
        .state(journal.clone())
        .run();
    let check = |emit: &dyn Fn(&Registry, &UnitHandle), at_once: &[&str]| {
        let work = UnitOfWork::begin();
        emit(&registry, &work.handle());
        assert_eq!(journal.take(), at_once);
        let entered = work.handle().enter();
        work.commit().expect("it commits");
        registry.queue().flush();
        drop(entered);
        let mut later = journal.take();
        later.sort_unstable();
        assert_eq!(later, ["committed none", "deferred none"]);
    };
    let synced = ["sync it", "behind it"];
    let all = ["sync it", "awaited it", "behind it"];
    check(&|own, unit| own.emit_in(unit, Saved(unit.clone())), &synced);
    check(
        &|own, unit| drop(own.try_emit_in(unit, Saved(unit.clone()))),
        &synced,
    );
    check(
        &|own, unit| block_on(own.emit_in_async(unit, Saved(unit.clone()))),
        &all,
    );
    check(
        &|own, unit| drop(block_on(own.try_emit_in_async(unit, Saved(unit.clone())))),
        &all,
    );
    check(
        &|own, unit| {
            let _entered = unit.enter();
            own.emit(Saved(unit.clone()));
        },
        &synced,
    );
    check(
        &|own, unit| {
            let emit = async { own.emit_async(Saved(unit.clone())).await };
            block_on(emit.with_unit(unit.clone()));
        },
        &all,
    );
    check(
        &|own, unit| {
            let other = UnitOfWork::begin();
            let _entered = other.handle().enter();
            own.emit_in(unit, Saved(unit.clone()));
        },
        &synced,
    );
}

#[test]
fn there_is_none_outside_of_a_unit() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .scanner()
        .subscribers(subscribers![sync])
        .state(journal.clone())
        .run();
    let work = UnitOfWork::begin();
    registry.emit(Saved(work.handle()));
    let _entered = work.handle().enter();
    let _outside = without_unit();
    registry.emit(Saved(work.handle()));
    assert_eq!(journal.take(), ["sync none", "sync none"]);
}

#[test]
fn it_is_the_unit_of_the_emit_and_not_that_of_the_thread() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let all = subscribers![sync, awaited, behind];
    registry
        .scanner()
        .subscribers(all)
        .state(journal.clone())
        .run();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let check = |emit: &dyn Fn(Saved), expected: &str| {
        let _other = UnitOfWork::begin();
        let other = UnitOfWork::begin();
        emit(Saved(unit.clone()));
        let notes = journal.take();
        assert!(!notes.is_empty());
        assert!(
            notes.iter().all(|note| note.ends_with(expected)),
            "{notes:?}"
        );
        drop(other);
    };
    // An async emit that begins outside of a unit is in none, wherever it is polled.
    let outside = |event| registry.emit_async(event);
    check(
        &|event| drop(block_on(outside(event).with_unit(unit.clone()))),
        "none",
    );
    check(
        &|event| {
            let emit = registry.try_emit_async(event);
            drop(block_on(emit.with_unit(unit.clone())));
        },
        "none",
    );
    // A handle is not the unit of the emit because it is given as a value.
    check(
        &|event| drop(registry.emitting().with(unit.clone()).emit(event)),
        "none",
    );
    // Emits of a unit that was committed are in none.
    let committed = UnitOfWork::begin();
    let ended = committed.handle();
    committed.commit().expect("it is committed");
    check(
        &|event| {
            let _entered = ended.enter();
            registry.emit(event);
        },
        "none",
    );
    // In the delivery after a commit, an emit in that unit is one without a unit, also where another is entered.
    check(
        &|event| {
            let ending = UnitOfWork::begin();
            let (handle, registry, other) = (ending.handle(), registry.clone(), unit.clone());
            ending.after_commit(move || {
                let _other = other.enter();
                registry.emit_in(&handle, event.clone());
                block_on(registry.emit_in_async(&handle, event));
            });
            ending.commit().expect("it is committed");
        },
        "none",
    );
}
