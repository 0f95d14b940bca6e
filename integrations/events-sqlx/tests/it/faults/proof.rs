//! A statement of PostgreSQL that proves that its transaction can be committed, and what comes before and after it.

use events_sqlx::{Tx, TxError};
use sqlx::{AssertSqlSafe, Postgres, Row};

use super::place;
use crate::{
    database::{Database, TestBackend},
    journaled,
};

/// What is done with the transaction.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Writes an item, and emits it.
    Place,
    /// A statement, whose error is ignored.
    Run(&'static str),
    /// The proof in a query with this first column.
    Prove(&'static str),
    /// A wrong expression in its place.
    Claim,
}

use Step::{Claim, Place, Prove, Run};

async fn play(tx: &mut Tx<'static, Postgres>, steps: &[Step]) {
    for step in steps {
        let column = match step {
            Place => {
                place(tx, "item").await;
                continue;
            }
            Run(statement) => {
                let _ = Postgres::run(tx.conn(), statement).await;
                continue;
            }
            Prove(column) => format!("{column}, {}", Tx::PROOF),
            Claim => "1, TRUE".to_owned(),
        };
        let query = AssertSqlSafe(format!("SELECT {column}"));
        if let Ok(row) = tx.fetch_proof(sqlx::query(query)).await {
            assert_eq!(row.get::<i32, _>(0), 1);
        }
    }
}

#[tokio::test]
async fn what_is_not_committed_is_an_error_also_with_a_proof() {
    let Some(database) = <Postgres as TestBackend>::create().await else {
        return;
    };
    check(&database, &[Place, Prove("1")], "ok", 1).await;
    check(&database, &[Prove("1"), Place], "ok", 1).await;
    check(
        &database,
        &[Place, Run("SELECT nothing"), Prove("1")],
        "aborted",
        0,
    )
    .await;
    check(
        &database,
        &[Place, Prove("1"), Run("SELECT nothing")],
        "aborted",
        0,
    )
    .await;
    check(&database, &[Place, Prove("nothing")], "aborted", 0).await;
    check(
        &database,
        &[Place, Prove("1"), Prove("1 / 0")],
        "aborted",
        0,
    )
    .await;
    check(&database, &[Place, Run("COMMIT"), Prove("1")], "ended", 1).await;
    check(&database, &[Place, Prove("1"), Run("COMMIT")], "ended", 1).await;
    check(&database, &[Place, Run("ROLLBACK"), Prove("1")], "ended", 0).await;
    // Nothing is asked then, as is documented.
    check(&database, &[Place, Run("COMMIT"), Claim], "ok", 1).await;
    check(
        &database,
        &[Place, Run("COMMIT"), Claim, Run("SELECT 1")],
        "ended",
        1,
    )
    .await;
}

/// How the commit ends, and how many items are committed.
async fn check(database: &Database<Postgres>, steps: &[Step], expected: &str, items: usize) {
    let (registry, journal) = journaled();
    let tx = Tx::begin_with(&database.pool, Tx::BEGIN).await.unwrap();
    let mut tx = tx.with_registry(&registry);
    play(&mut tx, steps).await;
    let ended = match tx.commit().await {
        Ok(()) => "ok",
        Err(TxError::Aborted) => "aborted",
        Err(TxError::Ended) => "ended",
        Err(error) => panic!("{steps:?}: {error}"),
    };
    assert_eq!(ended, expected, "{steps:?}");
    assert_eq!(
        journal.take().len(),
        usize::from(ended == "ok"),
        "{steps:?}"
    );
    database.check_clean(expected).await;
    assert_eq!(database.committed().await.len(), items, "{steps:?}");
    database.clear().await;
}
