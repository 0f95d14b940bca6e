//! What happens after the commit, and with more than one task, connection or registry.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use events_core::{Registry, units::WithUnit};
use events_sqlx::{Tx, TxError};
use tokio::sync::{Barrier, oneshot};

use crate::{
    Journal, Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

fn saved(name: &str) -> Saved {
    Saved(name.to_owned())
}

async fn begin<DB: TestBackend>(database: &Database<DB>, registry: &Registry) -> Tx<'static, DB> {
    Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(registry)
}

async fn without_a_transaction_it_is_at_once<DB: TestBackend>(_: &Database<DB>) {
    let (registry, journal) = journaled();
    registry.emit(saved("a"));
    assert_eq!(journal.take(), ["a"]);
}

async fn a_panic_after_the_commit_affects_no_other<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on(|_: &Saved| panic!("on purpose")).detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    let mut tx = begin(database, &registry).await;
    save::<DB>(tx.conn(), "a").await;
    tx.emit(saved("a")).await.unwrap();
    tx.after_commit(|| panic!("on purpose"));
    tx.emit(saved("b")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a", "b"]);
    database.check_clean("a panic").await;
}

async fn it_is_held_whatever_task_emits<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = begin(database, &registry).await;
    tx.emit(saved("first")).await.unwrap();
    // Moved to another task and back.
    let moved = tokio::spawn(async move {
        save::<DB>(tx.conn(), "moved").await;
        tx.emit(saved("moved")).await.unwrap();
        tx
    });
    let tx = moved.await.unwrap();
    // Joined: the unit is that of the handle, or that of the future.
    let (one, two) = (tx.handle(), tx.handle());
    let joined = tokio::spawn({
        let registry = registry.clone();
        async move {
            registry
                .try_emit_in_async(&one, saved("joined"))
                .await
                .is_ok()
        }
    });
    assert!(joined.await.unwrap());
    let _current = registry.enter();
    async { events_core::registry().emit(saved("entered")) }
        .with_unit(two)
        .await;
    assert_eq!(journal.take(), [""; 0]);
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["first", "moved", "joined", "entered"]);
}

async fn the_registry_is_the_current_one_at_the_emit<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = Tx::begin(&database.pool).await.unwrap();
    {
        let _current = registry.enter();
        tx.emit_sync(saved("a")).unwrap();
        assert!(tx.registry() == registry);
    }
    tx.emit(saved("to the default one")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a"]);
}

async fn deferred_and_async_subscribers_are_queued_at_the_commit<DB: TestBackend>(
    database: &Database<DB>,
) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Saved| notes.note(format!("deferred {}", event.0)))
        .detach();
    let notes = journal.clone();
    registry
        .on_async(move |event: &Saved| {
            let (notes, entry) = (notes.clone(), format!("async {}", event.0));
            async move { notes.note(entry) }
        })
        .detach();
    registry.queue().set_capacity(2);
    let mut tx = begin(database, &registry).await;
    let emitted = tx.emit(saved("a")).await.unwrap();
    assert_eq!((emitted.ran(), emitted.deferred()), (0, 2));
    assert_eq!(registry.queue().len(), 0);
    // Room is reserved at the emit, which fails in time.
    tx.emit(saved("b")).await.unwrap();
    let error = tx.emit(saved("c")).await.unwrap_err();
    assert!(error.undelivered().is_some());
    assert_eq!(registry.queue().flush().ran(), 0);
    tx.commit().await.unwrap();
    assert_eq!(registry.queue().flush_async().await.ran(), 2);
    let mut received = journal.take();
    received.sort();
    assert_eq!(received, ["async a", "async b", "deferred a", "deferred b"]);
    // Rolled back, the room is free again, and nothing is queued.
    let mut tx = begin(database, &registry).await;
    tx.emit(saved("d")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(registry.queue().flush_async().await.ran(), 0);
    let mut tx = begin(database, &registry).await;
    tx.emit(saved("e")).await.unwrap();
    tx.emit(saved("f")).await.unwrap();
    tx.rollback().await.unwrap();
}

async fn what_subscribers_emit_and_write_after_the_commit_is_kept<DB: TestBackend>(
    database: &Database<DB>,
) {
    let (registry, journal) = journaled();
    // Emits in turn, once the unit is committed.
    let emitter = registry.clone();
    registry
        .on(move |event: &Saved| {
            if event.0 == "a" {
                emitter.emit(saved("of a"));
            }
        })
        .detach();
    // Writes in a transaction of its own, on the same pool of one connection.
    let (pool, writer) = (database.pool.clone(), registry.clone());
    registry
        .on_async(move |event: &Saved| {
            let (pool, writer, event) = (pool.clone(), writer.clone(), event.clone());
            async move {
                if event.0 != "a" {
                    return Ok(());
                }
                let mut tx = Tx::begin(&pool).await?.with_registry(&writer);
                save::<DB>(tx.conn(), "b").await;
                tx.emit(saved("b")).await?;
                tx.commit().await
            }
        })
        .detach();
    let mut tx = begin(database, &registry).await;
    save::<DB>(tx.conn(), "a").await;
    tx.emit(saved("a")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a", "of a"]);
    while registry.queue().flush_async().await.ran() > 0 {}
    assert_eq!(journal.take(), ["b"]);
    assert_eq!(database.committed().await, ["a", "b"]);
}

async fn two_transactions_in_one_task_are_apart<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut one = begin(database, &registry).await;
    let mut two = Tx::begin(&database.other)
        .await
        .unwrap()
        .with_registry(&registry);
    one.emit(saved("one")).await.unwrap();
    two.emit(saved("two")).await.unwrap();
    one.emit(saved("one again")).await.unwrap();
    two.rollback().await.unwrap();
    assert_eq!(journal.take(), [""; 0]);
    let mut two = Tx::begin(&database.other)
        .await
        .unwrap()
        .with_registry(&registry);
    two.emit(saved("two")).await.unwrap();
    one.commit().await.unwrap();
    assert_eq!(journal.take(), ["one", "one again"]);
    two.commit().await.unwrap();
    assert_eq!(journal.take(), ["two"]);
}

async fn an_error_before_the_commit_rolls_back<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    for is_panic in [false, true] {
        let mut tx = begin(database, &registry).await;
        save::<DB>(tx.conn(), "a").await;
        tx.emit(saved("a")).await.unwrap();
        tx.before_commit(move |mut tx| {
            Box::pin(async move {
                save::<DB>(tx.conn(), "b").await;
                assert!(!is_panic, "on purpose");
                Err("it does not balance".into())
            })
        });
        let result = tx.commit().await;
        assert!(matches!(result, Err(TxError::Commit(_))), "{result:?}");
        database.check_clean("an error before the commit").await;
        assert_eq!(
            (journal.take().len(), database.committed().await.len()),
            (0, 0)
        );
    }
}

/// Misuse: an error or a rollback, and the connection is clean.
async fn a_savepoint_that_is_left_open_rolls_back<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let empty = |journal: &Journal, committed: Vec<String>| {
        assert_eq!((journal.take().len(), committed.len()), (0, 0));
    };
    // A savepoint of the unit alone.
    let mut tx = begin(database, &registry).await;
    save::<DB>(tx.conn(), "a").await;
    tx.emit(saved("a")).await.unwrap();
    let _point = tx.handle().savepoint().unwrap();
    assert!(matches!(tx.commit().await, Err(TxError::OpenSavepoint)));
    database.check_clean("open").await;
    empty(&journal, database.committed().await);
    // One of which the destructor does not run.
    let mut tx = begin(database, &registry).await;
    let mut point = tx.savepoint().await.unwrap();
    save::<DB>(point.conn(), "a").await;
    point.emit(saved("a")).await.unwrap();
    std::mem::forget(point);
    assert!(matches!(tx.commit().await, Err(TxError::OpenSavepoint)));
    database.check_clean("forgotten").await;
    empty(&journal, database.committed().await);
    // One in another savepoint: that one is rolled back, and the transaction is well.
    let mut tx = begin(database, &registry).await;
    let mut outer = tx.savepoint().await.unwrap();
    let mut inner = outer.savepoint().await.unwrap();
    save::<DB>(inner.conn(), "a").await;
    inner.emit(saved("a")).await.unwrap();
    std::mem::forget(inner);
    assert!(matches!(outer.commit().await, Err(TxError::OpenSavepoint)));
    save::<DB>(tx.conn(), "b").await;
    tx.emit(saved("b")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["b"]);
    assert_eq!(database.committed().await, ["b"]);
}

async fn it_may_be_dropped_outside_of_the_runtime<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = begin(database, &registry).await;
    save::<DB>(tx.conn(), "a").await;
    tx.emit(saved("a")).await.unwrap();
    thread::spawn(move || drop(tx)).join().unwrap();
    database.check_clean("dropped on a thread").await;
    assert_eq!(
        (journal.take().len(), database.committed().await.len()),
        (0, 0)
    );
}

/// Runs what needs no runtime: a future that is polled by a thread which has none.
async fn on_a_thread<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (sender, ended) = oneshot::channel();
    thread::spawn(move || {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return sender.send(output);
            }
            thread::yield_now();
        }
    });
    ended.await.expect("it does not panic")
}

async fn it_may_be_ended_outside_of_the_runtime<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    for (way, expected) in ["a commit", "a rollback", "a refusal", "an error"]
        .iter()
        .zip([&["a"][..], &[], &[], &[]])
    {
        let mut tx = begin(database, &registry).await;
        save::<DB>(tx.conn(), "a").await;
        tx.emit(saved("a")).await.unwrap();
        let result = match *way {
            "a rollback" => on_a_thread(tx.rollback()).await,
            "a refusal" => {
                let orphan = DB::run(tx.conn(), "INSERT INTO child VALUES (7)");
                orphan.await.unwrap();
                on_a_thread(tx.commit()).await
            }
            "an error" => {
                tx.before_commit(|_| Box::pin(async { Err("no".into()) }));
                on_a_thread(tx.commit()).await
            }
            _ => on_a_thread(tx.commit()).await,
        };
        assert_eq!(result.is_ok(), !["a refusal", "an error"].contains(way));
        database.check_clean(way).await;
        assert_eq!(journal.take(), expected, "{way}");
        assert_eq!(database.committed().await, expected, "{way}");
        database.clear().await;
    }
}

async fn an_emit_after_the_end_is_an_error<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let tx = begin(database, &registry).await;
    let handle = tx.handle();
    tx.commit().await.unwrap();
    assert!(
        registry
            .try_emit_in(&handle, saved("late"))
            .unwrap_err()
            .ended()
            .is_some()
    );
    let tx = begin(database, &registry).await;
    let handle = tx.handle();
    drop(tx);
    assert!(
        registry
            .try_emit_in(&handle, saved("late"))
            .unwrap_err()
            .ended()
            .is_some()
    );
    assert_eq!(journal.take(), [""; 0]);
}

async fn a_statement_of_its_own_begins_it<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let statement = if DB::ABORTS {
        "BEGIN ISOLATION LEVEL SERIALIZABLE"
    } else {
        "BEGIN IMMEDIATE"
    };
    let mut tx = Tx::begin_with(&database.pool, statement)
        .await
        .unwrap()
        .with_registry(&registry);
    save::<DB>(tx.conn(), "a").await;
    tx.emit(saved("a")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        (journal.take(), database.committed().await),
        (vec!["a".into()], vec!["a".into()])
    );
    // One that is refused, and one that begins nothing, leave a clean connection.
    for wrong in ["BEGIN EVERYTHING", "SELECT 1"] {
        assert!(matches!(
            Tx::begin_with(&database.pool, wrong).await,
            Err(TxError::Database(_))
        ));
        database.check_clean(wrong).await;
    }
}

async fn many_tasks_lose_nothing<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let barrier = Arc::new(Barrier::new(8));
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (pool, registry, barrier) = (
                database.pool.clone(),
                registry.clone(),
                Arc::clone(&barrier),
            );
            tokio::spawn(async move {
                barrier.wait().await;
                let mut tx = Tx::begin(&pool).await.unwrap().with_registry(&registry);
                save::<DB>(tx.conn(), &number.to_string()).await;
                tx.emit(saved(&number.to_string())).await.unwrap();
                match number % 2 {
                    0 => tx.commit().await.unwrap(),
                    _ => drop(tx),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    database.check_clean("many").await;
    assert_eq!(journal.take(), database.committed().await);
    assert_eq!(database.committed().await.len(), 4);
}

on_both! {
    without_a_transaction_it_is_at_once;
    a_panic_after_the_commit_affects_no_other;
    it_is_held_whatever_task_emits;
    the_registry_is_the_current_one_at_the_emit;
    deferred_and_async_subscribers_are_queued_at_the_commit;
    what_subscribers_emit_and_write_after_the_commit_is_kept;
    two_transactions_in_one_task_are_apart;
    an_error_before_the_commit_rolls_back;
    a_savepoint_that_is_left_open_rolls_back;
    it_may_be_dropped_outside_of_the_runtime;
    it_may_be_ended_outside_of_the_runtime;
    an_emit_after_the_end_is_an_error;
    a_statement_of_its_own_begins_it;
    many_tasks_lose_nothing;
}
