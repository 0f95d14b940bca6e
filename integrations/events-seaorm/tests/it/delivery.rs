//! When events are delivered: beside a transaction, from the queue, and while those of a commit are delivered.

use std::mem;

use events_core::{Registry, record::Created, units::WithUnit as _};
use events_seaorm::{Tx, transaction};
use sea_orm::{
    ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, Set, TransactionTrait,
};

use crate::{
    Journal, Saved,
    database::{Database, on_both, save},
    journaled,
    records::{
        entities::{create_tables, observed, post, user},
        new_user, users,
    },
};

/// Adds the names of users to the journal.
fn note_users(registry: &Registry, journal: &Journal) {
    let notes = journal.clone();
    registry
        .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
        .detach();
}

async fn a_write_past_the_transaction_is_at_once(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    note_users(&registry, &journal);
    let notes = journal.clone();
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    let db = database.many(&registry, 2).await;
    for is_committed in [false, true] {
        // SQLite has one writer.
        let tx = match database.aborts() {
            true => db.begin().await.unwrap(),
            false => db.begin_read_only().await.unwrap(),
        };
        if database.aborts() {
            new_user("in").insert(&tx).await.unwrap();
        }
        tx.emit(Saved("held".to_owned())).await.unwrap();
        let count = user::Entity::find().count(&tx).await.unwrap();
        journal.take();

        let past = new_user("past").insert(&db).await.unwrap();
        assert_eq!(journal.take(), ["user.creating", "user.created", "past"]);
        let mut past = past.into_active_model();
        past.email = Set("past2".to_owned());
        past.update(&db).await.unwrap();
        assert_eq!(journal.take().len(), 2);
        // Also if the unit of the other transaction has been entered.
        let past =
            async { transaction(&db, async |other| new_user("p").insert(other).await).await };
        past.with_unit(tx.handle()).await.unwrap();
        assert_eq!(journal.take(), ["user.creating", "user.created", "p"]);

        let (held, kept): (&[&str], _) = match (is_committed, database.aborts()) {
            (false, _) => (&[], 2),
            (true, true) => (&["user.created", "in", "held"], 3),
            (true, false) => (&["held"], 2),
        };
        let before = users(database).await - 2;
        assert_eq!(before + u64::from(database.aborts()), count);
        match is_committed {
            true => tx.commit().await.unwrap(),
            false => tx.rollback().await.unwrap(),
        }
        assert_eq!(journal.take(), held);
        assert_eq!(users(database).await, before + kept);
    }
}

/// A savepoint that is open when what is around it is committed: what the database has is received.
async fn a_parent_is_committed_before_its_child(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    note_users(&registry, &journal);
    let db = database.db(&registry);
    let check = async |what: &str, kept: &[&str]| {
        database.check_clean(what).await;
        let rows = user::Entity::find().all(&database.other).await.unwrap();
        let rows: Vec<_> = rows.into_iter().map(|row| row.email).collect();
        assert_eq!(rows, kept, "{what}");
        assert_eq!(journal.take(), kept, "{what}");
        let delete = user::Entity::delete_many();
        delete.exec(&database.other).await.unwrap();
    };
    let insert = async |tx: &Tx, email: &str| drop(new_user(email).insert(tx).await.unwrap());
    for is_forgotten in [false, true] {
        let end = |child: Tx| match is_forgotten {
            true => mem::forget(child),
            false => drop(child),
        };
        // The transaction itself.
        let tx = db.begin().await.unwrap();
        insert(&tx, "a").await;
        let child = tx.begin().await.unwrap();
        insert(&child, "b").await;
        assert!(tx.commit().await.is_err());
        end(child);
        check("the transaction", &[]).await;

        // A savepoint: the transaction continues without it.
        let tx = db.begin().await.unwrap();
        insert(&tx, "a").await;
        let parent = tx.begin().await.unwrap();
        insert(&parent, "b").await;
        let child = parent.begin().await.unwrap();
        insert(&child, "c").await;
        assert!(parent.commit().await.is_err());
        insert(&tx, "d").await;
        end(child);
        insert(&tx, "e").await;
        tx.commit().await.unwrap();
        check("a savepoint", &["a", "d", "e"]).await;

        // The child first: all of them.
        let tx = db.begin().await.unwrap();
        insert(&tx, "a").await;
        let parent = tx.begin().await.unwrap();
        insert(&parent, "b").await;
        let child = parent.begin().await.unwrap();
        insert(&child, "c").await;
        child.commit().await.unwrap();
        parent.commit().await.unwrap();
        tx.commit().await.unwrap();
        check("in order", &["a", "b", "c"]).await;
    }
}

async fn subscribers_that_run_later_are_queued_at_the_commit(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Created<user::Model>| {
            notes.note(format!("deferred {}", event.record.email));
        })
        .detach();
    let notes = journal.clone();
    registry
        .on_async(move |event: &Created<user::Model>| {
            let (notes, entry) = (notes.clone(), format!("async {}", event.record.email));
            async move { notes.note(entry) }
        })
        .detach();
    let queue = registry.queue();
    let db = database.db(&registry);
    let tx = db.begin().await.unwrap();
    new_user("a").insert(&tx).await.unwrap();
    let point = tx.begin().await.unwrap();
    new_user("b").insert(&point).await.unwrap();
    point.rollback().await.unwrap();
    let point = tx.begin().await.unwrap();
    new_user("c").insert(&point).await.unwrap();
    point.commit().await.unwrap();
    assert_eq!(queue.len(), 0, "nothing is queued before the commit");
    assert_eq!(queue.flush_async().await.ran(), 0);
    tx.commit().await.unwrap();
    assert_eq!(queue.len(), 2, "each event, and the commit does not wait");
    assert_eq!(journal.take(), [""; 0]);
    assert_eq!(queue.flush_async().await.ran(), 2);
    let mut received = journal.take();
    received.sort();
    assert_eq!(received, ["async a", "async c", "deferred a", "deferred c"]);

    // Rolled back, and dropped.
    for is_dropped in [false, true] {
        let tx = db.begin().await.unwrap();
        new_user("d").insert(&tx).await.unwrap();
        match is_dropped {
            true => drop(tx),
            false => tx.rollback().await.unwrap(),
        }
        database.check_clean("it has ended").await;
        assert_eq!(queue.flush_async().await.ran(), 0);
    }
    // Without a transaction: behind the write.
    new_user("e").insert(&db).await.unwrap();
    assert_eq!(queue.flush_async().await.ran(), 1);
    assert_eq!(journal.take().len(), 2);
    assert_eq!(users(database).await, 3);
}

async fn what_is_emitted_and_written_during_delivery_is_kept(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = journaled();
    note_users(&registry, &journal);
    // Emits in turn: an event that would wait for a commit, in the delivery of one.
    let emitter = registry.clone();
    registry
        .on(move |event: &Created<user::Model>| {
            emitter.emit(Saved(format!("of {}", event.record.email)));
        })
        .detach();
    // Writes in turn, from the queue, each in its own transaction.
    let db = database.db(&registry);
    let writer = db.clone();
    registry
        .on_async(move |event: &Created<user::Model>| {
            let (db, email) = (writer.clone(), event.record.email.clone());
            async move {
                if email.len() < 3 {
                    let write = async |tx: &Tx| -> Result<(), DbErr> {
                        new_user(&format!("{email}+")).insert(tx).await?;
                        tx.emit(Saved("in turn".to_owned())).await.map(drop)
                    };
                    transaction(&db, write).await?;
                }
                Ok::<_, DbErr>(())
            }
        })
        .detach();
    let tx = db.begin().await.unwrap();
    new_user("a").insert(&tx).await.unwrap();
    let nested = registry.clone();
    tx.after_commit(move || {
        nested.emit(Saved("of the function".to_owned()));
    });
    new_user("b").insert(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        journal.take(),
        ["a", "of a", "of the function", "b", "of b"]
    );
    while registry.queue().flush_async().await.ran() > 0 {}
    let mut received = journal.take();
    received.sort();
    let mut expected = [
        "a+", "of a+", "a++", "of a++", "b+", "of b+", "b++", "of b++",
    ]
    .to_vec();
    expected.extend(["in turn"; 4]);
    expected.sort_unstable();
    assert_eq!(received, expected);
    assert_eq!(users(database).await, 6);
    database.check_clean("delivered").await;
}

/// The code under test, with its own transaction.
async fn sign_up<C>(db: &C, email: &str) -> Result<(), DbErr>
where
    C: TransactionTrait<Transaction = Tx>,
{
    transaction(db, async |tx| -> Result<(), DbErr> {
        new_user(email).insert(tx).await?;
        match email {
            "bad" => Err(DbErr::RecordNotInserted),
            _ => Ok(()),
        }
    })
    .await
}

/// A test that is rolled back: `events.run_held(&tx.handle())` of `events-testing` calls the function that is called here.
async fn a_test_in_a_transaction_runs_what_is_held(database: &Database) {
    use events_core::__testing::{holds_in_savepoints, run_held};

    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    note_users(&registry, &journal);
    let db = database.db(&registry);
    let around_the_test = db.begin().await.unwrap();
    sign_up(&around_the_test, "a").await.unwrap();
    sign_up(&around_the_test, "bad").await.unwrap_err();
    assert_eq!(journal.take(), [""; 0]);
    let unit = around_the_test.handle();
    assert!(
        !holds_in_savepoints(&unit),
        "the code has ended its transactions"
    );
    run_held(&unit);
    assert_eq!(journal.take(), ["a"]);
    // What was run is not held any more; the test continues.
    sign_up(&around_the_test, "b").await.unwrap();
    run_held(&unit);
    assert_eq!(journal.take(), ["b"]);
    let open = around_the_test.begin().await.unwrap();
    new_user("c").insert(&open).await.unwrap();
    assert!(holds_in_savepoints(&unit), "which `run_held` refuses");
    drop(open);
    around_the_test.rollback().await.unwrap();
    assert_eq!(journal.take(), [""; 0]);
    assert_eq!(users(database).await, 0);
    database.check_clean("rolled back").await;
    // The same code on the pool.
    sign_up(&db, "d").await.unwrap();
    assert_eq!(journal.take(), ["d"]);
    save(&db, "e").await.unwrap();
    assert_eq!(
        post::Entity::find().count(&database.other).await.unwrap(),
        0
    );
}

on_both! {
    a_write_past_the_transaction_is_at_once;
    a_parent_is_committed_before_its_child;
    subscribers_that_run_later_are_queued_at_the_commit;
    what_is_emitted_and_written_during_delivery_is_kept;
    a_test_in_a_transaction_runs_what_is_held;
}
