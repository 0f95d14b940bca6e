//! The methods of `Creating` for columns that are not set: their names, and their values that are written all the same.

use std::sync::Arc;

use super::{
    draft::{Draft, UnknownColumn},
    events::Creating,
};

impl<M> Creating<M> {
    /// The columns that are not written, so that the database computes their defaults: the caller of the write has not set
    /// them, and no handler has until now. Their values in the record are placeholders.
    ///
    /// A handler sets a column when it changes the value, or by [`write`](Self::write). A value that it changes back to the
    /// placeholder is not written. The columns have the names of the fields of the model. Empty for an event of
    /// [`new`](Self::new), whose record is written as a whole.
    ///
    /// ```
    /// use events_core::{Event, record::Creating, subscriber};
    ///
    /// struct User {
    ///     slug: String,
    ///     name: String,
    /// }
    ///
    /// /// A slug that is set to an empty text remains.
    /// #[subscriber]
    /// fn set_slug(event: &mut Creating<User>) {
    ///     if event.unset().contains(&"slug") {
    ///         event.record.slug = event.record.name.to_lowercase();
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn unset(&self) -> Vec<&'static str> {
        match &self.draft {
            Some(draft) => draft.unset(&self.record),
            None => Vec::new(),
        }
    }

    /// Writes the value that this column has in the record when the last handler has ended, also if that is the placeholder
    /// of a column that is not set.
    ///
    /// Without it, a value equal to the placeholder is not written, and the database computes its default. No effect on a
    /// column that is set, nor on an event of [`new`](Self::new), whose columns are not known and are all written.
    ///
    /// # Errors
    ///
    /// If the model has no such column. The error names the similar ones; a handler that returns it refuses the write.
    ///
    /// ```
    /// use events_core::{record::{Creating, UnknownColumn}, subscriber};
    ///
    /// struct User {
    ///     active: bool, // DEFAULT true
    /// }
    ///
    /// /// The database may have another default.
    /// #[subscriber]
    /// fn activate(event: &mut Creating<User>) -> Result<(), UnknownColumn> {
    ///     event.record.active = true;
    ///     event.write("active")
    /// }
    /// ```
    pub fn write(&mut self, column: &str) -> Result<(), UnknownColumn> {
        match &mut self.draft {
            Some(draft) => draft.write(column),
            None => Ok(()),
        }
    }

    /// States which columns the caller of the write has not set, in an integration: the names of all columns, those that are
    /// not set, and whether the value of a column in a record differs from its placeholder.
    ///
    /// After the emit, the integration leaves the columns of [`unset`](Self::unset) out of the INSERT.
    ///
    /// ```
    /// use events_core::{Registry, record::Creating};
    ///
    /// struct User {
    ///     email: String,
    ///     active: bool, // DEFAULT true
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on(|event: &mut Creating<User>| event.record.email.make_ascii_lowercase()).detach();
    ///
    /// let draft = Creating::new(User { email: "A@X.org".into(), active: true });
    /// let draft = draft.with_unset(["email", "active"], ["active"], |user, column| match column {
    ///     "active" => !user.active,
    ///     _ => true,
    /// });
    /// let event = registry.emit(draft);
    /// assert_eq!(event.unset(), ["active"]); // INSERT INTO user (email) VALUES ('a@x.org')
    /// ```
    #[must_use]
    pub fn with_unset(
        mut self,
        columns: impl IntoIterator<Item = &'static str>,
        unset: impl IntoIterator<Item = &'static str>,
        is_changed: impl Fn(&M, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let columns = columns.into_iter().collect();
        let unset = unset.into_iter().collect();
        self.draft = Some(Box::new(Draft::new(columns, unset, Arc::new(is_changed))));
        self
    }
}
