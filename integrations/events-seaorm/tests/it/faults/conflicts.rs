//! Transactions that the database ends because of others: serialization failures and deadlocks.

use events_core::{
    Registry,
    record::{Deleting, Updating},
};
use events_seaorm::{Db, Tx, bulk, transaction};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, IsolationLevel, ModelTrait,
    TransactionTrait, sea_query::Expr,
};
use tokio::sync::Barrier;

use super::{change, check_error};
use crate::{
    database::{Database, on_both},
    records::{
        entities::{create_tables, journal_of, user},
        new_user, users,
    },
};

/// How a record is written that another transaction has changed.
#[derive(Clone, Copy, Debug)]
enum Way {
    Update,
    WithoutReturning,
    Delete,
    BulkUpdate,
    BulkDelete,
}

impl Way {
    fn is_bulk(self) -> bool {
        matches!(self, Self::BulkUpdate | Self::BulkDelete)
    }

    async fn write(self, db: &Tx, user: &user::Model) -> Result<(), DbErr> {
        let of_user = user::Column::Id.eq(user.id);
        match self {
            Self::Update => change(user, "late").update(db).await.map(drop),
            Self::WithoutReturning => change(user, "late")
                .update_without_returning(db)
                .await
                .map(drop),
            Self::Delete => user.clone().delete(db).await.map(drop),
            Self::BulkUpdate => {
                let update = bulk::update_many::<user::Entity>()
                    .col_expr(user::Column::Email, Expr::value("late"))
                    .filter(of_user);
                update.exec(db).await.map(drop)
            }
            Self::BulkDelete => bulk::delete_many::<user::Entity>(db, of_user)
                .await
                .map(drop),
        }
    }
}

/// A transaction that sees the state of its first statement. With SQLite one that only reads begins in this way.
async fn begin_snapshot(db: &Db, database: &Database) -> Tx {
    let tx = match database.aborts() {
        true => {
            let level = Some(IsolationLevel::RepeatableRead);
            db.begin_with_config(level, None).await.unwrap()
        }
        false => db.begin_read_only().await.unwrap(),
    };
    let read = "SELECT count(*) FROM \"user\"";
    tx.execute_unprepared(read).await.unwrap();
    tx
}

/// A registry whose subscribers check writes, or one whose subscribers do not.
fn registry(is_checked: bool) -> Registry {
    let registry = Registry::new();
    if is_checked {
        registry.on(|_: &Updating<user::Model>| ()).detach();
        registry.on(|_: &Deleting<user::Model>| ()).detach();
    }
    registry
}

const CONFLICT: &[&str] = &["could not serialize access", "database is locked"];

async fn a_serialization_failure_emits_nothing(database: &Database) {
    create_tables(database).await;
    for is_checked in [false, true] {
        let registry = registry(is_checked);
        let journal = journal_of(&registry, "events::db::.*ed");
        let db = database.many(&registry, 2).await;
        for way in [
            Way::Update,
            Way::WithoutReturning,
            Way::Delete,
            Way::BulkUpdate,
            Way::BulkDelete,
        ] {
            let what = format!("{way:?}, checked: {is_checked}");
            let ada = new_user("a").insert(&db).await.unwrap();
            let tx = begin_snapshot(&db, database).await;
            change(&ada, "b").update(&db).await.unwrap();
            assert_eq!(
                journal.take(),
                ["user.created", "user.updated(email: \"a\" -> \"b\")"],
                "{what}"
            );

            // In a savepoint: the transaction continues, as without events.
            let point = tx.begin().await.unwrap();
            let error = way.write(&point, &ada).await.unwrap_err();
            check_error(&error, CONFLICT);
            point.rollback().await.unwrap();
            // In the transaction.
            let error = way.write(&tx, &ada).await.unwrap_err();
            check_error(&error, CONFLICT);
            let committed = tx.commit().await;
            // A bulk write has a savepoint of its own.
            let is_aborted = database.aborts() && !way.is_bulk();
            assert_eq!(committed.is_err(), is_aborted, "{what}");
            assert!(journal.take().is_empty(), "{what}");

            // The same once more, with a transaction of its own: it succeeds, and is received.
            transaction(&db, async |tx| way.write(tx, &ada).await)
                .await
                .unwrap();
            assert_eq!(journal.take().len(), 1, "{what}");
            new_user("c").insert(&db).await.unwrap();
            assert_eq!(journal.take(), ["user.created"], "{what}");
        }
    }
}

/// SQLite has one writer.
async fn a_deadlock_emits_nothing_of_the_transaction_that_is_ended(database: &Database) {
    if !database.aborts() {
        return;
    }
    create_tables(database).await;
    for is_checked in [false, true] {
        let registry = registry(is_checked);
        let journal = journal_of(&registry, "events::db::.*ed");
        let db = database.many(&registry, 2).await;
        let one = new_user("one").insert(&db).await.unwrap();
        let two = new_user("two").insert(&db).await.unwrap();
        journal.take();
        let both_hold = Barrier::new(2);
        let write = async |first: &user::Model, second: &user::Model, name: &str| {
            transaction(&db, async |tx| -> Result<(), DbErr> {
                tx.execute_unprepared("SET LOCAL deadlock_timeout = 1")
                    .await?;
                change(first, name).update(tx).await?;
                both_hold.wait().await;
                change(second, name).update(tx).await.map(drop)
            })
            .await
        };
        let (left, right) = tokio::join!(write(&one, &two, "left"), write(&two, &one, "right"));
        let (winner, error) = match (left, right) {
            (Ok(()), Err(error)) => ("left", error),
            (Err(error), Ok(())) => ("right", error),
            other => panic!("one of them is ended: {other:?}"),
        };
        check_error(&error, &["deadlock detected"]);
        let mut received = journal.take();
        received.sort();
        let updated = |old: &str| format!("user.updated(email: \"{old}\" -> \"{winner}\")");
        assert_eq!(received, [updated("one"), updated("two")]);
        // Both connections are clean.
        tokio::join!(async { new_user("x").insert(&db).await.unwrap() }, async {
            new_user("y").insert(&db).await.unwrap()
        },);
        assert_eq!(journal.take(), ["user.created"; 2]);
    }
    assert_eq!(users(database).await, 8);
}

on_both! {
    a_serialization_failure_emits_nothing;
    a_deadlock_emits_nothing_of_the_transaction_that_is_ended;
}
