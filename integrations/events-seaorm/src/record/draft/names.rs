//! Columns by the names that they have in events: those of the fields of the model.

use std::str::FromStr;

use sea_orm::{ActiveModelTrait, IdenStatic, Iterable};

use crate::record::observed::{ColumnOf, Observed, ObservedActiveModel};

/// The columns, each with the name of its field.
pub(super) fn names<A: ObservedActiveModel>() -> Vec<(ColumnOf<A>, &'static str)> {
    let fields = A::Model::__fields();
    by_name::<A>(fields).unwrap_or_else(|| {
        // The columns that SeaORM derives have the order of the fields.
        let fields = fields.iter().copied().map(Some);
        let fields = fields.chain(std::iter::repeat(None));
        let columns = ColumnOf::<A>::iter().zip(fields);
        columns
            .map(|(column, field)| (column, field.unwrap_or(column.as_str())))
            .collect()
    })
}

/// The columns, if SeaORM finds a different one for the name of each field. It does not if a field has an `enum_name`.
fn by_name<A: ActiveModelTrait>(
    fields: &'static [&'static str],
) -> Option<Vec<(ColumnOf<A>, &'static str)>> {
    let mut names: Vec<(ColumnOf<A>, &str)> = Vec::new();
    for field in fields {
        let column = ColumnOf::<A>::from_str(field).ok()?;
        if names
            .iter()
            .any(|(other, _)| other.as_str() == column.as_str())
        {
            return None;
        }
        names.push((column, field));
    }
    (names.len() == ColumnOf::<A>::iter().len()).then_some(names)
}

/// The name of the field of a column.
pub(super) fn name_of<A: ObservedActiveModel>(column: ColumnOf<A>) -> &'static str {
    let name = names::<A>().into_iter();
    let name = name.map(|(other, name)| (other.as_str(), name));
    let mut name = name.filter(|(other, _)| *other == column.as_str());
    name.next().map_or(column.as_str(), |(_, name)| name)
}
