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

use super::{
    draft::{adopt_insert, adopt_update, changed_record, creating, new_record},
    find::find,
    observed::{Observed, ObservedActiveModel},
    register::register_observed,
    veto,
};

/// Warns of the first such write that a subscriber misses.
fn warn<M>(is_missed: bool) {
    static WARNED: Once = Once::new();
    if is_missed {
        WARNED.call_once(|| {
            tracing::warn!(
                target: "events_seaorm",
                model = type_name::<M>(),
                "a record is written through a connection that emits no events after the write; wrap the pool in \
                 `events_seaorm::Db::new`, and pass that, or use `db.quietly()` if this is intended",
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
    if insert {
        warn::<A::Model>(registry.has_subscribers::<Created<A::Model>>());
        if registry.has_subscribers::<Creating<A::Model>>() {
            register_observed::<A::Model>();
            let shown = new_record(active)?;
            let event = registry.emit_async(creating(active, &shown)).await;
            veto::check(event.veto_reason())?;
            adopt_insert(active, &shown, &event);
        }
        return Ok(());
    }
    warn::<A::Model>(registry.has_subscribers::<Updated<A::Model>>());
    if registry.has_subscribers::<Updating<A::Model>>()
        && let Some(key) = active.get_primary_key_value()
        && let Some(old) = find::<A>(key).one(db).await?
    {
        register_observed::<A::Model>();
        let new = changed_record(&old, &*active);
        let diff = A::Model::diff(&old, &new);
        if !diff.is_empty() {
            let event = registry.emit_async(Updating::new(new.clone(), diff)).await;
            veto::check(event.veto_reason())?;
            adopt_update(active, &new, &event.record)?;
        }
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
        register_observed::<A::Model>();
        let event = registry.emit_async(Deleting::new(old)).await;
        veto::check(event.veto_reason())?;
    }
    Ok(())
}
