//! `Db` and `Tx` as connections on which SeaORM begins transactions.

use std::{fmt, future::Future, pin::Pin};

use sea_orm::{
    AccessMode, DbErr, IsolationLevel, TransactionError, TransactionOptions, TransactionTrait,
};

use crate::{
    db::Db,
    transaction::{Tx, begin_transaction, run_boxed},
};

/// The options of a transaction with this isolation level and access mode.
fn options(
    isolation_level: Option<IsolationLevel>,
    access_mode: Option<AccessMode>,
) -> TransactionOptions {
    TransactionOptions {
        isolation_level,
        access_mode,
        sqlite_transaction_mode: None,
    }
}

/// The future of a closure that SeaORM takes.
type Boxed<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// A transaction of SQLite begins IMMEDIATE, unless it is begun with [`AccessMode::ReadOnly`], or with a mode of its own.
///
/// # Panics
///
/// To begin a transaction panics outside of a runtime of tokio.
#[async_trait::async_trait]
impl TransactionTrait for Db {
    type Transaction = Tx;

    async fn begin(&self) -> Result<Tx, DbErr> {
        self.begin_with_options(TransactionOptions::default()).await
    }

    async fn begin_with_config(
        &self,
        isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<Tx, DbErr> {
        self.begin_with_options(options(isolation_level, access_mode))
            .await
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<Tx, DbErr> {
        begin_transaction(
            self.connection(),
            self.own_registry().cloned(),
            self.is_quiet(),
            options,
        )
        .await
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Tx) -> Boxed<'c, T, E> + Send,
        T: Send,
        E: fmt::Display + fmt::Debug + Send,
    {
        run_boxed(self.begin().await, callback).await
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Tx) -> Boxed<'c, T, E> + Send,
        T: Send,
        E: fmt::Display + fmt::Debug + Send,
    {
        run_boxed(
            self.begin_with_config(isolation_level, access_mode).await,
            callback,
        )
        .await
    }
}

/// A transaction in a transaction is a savepoint, which has no options of its own: these are not used.
#[async_trait::async_trait]
impl TransactionTrait for Tx {
    type Transaction = Tx;

    async fn begin(&self) -> Result<Tx, DbErr> {
        self.begin_savepoint().await
    }

    async fn begin_with_config(
        &self,
        _: Option<IsolationLevel>,
        _: Option<AccessMode>,
    ) -> Result<Tx, DbErr> {
        self.begin_savepoint().await
    }

    async fn begin_with_options(&self, _: TransactionOptions) -> Result<Tx, DbErr> {
        self.begin_savepoint().await
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Tx) -> Boxed<'c, T, E> + Send,
        T: Send,
        E: fmt::Display + fmt::Debug + Send,
    {
        run_boxed(self.begin_savepoint().await, callback).await
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        _: Option<IsolationLevel>,
        _: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Tx) -> Boxed<'c, T, E> + Send,
        T: Send,
        E: fmt::Display + fmt::Debug + Send,
    {
        run_boxed(self.begin_savepoint().await, callback).await
    }
}
