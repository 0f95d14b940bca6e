//! What the tests of faults need of a database.

use std::time::Duration;

use events_core::{Retry, State, scanning::Subscribers, subscriber, subscribers};
use events_durable::Delivery;
use events_sqlx::Tx;
use sqlx::{AssertSqlSafe, Pool, Postgres, Row, Sqlite};

use crate::{
    database::TestEngine,
    shop::{Faults, Journal, Placed, ShopEngine, book_postgres, book_sqlite, confirm, note},
};

/// With a single attempt, each would be claimed alone.
const TWICE: Retry =
    Retry::exponential(Duration::from_micros(1), Duration::from_micros(1)).max_retries(1);

#[subscriber(durable = "slow.tx", retry = TWICE)]
async fn slow_sqlite(
    event: &Placed,
    _tx: Tx<'_, Sqlite>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) {
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
    note(
        &journal,
        format!("slow {} ({})", event.order, delivery.attempt()),
    );
}

#[subscriber(durable = "slow.tx.postgres", retry = TWICE)]
async fn slow_postgres(
    event: &Placed,
    _tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) {
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
    note(
        &journal,
        format!("slow {} ({})", event.order, delivery.attempt()),
    );
}

/// Waits, and notes its attempt.
#[subscriber(durable = "attempted")]
pub(super) async fn attempted(
    event: &Placed,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) {
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
    note(
        &journal,
        format!("attempted {} ({})", event.order, delivery.attempt()),
    );
}

/// A database of the tests of faults.
pub(crate) trait FaultEngine: ShopEngine {
    /// The id of the subscriber that takes the transaction.
    const BOOK: &'static str;

    /// Statements after which a connection can only read, and can write again.
    const READ_ONLY: (&'static str, &'static str);

    /// A statement after which no other transaction writes deliveries until this one ends.
    const LOCK: &'static str;

    /// A subscriber that waits in its transaction, and has one attempt.
    fn slow_with_tx() -> Subscribers;

    /// The clock of the database.
    fn now(pool: &Pool<Self>) -> impl Future<Output = i64> + Send;

    /// A subscriber that takes the transaction, and one that does not.
    fn book_and_confirm() -> Subscribers;

    /// Runs a statement that returns nothing.
    fn run_on(conn: &mut Self::Connection, statement: &str) -> impl Future<Output = ()> + Send;

    /// Whether no transaction is open on a connection.
    fn is_clean(conn: &mut Self::Connection) -> impl Future<Output = bool> + Send;
}

impl FaultEngine for Sqlite {
    const BOOK: &'static str = "ledger.book";
    const READ_ONLY: (&'static str, &'static str) =
        ("PRAGMA query_only = 1", "PRAGMA query_only = 0");

    const LOCK: &'static str = "UPDATE ev_delivery SET due = due";

    fn slow_with_tx() -> Subscribers {
        subscribers![slow_sqlite]
    }

    async fn now(pool: &Pool<Self>) -> i64 {
        Self::numbers(pool, "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)").await[0]
    }

    fn book_and_confirm() -> Subscribers {
        subscribers![book_sqlite, confirm]
    }

    async fn run_on(conn: &mut Self::Connection, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement).execute(conn).await.unwrap();
    }

    async fn is_clean(conn: &mut Self::Connection) -> bool {
        sqlx::raw_sql("BEGIN; COMMIT").execute(conn).await.is_ok()
    }
}

impl FaultEngine for Postgres {
    const BOOK: &'static str = "ledger.book.postgres";
    const READ_ONLY: (&'static str, &'static str) = (
        "SET default_transaction_read_only = on",
        "SET default_transaction_read_only = off",
    );

    const LOCK: &'static str = "LOCK TABLE ev_delivery IN ACCESS EXCLUSIVE MODE";

    fn slow_with_tx() -> Subscribers {
        subscribers![slow_postgres]
    }

    async fn now(pool: &Pool<Self>) -> i64 {
        let now = "SELECT (extract(epoch FROM now()) * 1000)::bigint";
        Self::numbers(pool, now).await[0]
    }

    fn book_and_confirm() -> Subscribers {
        subscribers![book_postgres, confirm]
    }

    async fn run_on(conn: &mut Self::Connection, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement).execute(conn).await.unwrap();
    }

    /// In a transaction, the time is that of its begin.
    async fn is_clean(conn: &mut Self::Connection) -> bool {
        let is_new = sqlx::raw_sql("SELECT now() = statement_timestamp()");
        is_new.fetch_one(conn).await.unwrap().get(0)
    }
}
