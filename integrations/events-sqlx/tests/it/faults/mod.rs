//! What fails around a transaction, by no fault of it: conflicts with other transactions, lost connections, a pool that is closed, a registry
//! that is dropped, and a check that times out. No event of what is not committed, and the next transaction is clean.

mod of_postgres;
mod pools;
mod proof;
mod series;

use events_core::Registry;
use events_sqlx::Tx;

use crate::{
    Saved,
    database::{Database, TestBackend, save},
};

/// Saves an item, and emits it.
async fn place<DB: TestBackend>(tx: &mut Tx<'_, DB>, name: &str) {
    save::<DB>(tx.conn(), name).await;
    tx.emit(Saved(name.to_owned())).await.unwrap();
}

async fn begin<DB: TestBackend>(database: &Database<DB>, registry: &Registry) -> Tx<'static, DB> {
    let tx = Tx::begin(&database.pool).await.unwrap();
    tx.with_registry(registry)
}
