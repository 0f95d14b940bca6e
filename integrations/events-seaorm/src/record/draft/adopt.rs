//! What subscribers have changed in the record of a write.

use events_core::record::Creating;
use sea_orm::{ActiveModelTrait, ActiveValue, DbErr, Iterable, ModelTrait, PrimaryKeyToColumn};

use super::names::{name_of, names};
use crate::{
    error::custom,
    record::observed::{ColumnOf, KeyOf, ObservedActiveModel},
};

/// Whether a column is part of the key.
pub(crate) fn is_key<A: ActiveModelTrait>(column: ColumnOf<A>) -> bool {
    KeyOf::<A>::from_column(column).is_some()
}

/// The old record with what an UPDATE sets.
pub(in crate::record) fn changed_record<A: ObservedActiveModel>(
    old: &A::Model,
    active: &A,
) -> A::Model {
    let mut new = old.clone();
    for column in ColumnOf::<A>::iter() {
        if let ActiveValue::Set(value) = active.get(column)
            && !is_key::<A>(column)
        {
            new.set(column, value);
        }
    }
    new
}

/// The event before an INSERT, which has the record that [`new_record`] has made, and the columns that are not set.
pub(in crate::record) fn creating<A: ObservedActiveModel>(
    active: &A,
    shown: &A::Model,
) -> Creating<A::Model> {
    let names = names::<A>();
    let unset = names
        .iter()
        .filter(|(column, _)| active.is_not_set(*column));
    let unset: Vec<_> = unset.map(|(_, name)| *name).collect();
    let columns: Vec<_> = names.iter().map(|(_, name)| *name).collect();
    let placeholders = shown.clone();
    let is_changed = move |record: &A::Model, name: &str| {
        let column = names.iter().find(|(_, other)| *other == name);
        column.is_some_and(|(column, _)| record.get(*column) != placeholders.get(*column))
    };
    Creating::new(shown.clone()).with_unset(columns, unset, is_changed)
}

/// Writes what subscribers have changed in the record that they were shown, and placeholders that they write.
pub(in crate::record) fn adopt_insert<A: ObservedActiveModel>(
    active: &mut A,
    shown: &A::Model,
    event: &Creating<A::Model>,
) {
    let unset = event.unset();
    for (column, name) in names::<A>() {
        if unset.contains(&name) {
            continue;
        }
        let value = event.record.get(column);
        if active.is_not_set(column) || value != shown.get(column) {
            active.set(column, value);
        }
    }
}

/// Writes what subscribers of `Updating` have changed in the record.
pub(crate) fn adopt_update<A: ObservedActiveModel>(
    active: &mut A,
    shown: &A::Model,
    left: &A::Model,
) -> Result<(), DbErr> {
    for column in ColumnOf::<A>::iter() {
        let value = left.get(column);
        if value == shown.get(column) {
            continue;
        }
        if is_key::<A>(column) {
            return Err(custom(format_args!(
                "a subscriber of `Updating` has changed `{}`, which is part of the key; delete the record and create another one",
                name_of::<A>(column)
            )));
        }
        active.set(column, value);
    }
    Ok(())
}
