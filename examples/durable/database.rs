//! What differs between the databases: their types of sqlx, and the subscriber that has one of them as a parameter.

use events_core::{Registry, State, subscribers};
use events_durable::Engine;
use events_sqlx::Tx;
use sqlx::{Pool, Postgres, Sqlite};

use crate::{
    crash::Crash,
    mails::Mails,
    shop::{book, book_on_postgres, confirm},
};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS orders (id BIGINT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS ledger (id BIGINT, cents BIGINT);
";

pub(crate) trait Database: Engine {
    /// The option of this program that names the database.
    const OPTION: &'static str;

    async fn create_tables(pool: &Pool<Self>) -> sqlx::Result<()>;

    async fn insert_order(tx: &mut Tx<'_, Self>, order: i64) -> sqlx::Result<()>;

    /// The number that a query returns.
    async fn number(pool: &Pool<Self>, query: &'static str) -> sqlx::Result<i64>;

    /// A registry with the subscribers of the shop.
    fn registry(mails: Mails, crash: Crash) -> Registry;
}
