//! The values of columns that are not set, before the database computes them.

use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, Iterable, Value, sea_query};

use super::names::name_of;
use crate::{
    error::custom,
    record::observed::{ColumnOf, ObservedActiveModel},
};

/// The record that an INSERT will write. A column that is not set has its declared default, else that of its type: a placeholder,
/// which the database replaces.
pub(in crate::record) fn new_record<A: ObservedActiveModel>(active: &A) -> Result<A::Model, DbErr> {
    let mut whole = active.clone();
    let defaults = A::default_values();
    for column in ColumnOf::<A>::iter() {
        if !whole.is_not_set(column) {
            continue;
        }
        if let Some(sea_query::Expr::Value(value)) = column.def().get_column_default()
            && set_default(&mut whole, column, value)
        {
            continue;
        }
        let Some(value) = defaults.get(column).into_value() else {
            return Err(without_default(name_of::<A>(column)));
        };
        whole.set(column, value);
    }
    whole.try_into_model()
}

/// Sets a column to its declared default, and returns whether that is a value of its type. SeaORM has each integer of an attribute as
/// an `i32`, and each other number as an `f64`.
fn set_default<A: ActiveModelTrait>(active: &mut A, column: ColumnOf<A>, value: &Value) -> bool {
    let mut set = |value: Value| active.try_set(column, value).is_ok();
    if set(value.clone()) {
        return true;
    }
    match *value {
        Value::Int(Some(number)) => numbers(number).into_iter().flatten().any(set),
        #[expect(clippy::cast_possible_truncation, reason = "the column is an `f32`")]
        Value::Double(Some(number)) => set((number as f32).into()),
        _ => false,
    }
}

/// The number in each other type that has it.
fn numbers(number: i32) -> [Option<Value>; 9] {
    [
        i8::try_from(number).ok().map(Value::from),
        i16::try_from(number).ok().map(Value::from),
        Some(i64::from(number).into()),
        u8::try_from(number).ok().map(Value::from),
        u16::try_from(number).ok().map(Value::from),
        u32::try_from(number).ok().map(Value::from),
        u64::try_from(number).ok().map(Value::from),
        Some(f64::from(number).into()),
        i16::try_from(number)
            .ok()
            .map(|number| f32::from(number).into()),
    ]
}

fn without_default(column: &str) -> DbErr {
    custom(format_args!(
        "the column `{column}` is not set, and subscribers of `Creating` cannot be shown a record without it; set it, declare its \
         `default_value`, or implement `Default` for its type"
    ))
}
