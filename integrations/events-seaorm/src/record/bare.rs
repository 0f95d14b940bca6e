//! Writes of observed entities through a connection that is not of this crate.
//!
//! Whether such a write is committed is not known. So the events before it are emitted, since a check must hold, and those after it
//! are not; a warning names the remedy, once.

use std::{any::type_name, sync::Once};

use events_core::{
    record::{Created, Creating, Deleted, Deleting, Updated, Updating},
    registry,
};
use sea_orm::{ConnectionTrait, DbErr};

use super::{checks::Checks, find::find, observed::ObservedActiveModel};

/// Warns of the first such write that a subscriber misses.
fn warn<M>(is_missed: bool) {
    static WARNED: Once = Once::new();
    if is_missed {
        WARNED.call_once(|| {
            tracing::warn!(
                target: "events_seaorm",
                model = type_name::<M>(),
                "a record is written through a connection of SeaORM, which emits no events after the write; make a \
                 `Db` of the pool with `events_seaorm::Db::new(pool)`, and pass that, and its transactions, to the writes; if no events \
                 are intended, pass `&Db::new(pool).quietly()`",
            );
        });
    }
}

pub(super) async fn before_save<A, C>(active: &mut A, db: &C, insert: bool) -> Result<(), DbErr>
where
    A: ObservedActiveModel,
    C: ConnectionTrait,
{
    let registry = registry();
    let checks = Checks::Registry(&registry);
    if insert {
        warn::<A::Model>(registry.has_subscribers::<Created<A::Model>>());
        if registry.has_subscribers::<Creating<A::Model>>() {
            checks.insert(active).await?;
        }
        return Ok(());
    }
    warn::<A::Model>(registry.has_subscribers::<Updated<A::Model>>());
    if registry.has_subscribers::<Updating<A::Model>>()
        && let Some(key) = active.get_primary_key_value()
        && let Some(old) = find::<A>(key).one(db).await?
    {
        checks.update(active, &old).await?;
    }
    Ok(())
}

pub(super) async fn before_delete<A, C>(active: &A, db: &C) -> Result<(), DbErr>
where
    A: ObservedActiveModel,
    C: ConnectionTrait,
{
    let registry = registry();
    warn::<A::Model>(registry.has_subscribers::<Deleted<A::Model>>());
    if registry.has_subscribers::<Deleting<A::Model>>()
        && let Some(key) = active.get_primary_key_value()
        && let Some(old) = find::<A>(key).one(db).await?
    {
        Checks::Registry(&registry).delete(old).await?;
    }
    Ok(())
}
