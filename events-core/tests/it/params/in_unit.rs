//! Values that an emitter gives with an emit in a unit of work.

use events_core::{
    AnyEvent, Event, Registry, State, UnitOfWork, args,
    record::{Creating, Deleting, Diff, Updating},
    subscriber, subscribers,
    units::UnitHandle,
};

use super::{Connection, Tx, unit::Unit};
use crate::{Journal, awaited::suspend, block_on};

#[derive(Event, Clone)]
struct Written(&'static str);

/// Emitted by a subscriber, which has no handle.
#[derive(Event, Clone)]
struct Nested;

#[subscriber]
fn check(_: &Written, unit: Unit, mut tx: Tx<'_>) {
    tx.run(format!("check {}", unit.0.is_some()));
    Nested.emit();
}

#[subscriber(after = check)]
async fn complete(_: &mut Written, mut tx: Tx<'_>, unit: Unit) {
    tx.run(format!("complete {}", unit.0.is_some()));
    suspend().await;
    tx.run("completed");
    Nested.emit_async().await;
}

#[subscriber(after_commit)]
fn announce(event: &Written, journal: State<'_, Journal>, unit: Unit) {
    journal.note(format!("announce {} {}", event.0, unit.0.is_some()));
}

#[subscriber(after_commit)]
fn nested(_: &Nested, journal: State<'_, Journal>) {
    journal.note("nested");
}

fn registry(journal: &Journal) -> Registry {
    let registry = Registry::new();
    let scanner = registry.scanner().state(journal.clone());
    scanner
        .subscribers(subscribers![check, complete, announce, nested])
        .run();
    registry
}

#[test]
fn each_form_gives_the_values_and_the_unit_and_holds_what_its_subscribers_emit() {
    let run = |emit: &dyn Fn(&Registry, &UnitHandle, Connection), is_async: bool| {
        for commits in [true, false] {
            let journal = Journal::default();
            let (registry, connection) = (registry(&journal), Connection::new());
            let work = UnitOfWork::begin();
            emit(&registry, &work.handle(), connection.clone());
            let statements = ["check true", "complete true", "completed"];
            let statements = &statements[..if is_async { 3 } else { 1 }];
            assert_eq!(connection.statements(), statements);
            assert_eq!(journal.take(), [""; 0]);
            if commits {
                work.commit().expect("it is committed");
            } else {
                work.rollback();
            }
            registry.queue().flush();
            let held = ["announce a false", "nested", "nested"];
            let held = &held[..if is_async { 3 } else { 2 }];
            let held = if commits { held } else { &[] };
            let mut later = journal.take();
            later.sort_unstable();
            assert_eq!(later, held);
        }
    };
    let with = |registry: &Registry, tx| registry.emitting().with(tx);
    run(
        &|own, unit, tx| with(own, tx).emit_in(unit, Written("a")),
        false,
    );
    run(
        &|own, unit, tx| _ = with(own, tx).try_emit_in(unit, Written("a")).err(),
        false,
    );
    run(
        &|own, unit, tx| block_on(with(own, tx).emit_in_async(unit, Written("a"))),
        true,
    );
    run(
        &|own, unit, tx| {
            let emit = with(own, tx).try_emit_in_async(unit, Written("a"));
            block_on(emit).expect("no subscriber fails");
        },
        true,
    );
    let in_unit = |own: &Registry, unit: &UnitHandle, tx| with(own, tx).in_unit(unit);
    run(
        &|own, unit, tx| _ = in_unit(own, unit, tx).emit(Written("a")),
        false,
    );
    run(
        &|own, unit, tx| in_unit(own, unit, tx).emit_mut(&mut Written("a")),
        false,
    );
    run(
        &|own, unit, tx| _ = in_unit(own, unit, tx).try_emit(Written("a")).err(),
        false,
    );
    run(
        &|own, unit, tx| _ = block_on(in_unit(own, unit, tx).emit_async(Written("a"))),
        true,
    );
    run(
        &|own, unit, tx| {
            let emit = in_unit(own, unit, tx).try_emit_async(Written("a"));
            block_on(emit).expect("no subscriber fails");
        },
        true,
    );
    // The order of the two does not matter, nor that another unit is entered.
    run(
        &|own, unit, tx| {
            let other = UnitOfWork::begin();
            let _other = other.handle().enter();
            let emitting = own.emitting().in_unit(unit).with(tx);
            block_on(emitting.try_emit_async(Written("a"))).expect("no subscriber fails");
        },
        true,
    );
}

#[test]
fn an_event_that_can_be_vetoed_is_returned_and_what_its_subscribers_emit_is_held() {
    let check = |emit: &dyn Fn(&Registry, &UnitHandle) -> Option<String>| {
        let journal = Journal::default();
        let registry = registry(&journal);
        registry
            .on(|event: &mut Creating<u8>| {
                Nested.emit();
                event.veto("no");
            })
            .detach();
        registry
            .on_awaited(async |event: &mut Updating<u8>| {
                suspend().await;
                Nested.emit();
                event.veto("no");
            })
            .detach();
        registry
            .on(|_: &mut Deleting<u8>| {
                Nested.emit();
                Err::<(), _>("it fails")
            })
            .detach();
        for commits in [true, false] {
            let work = UnitOfWork::begin();
            assert!(emit(&registry, &work.handle()).is_some());
            assert_eq!(journal.take(), [""; 0]);
            if commits {
                work.commit().expect("it is committed");
            } else {
                work.rollback();
            }
            let expected: &[&str] = if commits { &["nested"] } else { &[] };
            assert_eq!(journal.take(), expected);
        }
    };
    let reason = |reason: Option<&str>| reason.map(str::to_owned);
    check(&|own, unit| {
        let event = own.emitting().in_unit(unit).emit(Creating::new(1_u8));
        reason(event.veto_reason())
    });
    check(&|own, unit| {
        let emit = own.emitting().in_unit(unit).emit_async(Creating::new(1_u8));
        reason(block_on(emit).veto_reason())
    });
    check(&|own, unit| {
        let updating = Updating::new(1_u8, Diff::new());
        let emit = own.emitting().in_unit(unit).emit_async(updating);
        reason(block_on(emit).veto_reason())
    });
    check(&|own, unit| {
        let event = own.emitting().in_unit(unit).emit(Deleting::new(1_u8));
        reason(event.veto_reason())
    });
}

#[test]
fn a_named_event_is_emitted_in_the_unit() {
    let check = |emit: &dyn Fn(&Registry, &UnitHandle)| {
        let (registry, journal) = (Registry::new(), Journal::default());
        let note = |when: &'static str| {
            let journal = journal.clone();
            move |event: &dyn AnyEvent| {
                let number = event.arg::<i32>("n").expect("there is one");
                journal.note(format!("{when} {number}"));
            }
        };
        let subscribe = |when| registry.subscribe_topic("a::b", note(when)).expect("valid");
        let now = subscribe("now").register();
        let later = subscribe("later").after_commit().register();
        let work = UnitOfWork::begin();
        emit(&registry, &work.handle());
        assert_eq!(journal.take(), ["now 1"]);
        work.commit().expect("it is committed");
        assert_eq!(journal.take(), ["later 1"]);
        drop((now, later));
    };
    let args = || args! { n: 1 };
    check(&|own, unit| _ = own.emitting().in_unit(unit).emit_topic("a::b", args()));
    check(&|own, unit| {
        let emitting = own.emitting().in_unit(unit);
        _ = emitting.try_emit_topic("a::b", args()).err();
    });
    check(&|own, unit| {
        _ = block_on(
            own.emitting()
                .in_unit(unit)
                .emit_topic_async("a::b", args()),
        );
    });
    check(&|own, unit| {
        let emitting = own.emitting().in_unit(unit);
        _ = block_on(emitting.try_emit_topic_async("a::b", args())).err();
    });
}

#[test]
fn an_origin_goes_with_it() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .subscribe(move |_: &Written, emission: &events_core::Emission| {
            notes.note(emission.origin().map_or("none".into(), ToString::to_string));
        })
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let work = UnitOfWork::begin();
    let emitting = registry.emitting().origin("here");
    emitting.emit_in(&work.handle(), Written("a"));
    block_on(emitting.emit_in_async(&work.handle(), Written("a")));
    _ = emitting.in_unit(&work.handle()).emit(Written("a"));
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["here"; 3]);
}
