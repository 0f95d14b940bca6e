//! The tables and their version, and what errors say.

use events_durable::testing::StoreError;
use tokio::join;

use crate::database::{Database, LEASE, MOST, TestEngine, event, on_both};

on_both! {
    programs_may_migrate_at_once;
    another_version_is_an_error_with_its_remedy;
    what_needs_the_tables_names_migrate;
    no_error_contains_a_payload;
}

async fn programs_may_migrate_at_once<DB: TestEngine>(database: &Database<DB>) {
    let pool = &database.pool;
    let all = join!(
        DB::migrate(pool),
        DB::migrate(pool),
        DB::migrate(pool),
        DB::migrate(pool)
    );
    assert_eq!(all, (Ok(()), Ok(()), Ok(()), Ok(())));
    assert_eq!(DB::check_schema(pool).await, Ok(()));
    assert_eq!(
        database
            .numbers("SELECT CAST(count(*) AS BIGINT) FROM ev_schema")
            .await,
        [1]
    );
}

async fn another_version_is_an_error_with_its_remedy<DB: TestEngine>(database: &Database<DB>) {
    DB::migrate(&database.pool).await.unwrap();
    DB::run(&database.pool, "UPDATE ev_schema SET version = version + 1").await;
    for result in [
        DB::migrate(&database.pool).await,
        DB::check_schema(&database.pool).await,
    ] {
        assert_eq!(
            result.unwrap_err().to_string(),
            "the tables of durable delivery have version 2, and this program has version 1; build the program with a later \
             version of events-durable",
        );
    }
    DB::run(&database.pool, "UPDATE ev_schema SET version = 0").await;
    let text = DB::check_schema(&database.pool)
        .await
        .unwrap_err()
        .to_string();
    assert!(text.contains("call `migrate()`"), "{text}");
}

async fn what_needs_the_tables_names_migrate<DB: TestEngine>(database: &Database<DB>) {
    let pool = &database.pool;
    let claimed = DB::claim(pool, "s", 1, LEASE, MOST).await.map(drop);
    let mut conn = pool.acquire().await.unwrap();
    let inserted = DB::insert(&mut conn, &[event("1", "t", None)])
        .await
        .map(drop);
    let purged = DB::purge(pool, LEASE, 10).await.map(drop);
    for result in [claimed, inserted, purged, DB::check_schema(pool).await] {
        assert_eq!(result, Err(StoreError::SchemaMissing));
    }
    assert!(
        StoreError::SchemaMissing
            .to_string()
            .contains("`migrate()`")
    );
}

async fn no_error_contains_a_payload<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[]).await;
    // On PostgreSQL there is none.
    let unique = "CREATE UNIQUE INDEX own ON ev_event (id)";
    DB::run(&database.pool, unique).await;
    let events = [event("1", "t", None), event("1", "t", None)];
    for events in [&events[..], &events[..1]] {
        let mut tx = database.pool.begin_with(DB::BEGIN).await.unwrap();
        let first = DB::insert(&mut tx, events).await;
        let error = match first {
            Err(error) => error,
            Ok(_) => DB::insert(&mut tx, events).await.unwrap_err(),
        };
        assert!(matches!(error, StoreError::Duplicate(_)), "{error:?}");
        assert!(!error.is_transient() && !error.is_serialization());
        let text = format!("{error} {error:?} {events:?}");
        assert!(!text.contains("payload of"), "{text}");
    }
}

/// The snapshot of those that wait would be older than the tables.
#[tokio::test]
async fn programs_migrate_at_once_in_any_isolation() {
    let Some(database) = sqlx::Postgres::create().await else {
        return;
    };
    let pool = database.serializable("migrates").await;
    let migrate =
        async || <sqlx::Postgres as events_durable::testing::Migrate>::migrate(&pool).await;
    let (one, two) = join!(migrate(), migrate());
    assert_eq!((one, two), (Ok(()), Ok(())));
}
