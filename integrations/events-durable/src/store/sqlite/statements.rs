//! The shared statements, for SQLite.

use crate::store::shared::{
    deliver::implement_deliver, migrate::implement_migrate, operate::implement_operate,
    purge::implement_purge, register::implement_register,
};

implement_migrate!(sqlx::Sqlite, schema = include_str!("schema.sql"));

implement_register!(
    sqlx::Sqlite,
    lock = "DELETE FROM ev_topic WHERE false",
    items = "json_each($1)",
    texts = "json_each($1)"
);

implement_deliver!(
    sqlx::Sqlite,
    crate::store::sqlite::deliver,
    now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    items = "json_each($1)",
    texts = "json_each($1)",
    lock = ""
);

implement_purge!(
    sqlx::Sqlite,
    now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    try_lock = "SELECT true"
);

implement_operate!(
    sqlx::Sqlite,
    crate::store::sqlite::statements::purge,
    now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    seqs = "json_each($2)"
);
