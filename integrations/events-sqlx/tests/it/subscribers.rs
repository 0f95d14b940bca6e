//! The transaction as a parameter of subscribers: they write in it one after the other, and its emitter has it back in the end.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use events_core::{
    Event, Registry, State,
    failures::{BoxError, Cause},
    handlers::{CallContext, Param, Prepare, PrepareError},
    scanning::Subscribers,
    subscriber, subscribers,
};
use events_sqlx::{Backend, Tx, TxError};
use sqlx::{Postgres, Sqlite};

use crate::{
    Journal, Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

#[derive(Event, Clone)]
struct Ordered(&'static str);

/// Emitted by a subscriber that has the transaction.
#[derive(Event)]
struct Reserved(String);

/// A generic function takes any of them.
async fn write<DB: TestBackend>(tx: &mut Tx<'_, DB>, what: &str) {
    save::<DB>(tx.conn(), what).await;
    tx.emit(Saved(what.to_owned())).await.unwrap();
}

async fn nested<DB: TestBackend>(event: &Ordered, mut tx: Tx<'_, DB>) -> Result<(), TxError> {
    write(&mut tx, &format!("first {}", event.0)).await;
    tx.emit(Reserved(event.0.to_owned())).await?;
    let mut point = tx.savepoint().await?;
    write(&mut point, "gone").await;
    point.rollback().await?;
    let mut point = tx.savepoint().await?;
    write(&mut point, "kept").await;
    point.commit().await?;
    let at_its_end = format!("end {}", event.0);
    tx.before_commit(move |mut tx| {
        Box::pin(async move {
            write(&mut tx, &at_its_end).await;
            Ok(())
        })
    });
    Ok(())
}

async fn fails<DB: TestBackend>(mut tx: Tx<'_, DB>) -> Result<(), TxError> {
    write(&mut tx, "written before the failure").await;
    Err(sqlx::Error::RowNotFound.into())
}

async fn ends<DB: Backend>(tx: Tx<'_, DB>, journal: &Journal) {
    let error = tx.commit().await.unwrap_err();
    journal.note(error.to_string());
}

async fn hangs<DB: TestBackend>(mut tx: Tx<'_, DB>, journal: &Journal) {
    write(&mut tx, "hangs").await;
    journal.note("it hangs");
    std::future::pending::<()>().await;
}

/// The subscribers for a database: a parameter has one type.
macro_rules! of_database {
    ($module:ident, $database:ty) => {
        mod $module {
            use super::*;

            #[subscriber(awaited)]
            pub(super) async fn first(
                event: &Ordered,
                tx: Tx<'_, $database>,
            ) -> Result<(), TxError> {
                nested(event, tx).await
            }

            #[subscriber(awaited)]
            pub(super) async fn inner(event: &Reserved, mut tx: Tx<'_, $database>) {
                write(&mut tx, &format!("inner {}", event.0)).await;
            }

            #[subscriber(awaited, after = first)]
            pub(super) async fn second(event: &mut Ordered, mut tx: Tx<'_, $database>) {
                write(&mut tx, &format!("second {}", event.0)).await;
            }

            #[subscriber(after = second)]
            pub(super) fn sync(_: &Ordered, tx: Tx<'_, $database>, journal: State<'_, Journal>) {
                let journal = Journal::clone(&journal);
                tx.after_commit(move || journal.note("after the commit"));
            }

            #[subscriber(awaited)]
            pub(super) async fn failing(_: &Ordered, tx: Tx<'_, $database>) -> Result<(), TxError> {
                fails(tx).await
            }

            #[subscriber(awaited)]
            pub(super) async fn panics(_: &Ordered, mut tx: Tx<'_, $database>) {
                write(&mut tx, "written before the panic").await;
                panic!("on purpose");
            }

            #[subscriber(awaited)]
            pub(super) async fn ending(
                _: &Ordered,
                tx: Tx<'_, $database>,
                journal: State<'_, Journal>,
            ) {
                ends(tx, &journal).await;
            }

            #[subscriber(awaited)]
            pub(super) async fn hanging(
                _: &Ordered,
                tx: Tx<'_, $database>,
                journal: State<'_, Journal>,
            ) {
                hangs(tx, &journal).await;
            }

            /// A parameter that takes it twice.
            pub(super) struct Twice;

            impl Param for Twice {
                type Kept = ();
                type Held<'c> = ();
                type Item<'i> = Twice;

                fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
                    Ok(())
                }

                fn acquire<'c>(kept: &'c (), call: &'c CallContext<'c>) -> Result<(), BoxError> {
                    let _first = <Tx<'_, $database> as Param>::acquire(kept, call)?;
                    let _second = <Tx<'_, $database> as Param>::acquire(kept, call)?;
                    Ok(())
                }

                fn item<'i, 'c: 'i>((): &'i mut ()) -> Twice {
                    Twice
                }
            }

            #[subscriber]
            pub(super) fn twice(_: &Ordered, _tx: Twice) {}

            #[subscriber]
            pub(super) async fn later(_: &Ordered, _tx: Tx<'_, $database>) {}

            #[subscriber(after_commit, awaited)]
            pub(super) async fn after_commit(_: &Saved, _tx: Tx<'_, $database>) {}

            impl Declared for $database {
                fn declared(group: Group) -> Subscribers {
                    match group {
                        Group::Chain => subscribers![first, inner, second, sync],
                        Group::Fails => subscribers![failing, sync],
                        Group::Panics => subscribers![panics, sync],
                        Group::Ends => subscribers![ending],
                        Group::Hangs => subscribers![hanging],
                        Group::Twice => subscribers![twice],
                        Group::Later => subscribers![later],
                        Group::AfterCommit => subscribers![after_commit],
                        Group::Sync => subscribers![sync],
                    }
                }
            }
        }
    };
}
of_database!(of_sqlite, Sqlite);
of_database!(of_postgres, Postgres);

enum Group {
    Chain,
    Fails,
    Panics,
    Ends,
    Hangs,
    Twice,
    Later,
    AfterCommit,
    Sync,
}

trait Declared: TestBackend {
    fn declared(group: Group) -> Subscribers;
}

fn registry_of<DB: Declared>(group: Group) -> (Registry, Journal) {
    let (registry, journal) = journaled();
    let scanner = registry.scanner().subscribers(DB::declared(group));
    scanner.state(journal.clone()).run();
    (registry, journal)
}

async fn they_write_one_after_the_other<DB: Declared>(database: &Database<DB>) {
    let (registry, journal) = registry_of::<DB>(Group::Chain);
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let emitted = tx.emit(Ordered("lamp")).await.unwrap();
    assert_eq!(emitted.ran(), 3);
    // The emitter has its transaction back.
    write(&mut tx, "emitter").await;
    assert_eq!(journal.take(), [""; 0]);
    tx.commit().await.unwrap();
    let expected = [
        "first lamp",
        "inner lamp",
        "kept",
        "second lamp",
        "emitter",
        "end lamp",
    ];
    assert_eq!(database.committed().await, expected);
    let mut received = journal.take();
    received.retain(|entry| entry != "after the commit");
    assert_eq!(received, expected);
}

async fn a_sync_emit_lends_it_to_sync_subscribers<DB: Declared>(database: &Database<DB>) {
    let (registry, journal) = registry_of::<DB>(Group::Sync);
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    assert_eq!(tx.emit_sync(Ordered("lamp")).unwrap().ran(), 1);
    assert_eq!(
        tx.emit_sync_from(Ordered("lamp"), "checkout")
            .unwrap()
            .ran(),
        1
    );
    assert_eq!(
        tx.emit_from(Ordered("lamp"), "checkout")
            .await
            .unwrap()
            .ran(),
        1
    );
    assert_eq!(journal.take(), [""; 0]);
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["after the commit"; 3]);
}

/// A failure is an error of the emit, with which `?` rolls back; others have run, and the transaction is the emitter's.
async fn a_failure_is_an_error_of_the_emit<DB: Declared>(database: &Database<DB>) {
    for (group, written) in [
        (Group::Fails, "written before the failure"),
        (Group::Panics, "written before the panic"),
    ] {
        let (registry, journal) = registry_of::<DB>(group);
        let mut tx = Tx::begin(&database.pool)
            .await
            .unwrap()
            .with_registry(&registry);
        let error = tx.emit(Ordered("lamp")).await.unwrap_err();
        assert_eq!(error.failures().len(), 1);
        let error: TxError = error.into();
        assert!(error.to_string().contains("Ordered"), "{error}");
        save::<DB>(tx.conn(), "emitter").await;
        tx.commit().await.unwrap();
        assert_eq!(database.committed().await, [written, "emitter"]);
        assert_eq!(journal.take().len(), 2);
        database.clear().await;
    }
}

async fn a_subscriber_does_not_end_it<DB: Declared>(database: &Database<DB>) {
    let (registry, journal) = registry_of::<DB>(Group::Ends);
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    tx.emit(Ordered("lamp")).await.unwrap();
    assert!(journal.take()[0].starts_with("a subscriber cannot end the transaction"));
    write(&mut tx, "a").await;
    tx.commit().await.unwrap();
    assert_eq!(database.committed().await, ["a"]);
}

async fn an_emit_that_is_cut_off_gives_it_back<DB: Declared>(database: &Database<DB>) {
    let (registry, journal) = registry_of::<DB>(Group::Hangs);
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    {
        let mut emit = pin!(tx.emit(Ordered("lamp")));
        let until_it_hangs = poll_fn(|context| {
            assert!(emit.as_mut().poll(context).is_pending());
            match journal.take().is_empty() {
                true => Poll::Pending,
                false => Poll::Ready(()),
            }
        });
        until_it_hangs.await;
    }
    write(&mut tx, "after").await;
    tx.commit().await.unwrap();
    assert_eq!(database.committed().await, ["hangs", "after"]);
    assert_eq!(journal.take(), ["hangs", "after"]);
}

async fn it_is_missing_with_the_remedy<DB: Declared>(database: &Database<DB>) {
    let text = |registry: &Registry| {
        let error = registry.try_emit(Ordered("lamp")).unwrap_err();
        assert!(matches!(error.failures()[0].cause(), Cause::Param(_)));
        error.failures()[0].to_string()
    };
    let (registry, _) = registry_of::<DB>(Group::Sync);
    assert!(text(&registry).contains("emit it with `tx.emit(event).await`"));

    let (registry, _) = registry_of::<DB>(Group::Twice);
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(&registry);
    let error = tx.emit(Ordered("lamp")).await.unwrap_err();
    assert!(
        error.failures()[0].to_string().contains("in use"),
        "{error}"
    );

    for group in [Group::Later, Group::AfterCommit] {
        let scanner = Registry::new().scanner().subscribers(DB::declared(group));
        let error = scanner.try_run().unwrap_err().to_string();
        assert!(
            error.contains("use a subscriber that is `awaited`"),
            "{error}"
        );
    }
}

/// `explain` says what a call needs, and an emit without it fails at the subscriber.
async fn explanations_say_that_it_is_needed<DB: Declared>(_: &Database<DB>) {
    let (registry, _) = registry_of::<DB>(Group::Sync);
    let explanation = registry.explain::<Ordered>();
    let called: Vec<_> = explanation.called().map(ToString::to_string).collect();
    let needed = format!("in a transaction of events_sqlx ({})", DB::NAME);
    assert_eq!(called.len(), 1, "{called:?}");
    assert!(
        called[0].ends_with(&format!(": called, {needed}")),
        "{called:?}"
    );
    assert!(explanation.to_string().contains(&needed));
    assert!(registry.try_emit(Ordered("lamp")).is_err());
}

on_both! {
    they_write_one_after_the_other;
    a_sync_emit_lends_it_to_sync_subscribers;
    a_failure_is_an_error_of_the_emit;
    a_subscriber_does_not_end_it;
    an_emit_that_is_cut_off_gives_it_back;
    it_is_missing_with_the_remedy;
    explanations_say_that_it_is_needed;
}
