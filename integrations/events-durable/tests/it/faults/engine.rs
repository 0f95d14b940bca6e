//! What the tests of faults need of a database.

use events_core::{scanning::Subscribers, subscribers};
use sqlx::{AssertSqlSafe, Postgres, Row, Sqlite};

use crate::shop::{ShopEngine, book_postgres, book_sqlite, confirm};

/// A database of the tests of faults.
pub(crate) trait FaultEngine: ShopEngine {
    /// The id of the subscriber that takes the transaction.
    const BOOK: &'static str;

    /// Statements after which a connection can only read, and can write again.
    const READ_ONLY: (&'static str, &'static str);

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
