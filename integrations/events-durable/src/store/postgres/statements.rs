//! The shared statements, for PostgreSQL.

use crate::store::shared::{
    deliver::implement_deliver, migrate::implement_migrate, operate::implement_operate,
    purge::implement_purge, register::implement_register,
};

implement_migrate!(
    sqlx::Postgres,
    lock = "SELECT pg_advisory_xact_lock(1702257008, 0)",
    schema = include_str!("schema.sql")
);

implement_register!(
    sqlx::Postgres,
    lock = "SELECT pg_advisory_xact_lock(1702257008, 0)",
    items = "jsonb_array_elements($1::jsonb)",
    texts = "jsonb_array_elements_text($1::jsonb)"
);

implement_deliver!(
    sqlx::Postgres,
    crate::store::postgres::deliver,
    now = "(extract(epoch FROM now()) * 1000)::bigint",
    items = "jsonb_array_elements($1::jsonb)",
    texts = "jsonb_array_elements_text($1::jsonb)",
    lock = " FOR UPDATE SKIP LOCKED"
);

// The lock of replays and purges: its space is not that of the keys.
implement_purge!(
    sqlx::Postgres,
    now = "(extract(epoch FROM now()) * 1000)::bigint",
    try_lock = "SELECT pg_try_advisory_xact_lock(ev_space() # 2, 0)"
);

implement_operate!(
    sqlx::Postgres,
    crate::store::postgres::statements::purge,
    now = "(extract(epoch FROM now()) * 1000)::bigint",
    seqs = "jsonb_array_elements_text($2::jsonb)",
    lock = "SELECT pg_advisory_xact_lock(ev_space() # 2, 0)"
);
