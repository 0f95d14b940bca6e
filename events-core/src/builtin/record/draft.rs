//! The columns of a record that is to be created, and which of them are not set.

use std::{any::type_name, error::Error, fmt, sync::Arc};

use crate::{metadata::suggest, primitives::one_line};

/// Whether the value of a column differs from its placeholder.
type IsChanged<M> = dyn Fn(&M, &str) -> bool + Send + Sync;

/// The columns of a record of which some are not set: what they have in the record are placeholders.
pub(super) struct Draft<M> {
    columns: Vec<&'static str>,
    /// Those that neither the emitter nor a call of [`write`](Self::write) has set.
    unset: Vec<&'static str>,
    is_changed: Arc<IsChanged<M>>,
}

impl<M> Draft<M> {
    pub(super) fn new(
        columns: Vec<&'static str>,
        unset: Vec<&'static str>,
        is_changed: Arc<IsChanged<M>>,
    ) -> Self {
        Self {
            columns,
            unset,
            is_changed,
        }
    }

    /// The columns that are not set, and whose values are still the placeholders.
    pub(super) fn unset(&self, record: &M) -> Vec<&'static str> {
        let unset = self.unset.iter().copied();
        unset
            .filter(|column| !(self.is_changed)(record, column))
            .collect()
    }

    /// Sets a column to the value that it has in the record, whatever that is.
    pub(super) fn write(&mut self, column: &str) -> Result<(), UnknownColumn> {
        write(&self.columns, &mut self.unset, column, type_name::<M>())
    }
}

impl<M> Clone for Draft<M> {
    fn clone(&self) -> Self {
        Self {
            columns: self.columns.clone(),
            unset: self.unset.clone(),
            is_changed: Arc::clone(&self.is_changed),
        }
    }
}

fn write(
    columns: &[&'static str],
    unset: &mut Vec<&'static str>,
    column: &str,
    model: &'static str,
) -> Result<(), UnknownColumn> {
    if !columns.contains(&column) {
        return Err(UnknownColumn::new(column, model, columns));
    }
    unset.retain(|unset| *unset != column);
    Ok(())
}

/// The error of [`Creating::write`](super::Creating::write): the model has no such column. The text names the columns that
/// are similar, or all of them.
///
/// ```
/// use events_core::{Registry, record::{Creating, UnknownColumn}};
///
/// struct User {
///     active: bool,
/// }
///
/// fn activate(event: &mut Creating<User>) -> Result<(), UnknownColumn> {
///     event.record.active = true;
///     event.write("actve")
/// }
///
/// let draft = Creating::new(User { active: true });
/// let mut draft = draft.with_unset(["id", "active"], ["active"], |user, _| !user.active);
/// let error = activate(&mut draft).unwrap_err();
/// assert_eq!(error.column(), "actve");
/// assert!(error.to_string().ends_with("::User` has no column `actve`; did you mean `active`?"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownColumn {
    column: String,
    model: &'static str,
    remedy: String,
}

impl UnknownColumn {
    fn new(column: &str, model: &'static str, columns: &[&str]) -> Self {
        let remedy = suggest(column, columns.iter().copied());
        let remedy = remedy.unwrap_or_else(|| {
            let columns: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
            format!("its columns are {}", columns.join(", "))
        });
        Self {
            column: column.to_owned(),
            model,
            remedy,
        }
    }

    /// The name that is no column.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }
}

impl fmt::Display for UnknownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            column,
            model,
            remedy,
        } = self;
        let column = one_line(column);
        write!(f, "the model `{model}` has no column `{column}`; {remedy}")
    }
}

impl Error for UnknownColumn {}
