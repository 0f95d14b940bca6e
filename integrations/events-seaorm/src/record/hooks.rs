//! What the derive calls from the hooks of an entity.

use events_core::{
    emitting::Emitting,
    record::{Created, Creating, Deleted, Deleting, Updated, Updating},
    units::UnitHandle,
};
use sea_orm::{
    ConnectionTrait, DbErr, EntityName, FromQueryResult, Iterable, QueryResult, QueryTrait,
    sea_query::ValueTuple,
};

use super::{
    bare,
    checks::Checks,
    draft::is_key,
    find::{find, find_locked, locked},
    model_type::check_model,
    observed::{ColumnOf, Observed, ObservedActiveModel},
    register::register_observed,
    with_old::update_with_old,
};
use crate::{
    handoff::{
        Announce, AnnounceEach, Baton, Emission, Identity, OldRow, OwnConnection, Select,
        StatementOf, Verb, Written, clear, identify, pass,
    },
    transaction::{Tx, unbegun_transaction},
};

/// Emits `Creating` or `Updating`, and has the statement emit `Created` or `Updated`.
///
/// # Errors
///
/// When a subscriber vetoed the write or failed; those of the database.
#[doc(hidden)]
pub async fn before_save<A, C>(mut active: A, db: &C, insert: bool) -> Result<A, DbErr>
where
    A: ObservedActiveModel,
    C: ConnectionTrait,
{
    clear();
    let identity = identify(db);
    check_model::<A>(&identity);
    match (identity, insert) {
        (Identity::Quiet, _) => {}
        (Identity::Foreign, _) => bare::before_save(&mut active, db, insert).await?,
        (Identity::Own(connection), true) => prepare_insert(&mut active, connection).await?,
        (Identity::Own(connection), false) => prepare_update(&mut active, connection).await?,
    }
    Ok(active)
}

/// Emits `Deleting`, and has the statement emit `Deleted`.
///
/// # Errors
///
/// As [`before_save`].
#[doc(hidden)]
pub async fn before_delete<A, C>(active: A, db: &C) -> Result<A, DbErr>
where
    A: ObservedActiveModel,
    C: ConnectionTrait,
{
    clear();
    let identity = identify(db);
    check_model::<A>(&identity);
    match identity {
        Identity::Quiet => {}
        Identity::Foreign => bare::before_delete(&active, db).await?,
        Identity::Own(connection) => prepare_delete(&active, connection).await?,
    }
    Ok(active)
}

/// The transaction of a write: that of the caller, or one of its own. It begins when it is first used, so that a subscriber of
/// `Creating` can use the pool, also if that has one connection.
struct WriteTransaction {
    tx: Tx,
    is_own: bool,
}

impl WriteTransaction {
    fn new(connection: OwnConnection) -> Self {
        match connection {
            OwnConnection::Db(db) => Self {
                tx: unbegun_transaction(db.connection(), db.own_registry().cloned(), db.is_quiet()),
                is_own: true,
            },
            OwnConnection::Tx(tx) => Self { tx, is_own: false },
        }
    }

    /// The one that the statement ends.
    fn into_own(self) -> Option<Tx> {
        self.is_own.then_some(self.tx)
    }
}

/// Whether the event after the write is stored, which needs a transaction.
fn is_stored<A: ObservedActiveModel>(is_announced: bool) -> bool {
    is_announced && A::Model::__IS_DURABLE
}

async fn prepare_insert<A: ObservedActiveModel>(
    active: &mut A,
    connection: OwnConnection,
) -> Result<(), DbErr> {
    let registry = connection.registry();
    let announce = registry
        .has_subscribers::<Created<A::Model>>()
        .then(created::<A>);
    let mut within = None;
    let is_checked = registry.has_subscribers::<Creating<A::Model>>();
    if is_checked || is_stored::<A>(announce.is_some()) {
        let begun = WriteTransaction::new(connection);
        if is_checked {
            Checks::Tx(&begun.tx).insert(active).await?;
        }
        within = begun.into_own();
    }
    if within.is_some() || announce.is_some() {
        register_observed::<A::Model>();
        pass(Baton {
            of: of::<A>(Verb::Insert, None),
            within,
            announce_each: announce
                .is_some()
                .then_some(created_each::<A> as AnnounceEach),
            announce,
            select: None,
            with_old: None,
            old: OldRow::Unread,
        });
    }
    Ok(())
}

async fn prepare_update<A: ObservedActiveModel>(
    active: &mut A,
    connection: OwnConnection,
) -> Result<(), DbErr> {
    let registry = connection.registry();
    let is_checked = registry.has_subscribers::<Updating<A::Model>>();
    let is_announced = registry.has_subscribers::<Updated<A::Model>>();
    let is_set = |column| active.get(column).is_set() && !is_key::<A>(column);
    if !(is_checked || is_announced) || !ColumnOf::<A>::iter().any(is_set) {
        return Ok(());
    }
    let Some(key) = active.get_primary_key_value() else {
        return Ok(()); // SeaORM has an error for it
    };
    register_observed::<A::Model>();
    if !is_checked && let Some(with_old) = update_with_old(&*active, &key, connection.backend())? {
        let within = is_stored::<A>(is_announced).then(|| WriteTransaction::new(connection));
        pass(Baton {
            of: of::<A>(Verb::Update, Some(key.clone())),
            within: within.and_then(WriteTransaction::into_own),
            announce: Some(changed::<A>()),
            announce_each: None, // SeaORM updates one record with a statement
            select: Some(select::<A>(key)),
            with_old: Some(with_old),
            old: OldRow::Unread,
        });
        return Ok(());
    }
    let within = WriteTransaction::new(connection);
    let executed = within.tx.executed();
    let Some(old) = find_locked::<A>(&within.tx, key.clone()).await? else {
        // As that of SeaORM. One that is inserted from now on was not checked, and is not to be written.
        return Err(DbErr::RecordNotUpdated);
    };
    if is_checked {
        Checks::Tx(&within.tx).update(active, &old).await?;
    }
    if within.is_own || is_announced {
        pass(Baton {
            of: of::<A>(Verb::Update, Some(key.clone())),
            within: within.into_own(),
            announce: is_announced.then(|| updated::<A>(old)),
            announce_each: None, // SeaORM updates one record with a statement
            select: is_announced.then(|| select::<A>(key)),
            with_old: None,
            old: OldRow::ReadAt(executed),
        });
    }
    Ok(())
}

async fn prepare_delete<A: ObservedActiveModel>(
    active: &A,
    connection: OwnConnection,
) -> Result<(), DbErr> {
    let registry = connection.registry();
    let is_checked = registry.has_subscribers::<Deleting<A::Model>>();
    let is_announced = registry.has_subscribers::<Deleted<A::Model>>();
    let Some(key) = active.get_primary_key_value() else {
        return Ok(()); // SeaORM has an error for it
    };
    if !(is_checked || is_announced) {
        return Ok(());
    }
    register_observed::<A::Model>();
    let within = WriteTransaction::new(connection);
    let executed = within.tx.executed();
    let old = find_locked::<A>(&within.tx, key.clone()).await?;
    if is_checked && let Some(old) = &old {
        Checks::Tx(&within.tx).delete(old.clone()).await?;
    }
    pass(Baton {
        of: of::<A>(Verb::Delete, Some(key.clone())),
        within: within.into_own(),
        announce_each: is_announced.then_some(deleted_each::<A> as AnnounceEach),
        select: is_announced.then(|| select::<A>(key)),
        with_old: None,
        old: old
            .as_ref()
            .map_or(OldRow::Missing, |_| OldRow::ReadAt(executed)),
        announce: old.filter(|_| is_announced).map(deleted::<A>),
    });
    Ok(())
}

/// The statement that writes the record.
fn of<A: ObservedActiveModel>(verb: Verb, key: Option<ValueTuple>) -> StatementOf {
    let table = A::Entity::default().table_name();
    StatementOf { verb, table, key }
}

/// The statement that selects the row with this key.
fn select<A: ObservedActiveModel>(key: ValueTuple) -> Select {
    Box::new(move |backend, is_locked| match is_locked {
        true => locked(find::<A>(key.clone()), backend).build(backend),
        false => find::<A>(key.clone()).build(backend),
    })
}

fn created<A: ObservedActiveModel>() -> Announce {
    Box::new(|written, emitting, unit| {
        let Written::Row(row) = written else {
            return Ok(None);
        };
        created_each::<A>(row, emitting, unit).map(Some)
    })
}

fn created_each<A: ObservedActiveModel>(
    row: &QueryResult,
    emitting: &Emitting,
    unit: &UnitHandle,
) -> Result<Emission, DbErr> {
    let record = A::Model::from_query_result(row, "")?;
    Ok(Box::pin(emitting.emit_in_async(unit, Created::new(record))))
}

fn updated<A: ObservedActiveModel>(old: A::Model) -> Announce {
    Box::new(move |written, emitting, unit| match written {
        Written::Row(row) => {
            emit_updated::<A>(&old, A::Model::from_query_result(row, "")?, emitting, unit)
        }
        // Read again.
        Written::Rows { .. } => changed::<A>()(written, emitting, unit),
        Written::Gone(_) | Written::Count(_) => Ok(None),
    })
}

/// [`updated`] by a statement that has read the old row.
fn changed<A: ObservedActiveModel>() -> Announce {
    Box::new(|written, emitting, unit| {
        let Written::Rows { old, prefix, new } = written else {
            return Ok(None);
        };
        let old = A::Model::from_query_result(old, prefix)?;
        emit_updated::<A>(&old, A::Model::from_query_result(new, "")?, emitting, unit)
    })
}

fn emit_updated<A: ObservedActiveModel>(
    old: &A::Model,
    new: A::Model,
    emitting: &Emitting,
    unit: &UnitHandle,
) -> Result<Option<Emission>, DbErr> {
    let diff = A::Model::diff(old, &new);
    if diff.is_empty() {
        return Ok(None);
    }
    let emit = emitting.emit_in_async(unit, Updated::new(new, diff));
    Ok(Some(Box::pin(emit)))
}

fn deleted<A: ObservedActiveModel>(old: A::Model) -> Announce {
    Box::new(move |written, emitting, unit| {
        let old = match written {
            Written::Count(0) => return Ok(None),
            Written::Gone(row) => A::Model::from_query_result(row, "")?, // read again
            _ => old,
        };
        let emit = emitting.emit_in_async(unit, Deleted::new(old));
        Ok(Some(Box::pin(emit) as Emission))
    })
}

fn deleted_each<A: ObservedActiveModel>(
    row: &QueryResult,
    emitting: &Emitting,
    unit: &UnitHandle,
) -> Result<Emission, DbErr> {
    let record = A::Model::from_query_result(row, "")?;
    Ok(Box::pin(emitting.emit_in_async(unit, Deleted::new(record))))
}
