//! Connections that wrap one of the crate, and do not pass on each statement: nothing of a write that was refused reaches another statement.

use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicBool, Ordering},
};

use events_core::Registry;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExecResult, IntoActiveModel,
    ModelTrait, QueryResult, Set, Statement, TransactionTrait,
};

use crate::database::{Database, on_both, save};
use crate::records::{
    entities::{create_tables, journal_of, observed, user},
    new_user, users,
};

/// Passes on what reads, and refuses what writes.
struct Refusing<'c, C>(&'c C);

fn check(statement: &Statement) -> Result<(), DbErr> {
    match statement.sql.starts_with("SELECT") {
        true => Ok(()),
        false => Err(DbErr::Custom("it is refused".to_owned())),
    }
}

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Refusing<'_, C> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        check(&statement)?;
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        check(&statement)?;
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        check(&statement)?;
        self.0.query_all_raw(statement).await
    }

    fn support_returning(&self) -> bool {
        self.0.support_returning()
    }
}

fn raw(database: &Database, sql: &str) -> Statement {
    Statement::from_string(database.other.get_database_backend(), sql)
}

/// The next statement with the same first word is of another table, and then of another record.
async fn a_write_that_is_refused_emits_nothing(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    let one = new_user("one").insert(&db.quietly()).await.unwrap();
    let two = new_user("two").insert(&db.quietly()).await.unwrap();
    save(&db, "item").await.unwrap();
    for is_same_table in [false, true] {
        let tx = db.begin().await.unwrap();
        let delete = one.clone().delete(&Refusing(&tx)).await;
        assert_eq!(
            delete.unwrap_err().to_string(),
            "Custom Error: it is refused"
        );
        let result = match is_same_table {
            true => {
                let delete = user::Entity::delete_by_id(two.id);
                delete.exec(&tx).await.unwrap().rows_affected
            }
            false => {
                let delete = raw(database, "DELETE FROM item");
                tx.execute_raw(delete).await.unwrap().rows_affected()
            }
        };
        assert_eq!(result, 1);
        let mut change = one.clone().into_active_model();
        change.email = Set("changed".to_owned());
        change.update(&Refusing(&tx)).await.unwrap_err();
        let update = raw(database, r#"UPDATE "user" SET email = 'raw' WHERE id > 0"#);
        tx.execute_raw(update).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(journal.take(), <[&str; 0]>::default(), "{is_same_table}");
    }
}

/// A refused write has begun a transaction. The next statement is not in it.
async fn the_transaction_of_a_refused_write_is_not_that_of_the_next(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let one = new_user("one").insert(&db.quietly()).await.unwrap();
    one.delete(&Refusing(&db)).await.unwrap_err();
    save(&db, "item").await.unwrap();
    assert_eq!(database.committed().await, ["item"]);
    assert_eq!(journal.take(), ["user.deleting"]);
    database.check_clean("refused").await;
}

/// The thread ends, with what the hook has left on it.
async fn a_thread_ends_after_a_write_that_is_refused(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let one = new_user("one").insert(&db.quietly()).await.unwrap();
    let (runtime, of_thread) = (tokio::runtime::Handle::current(), db.clone());
    let thread = std::thread::spawn(move || {
        runtime.block_on(async {
            one.delete(&Refusing(&of_thread)).await.unwrap_err();
        });
    });
    tokio::task::spawn_blocking(|| thread.join().unwrap())
        .await
        .unwrap();
    database.check_clean("the thread has ended").await;
    assert_eq!(journal.take(), ["user.deleting"]);
    assert_eq!(users(database).await, 1);
}

/// Panics once it has asked the connection.
struct Panicking<'c, C>(&'c C, AtomicBool);

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Panicking<'_, C> {
    fn get_database_backend(&self) -> DbBackend {
        let backend = self.0.get_database_backend();
        assert!(!self.1.load(Ordering::Relaxed), "on purpose");
        backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(statement).await
    }
}

/// The connection of a write that panicked is not that of the next.
async fn a_wrapper_panics_when_it_is_asked(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let panicking = Panicking(&db, AtomicBool::new(true));
    let mut insert = Box::pin(new_user("one").insert(&panicking));
    let poll = std::future::poll_fn(|context| {
        let poll = AssertUnwindSafe(|| insert.as_mut().poll(context).is_ready());
        std::task::Poll::Ready(std::panic::catch_unwind(poll).is_err())
    });
    assert!(poll.await, "it panics");
    // A connection that is not of the crate.
    new_user("two").insert(&database.other).await.unwrap();
    assert_eq!(journal.take(), <[&str; 0]>::default());
}

on_both! {
    a_write_that_is_refused_emits_nothing;
    the_transaction_of_a_refused_write_is_not_that_of_the_next;
    a_wrapper_panics_when_it_is_asked;
}

mod threads {
    use super::{a_thread_ends_after_a_write_that_is_refused, on_both};

    on_both! {
        threads:
        a_thread_ends_after_a_write_that_is_refused;
    }
}
