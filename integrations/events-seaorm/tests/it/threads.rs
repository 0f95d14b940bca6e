//! Transactions that are dropped when their thread or their runtime ends.

use std::cell::RefCell;

use events_core::Registry;
use events_seaorm::{Db, Tx};
use sea_orm::{Database as Pools, TransactionTrait};

use crate::{
    database::{Database, on_both, save},
    journaled,
};

/// A thread ends that has a transaction among its locals.
async fn a_thread_ends_with_a_transaction(database: &Database) {
    thread_local! {
        static TX: RefCell<Option<Tx>> = const { RefCell::new(None) };
    }
    for is_first in [true, false] {
        let (runtime, db) = (
            tokio::runtime::Handle::current(),
            database.db(&Registry::new()),
        );
        let thread = std::thread::spawn(move || {
            // Those of the runtime are dropped before this one, or behind it.
            if is_first {
                assert!(TX.take().is_none());
            }
            let tx = runtime.block_on(async {
                let tx = db.begin().await.unwrap();
                save(&tx, "lost").await.unwrap();
                tx
            });
            TX.set(Some(tx));
        });
        tokio::task::spawn_blocking(|| thread.join().unwrap())
            .await
            .unwrap();
        database.check_clean("the thread has ended").await;
        assert_eq!(database.committed().await, <[&str; 0]>::default());
    }
}

/// The runtime has ended: what is dropped behind it did not happen.
#[test]
fn a_runtime_ends_before_its_transaction() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (registry, journal) = journaled();
    let (tx, point) = runtime.block_on(async {
        let db = Db::new(Pools::connect("sqlite::memory:").await.unwrap());
        let tx = db.with_registry(&registry).begin().await.unwrap();
        tx.emit(crate::Saved("lost".to_owned())).await.unwrap();
        let point = tx.begin().await.unwrap();
        (tx, point)
    });
    drop(runtime);
    drop(point);
    drop(tx);
    assert_eq!(journal.take(), <[&str; 0]>::default());
}

on_both! {
    threads:
    a_thread_ends_with_a_transaction;
}
