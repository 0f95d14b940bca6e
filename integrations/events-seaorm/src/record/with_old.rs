//! An UPDATE that returns the old row beside the new one, which PostgreSQL can.

use sea_orm::{
    ColumnTrait, DbBackend, DbErr, IdenStatic, Iterable, QuerySelect, QueryTrait, Update,
    sea_query::{Expr, IntoIden, Query, TableRef, ValueTuple},
};

use super::{
    find::{find, locked},
    observed::{ColumnOf, ObservedActiveModel},
};
use crate::handoff::WithOld;

/// What the names of the old columns begin with.
const PREFIX: &str = "old.";

/// The name of the old row.
const OLD: &str = "events_old";

/// How long a name of PostgreSQL is: it cuts off the rest.
const MAX_NAME: usize = 63;

/// `UPDATE t SET .. FROM (SELECT .. FROM t WHERE key FOR UPDATE) AS events_old WHERE key RETURNING ..`. If another transaction has changed
/// the row meanwhile, both have the row that is locked. `None` if the database has no such statement, or if a column has too long a name.
pub(super) fn update_with_old<A: ObservedActiveModel>(
    active: &A,
    key: &ValueTuple,
    backend: DbBackend,
) -> Result<Option<WithOld>, DbErr> {
    let has_names = |column: ColumnOf<A>| {
        let name = column.as_str();
        name.len() + PREFIX.len() <= MAX_NAME && !name.starts_with(PREFIX)
    };
    if backend != DbBackend::Postgres || !ColumnOf::<A>::iter().all(has_names) {
        return Ok(None);
    }
    let mut old = find::<A>(key.clone()).select_only();
    let mut returning = Vec::new();
    for column in ColumnOf::<A>::iter() {
        let of_table = || column.select_as(Expr::col((A::Entity::default(), column)));
        let name = format!("{PREFIX}{}", column.as_str());
        old = old.expr_as(of_table(), name.clone());
        returning.push(of_table());
        returning.push(Expr::col((OLD, name)));
    }
    let old = locked(old, backend).into_query();
    let mut update = Update::one(active.clone()).validate()?;
    QueryTrait::query(&mut update)
        .from(TableRef::SubQuery(old.into(), OLD.into_iden()))
        .returning(Query::returning().exprs(returning));
    Ok(Some(WithOld {
        statement: update.build(backend),
        prefix: PREFIX,
    }))
}
