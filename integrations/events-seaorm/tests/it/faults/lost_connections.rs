//! Connections that PostgreSQL ends in a transaction. SQLite has no server.

use events_core::{Registry, record::Creating};
use events_seaorm::{Db, transaction};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Statement, TransactionTrait};

use super::check_error;
use crate::{
    Journal,
    database::{Database, on_both},
    records::{
        entities::{create_tables, journal_of, user},
        new_user, users,
    },
};

/// What sqlx has for a connection that is gone.
const LOST: &[&str] = &[
    "terminating connection",
    "error communicating with database",
    "unexpected end of file",
    "Broken pipe",
    "closed",
];

async fn value(connection: &impl ConnectionTrait, query: &str) -> i32 {
    let query = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(query).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// The number of the process of the server for this connection.
async fn process(connection: &impl ConnectionTrait) -> i32 {
    value(connection, "SELECT pg_backend_pid()").await
}

/// Ends a connection, and waits until the server has ended it.
async fn terminate(database: &Database, process: i32) {
    let terminate = format!("SELECT pg_terminate_backend({process})");
    database.other.execute_unprepared(&terminate).await.unwrap();
    let is_alive = format!("SELECT count(*)::int FROM pg_stat_activity WHERE pid = {process}");
    while value(&database.other, &is_alive).await > 0 {
        tokio::task::yield_now().await;
    }
}

/// The next transaction of the pool commits, and is received.
async fn check_next(db: &Db, journal: &Journal) {
    // The pool has one connection, and does not test it before it gives it out.
    let mut results = Vec::new();
    while results.len() < 3 {
        results.push(transaction(db, async |tx| new_user("next").insert(tx).await).await);
        if results.last().unwrap().is_ok() {
            assert_eq!(journal.take(), ["user.created"]);
            return;
        }
        assert!(journal.take().is_empty());
    }
    panic!("the pool has no other connection: {results:?}");
}

async fn a_connection_that_is_lost_in_a_transaction(database: &Database) {
    if !database.aborts() {
        return;
    }
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);

    // Between two writes.
    let tx = db.begin().await.unwrap();
    new_user("a").insert(&tx).await.unwrap();
    terminate(database, process(&tx).await).await;
    let error = new_user("b").insert(&tx).await.unwrap_err();
    check_error(&error, LOST);
    tx.commit().await.unwrap_err();
    assert!(journal.take().is_empty());
    check_next(&db, &journal).await;

    // Before the commit.
    let tx = db.begin().await.unwrap();
    new_user("c").insert(&tx).await.unwrap();
    terminate(database, process(&tx).await).await;
    check_error(&tx.commit().await.unwrap_err(), LOST);
    assert!(journal.take().is_empty());
    check_next(&db, &journal).await;

    // In a savepoint, whose error is ignored.
    let tx = db.begin().await.unwrap();
    let point = tx.begin().await.unwrap();
    new_user("d").insert(&point).await.unwrap();
    terminate(database, process(&point).await).await;
    point.commit().await.unwrap_err();
    tx.commit().await.unwrap_err();
    assert!(journal.take().is_empty());
    check_next(&db, &journal).await;

    assert_eq!(users(database).await, 3);
}

/// Has the server end the connection in the COMMIT of a transaction that has written a user.
const END_IN_COMMIT: &str = "
    CREATE FUNCTION end_connection() RETURNS trigger AS $$ BEGIN
        IF NEW.email = 'ends' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN NULL; END $$ LANGUAGE plpgsql;
    CREATE CONSTRAINT TRIGGER end_connection AFTER INSERT ON \"user\" DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION end_connection();
";

async fn a_connection_that_is_lost_in_the_commit(database: &Database) {
    if !database.aborts() {
        return;
    }
    create_tables(database).await;
    let ends = database.other.execute_unprepared(END_IN_COMMIT).await;
    ends.unwrap();
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    let result = transaction(&db, async |tx| new_user("ends").insert(tx).await).await;
    check_error(&result.unwrap_err(), LOST);
    assert!(journal.take().is_empty());
    assert_eq!(users(database).await, 0);
    check_next(&db, &journal).await;
    // Without a transaction of the caller, with one that the check begins.
    registry.on(|_: &mut Creating<user::Model>| ()).detach();
    let error = new_user("ends").insert(&db).await.unwrap_err();
    check_error(&error, LOST);
    assert!(journal.take().is_empty());
    assert_eq!(users(database).await, 1);
    check_next(&db, &journal).await;
}

on_both! {
    a_connection_that_is_lost_in_a_transaction;
    a_connection_that_is_lost_in_the_commit;
}
