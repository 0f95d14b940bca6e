//! The events of records, emitted by hand around the statements that write them.

use std::future::Future;

use events_core::{
    Emitted, Event,
    record::{Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
    units::EmitInError,
};

use crate::{backend::Backend, error::Vetoed, tx::Tx};

impl<DB: Backend> Tx<'_, DB> {
    /// Emits [`Creating`] before an INSERT, at once, and returns the record as subscribers have changed it.
    ///
    /// ```
    /// use events_core::{Event, record::Created, subscriber};
    /// use events_sqlx::{Tx, TxError};
    /// use sqlx::Sqlite;
    ///
    /// #[derive(Clone)]
    /// struct User {
    ///     id: i64,
    ///     email: String,
    /// }
    ///
    /// async fn insert(tx: &mut Tx<'_, Sqlite>, email: &str) -> Result<User, TxError> {
    ///     let draft = tx.creating(User { id: 0, email: email.to_owned() }).await?;
    ///     let insert = sqlx::query_scalar("INSERT INTO user (email) VALUES (?) RETURNING id");
    ///     let id = insert.bind(&draft.email).fetch_one(tx.conn()).await?;
    ///     let user = User { id, ..draft };
    ///     tx.created(user.clone()).await?;
    ///     Ok(user)
    /// }
    ///
    /// /// After the commit.
    /// #[subscriber]
    /// fn welcome(event: &Created<User>) {
    ///     println!("welcome, {}", event.record.email);
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If a subscriber vetoed the write, or failed.
    #[track_caller]
    pub fn creating<M: Send + 'static>(
        &mut self,
        record: M,
    ) -> impl Future<Output = Result<M, Vetoed>> + Send {
        let emit = self.at_once(Creating::new(record));
        async move {
            let event = emit.await;
            Vetoed::check(event.vetoes(), event.failed_checks())?;
            Ok(event.record)
        }
    }

    /// Emits [`Created`] after an INSERT; subscribers receive it after the commit, unless they are `at_once`.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    #[track_caller]
    pub fn created<M: Send + 'static>(
        &mut self,
        record: M,
    ) -> impl Future<Output = Result<Emitted<()>, EmitInError<Created<M>>>> + Send {
        self.emit(Created::new(record))
    }

    /// Emits [`Updating`] before an UPDATE, at once, and returns the record as subscribers have changed it. The diff is that
    /// of the caller, without what they have changed.
    ///
    /// # Errors
    ///
    /// If a subscriber vetoed the write, or failed.
    #[track_caller]
    pub fn updating<M: Send + 'static>(
        &mut self,
        record: M,
        diff: Diff,
    ) -> impl Future<Output = Result<M, Vetoed>> + Send {
        let emit = self.at_once(Updating::new(record, diff));
        async move {
            let event = emit.await;
            Vetoed::check(event.vetoes(), event.failed_checks())?;
            Ok(event.record)
        }
    }

    /// Emits [`Updated`] after an UPDATE; subscribers receive it after the commit, unless they are `at_once`.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    #[track_caller]
    pub fn updated<M: Send + 'static>(
        &mut self,
        record: M,
        diff: Diff,
    ) -> impl Future<Output = Result<Emitted<()>, EmitInError<Updated<M>>>> + Send {
        self.emit(Updated::new(record, diff))
    }

    /// Emits [`Deleting`] before a DELETE, at once, and returns the record.
    ///
    /// # Errors
    ///
    /// If a subscriber vetoed the write, or failed.
    #[track_caller]
    pub fn deleting<M: Send + 'static>(
        &mut self,
        record: M,
    ) -> impl Future<Output = Result<M, Vetoed>> + Send {
        let emit = self.at_once(Deleting::new(record));
        async move {
            let event = emit.await;
            Vetoed::check(event.vetoes(), event.failed_checks())?;
            Ok(event.record)
        }
    }

    /// Emits [`Deleted`] after a DELETE; subscribers receive it after the commit, unless they are `at_once`.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    #[track_caller]
    pub fn deleted<M: Send + 'static>(
        &mut self,
        record: M,
    ) -> impl Future<Output = Result<Emitted<()>, EmitInError<Deleted<M>>>> + Send {
        self.emit(Deleted::new(record))
    }

    /// Emits in the transaction an event whose subscribers all run at once, and returns it.
    #[track_caller]
    fn at_once<E: Event + Send>(&mut self, event: E) -> impl Future<Output = E> + Send {
        let in_unit = self.emitting().in_unit(self.lender().unit());
        let emit = in_unit.emit_async(event);
        self.lending(emit)
    }
}
