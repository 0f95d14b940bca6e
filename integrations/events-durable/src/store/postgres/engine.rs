//! PostgreSQL with the whole store.

use sqlx::Postgres;

use crate::store::engine::Engine;

impl Engine for Postgres {
    const BEGIN: &'static str = "BEGIN";
}
