//! What differs between the databases: the types of sqlx, and the subscriber that has one of them as a parameter.

use events_core::{registry, subscribers};
use events_durable::Engine;
use events_sqlx::Tx;
use sqlx::{Executor, Pool, Postgres, Sqlite};

use crate::{
    mails::Mails,
    shop::{book, book_on_postgres, confirm},
};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shop_orders (id BIGINT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS shop_ledger (id BIGINT, cents BIGINT);
";

pub(crate) trait Database: Engine {
    /// The option of this program that names the database.
    const OPTION: &'static str;

    async fn create_tables(pool: &Pool<Self>) -> sqlx::Result<()>;

    async fn insert_order(tx: &mut Tx<'_, Self>, order: i64) -> sqlx::Result<()>;

    /// The number that a query returns.
    async fn number(pool: &Pool<Self>, query: &'static str) -> sqlx::Result<i64>;

    /// Registers the subscribers of the shop, with that of this database: in a program with one database, a scan does.
    fn add_subscribers(mails: Mails);
}

macro_rules! database {
    ($database:ty, $option:literal, $book:ident) => {
        impl Database for $database {
            const OPTION: &'static str = $option;

            async fn create_tables(pool: &Pool<Self>) -> sqlx::Result<()> {
                pool.execute(sqlx::raw_sql(TABLES)).await.map(drop)
            }

            async fn insert_order(tx: &mut Tx<'_, Self>, order: i64) -> sqlx::Result<()> {
                let insert = sqlx::query("INSERT INTO shop_orders VALUES ($1)").bind(order);
                insert.execute(tx.conn()).await.map(drop)
            }

            async fn number(pool: &Pool<Self>, query: &'static str) -> sqlx::Result<i64> {
                sqlx::query_scalar(query).fetch_one(pool).await
            }

            fn add_subscribers(mails: Mails) {
                let scanner = registry().scanner().state(mails);
                scanner.subscribers(subscribers![confirm, $book]).run();
            }
        }
    };
}

database!(Sqlite, "--sqlite", book);
database!(Postgres, "--postgres", book_on_postgres);
