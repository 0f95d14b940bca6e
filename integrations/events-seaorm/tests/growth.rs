//! Hooks that are interrupted leave nothing: the memory that many of them keep is that of a hundred. A binary of its own, whose
//! allocator counts. There are 2,000 in `cargo test`, and 10,000 with the variable `EVENTS_WRITERS`.

#![allow(clippy::unwrap_used, reason = "an error is a failure of the test")]

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use allocation_counter::measure;
use events_core::{
    Registry,
    record::{Created, Creating, Deleted, Deleting, Updated, Updating},
};
use events_seaorm::Db;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectOptions, ConnectionTrait, Database, DbErr,
    EntityTrait, Schema, Set, TransactionSession, TransactionTrait,
};

mod user {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "user")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) email: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// A kilobyte, so that what is kept is seen.
fn record(id: Option<i32>) -> user::ActiveModel {
    let email = Set("x".repeat(1024));
    match id {
        None => user::ActiveModel {
            email,
            ..Default::default()
        },
        Some(id) => user::ActiveModel { id: Set(id), email },
    }
}

/// Polls it once, and drops it.
async fn poll_once<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

/// What interrupts a hook.
#[derive(Clone, Copy, Debug)]
enum How {
    /// The write is dropped while its check is pending.
    Dropped,
    /// The check vetoes the write.
    Vetoed,
    /// The hook hands on what no statement takes.
    WithoutStatement,
    /// The write is dropped after its first poll, and then its transaction.
    CutOff,
    /// The same with SeaORM alone.
    Plain,
}

async fn cut_off<C>(db: &C, number: usize, id: i32) -> Result<(), DbErr>
where
    C: TransactionTrait<Transaction: ConnectionTrait>,
{
    let tx = db.begin().await?;
    poll_once(record(None).insert(&tx)).await;
    poll_once(record(Some(id)).update(&tx)).await;
    match number % 2 {
        0 => drop(tx),
        _ => poll_once(tx.rollback()).await,
    }
    Ok(())
}

async fn interrupt(db: &Db, how: How, times: usize, id: i32) -> Result<(), DbErr> {
    for number in 0..times {
        match how {
            How::Dropped => match number % 3 {
                0 => poll_once(record(None).insert(db)).await,
                1 => poll_once(record(Some(id)).update(db)).await,
                _ => poll_once(record(Some(id)).delete(db)).await,
            },
            How::Vetoed => drop(record(None).insert(db).await.unwrap_err()),
            How::WithoutStatement => match number % 2 {
                0 => drop(ActiveModelBehavior::before_save(record(None), db, true).await?),
                _ => drop(ActiveModelBehavior::before_delete(record(Some(id)), db).await?),
            },
            How::CutOff => cut_off(db, number, id).await?,
            How::Plain => cut_off(db.connection(), number, id).await?,
        }
    }
    // The connection is free: what was cut off has ended.
    user::Entity::find_by_id(id).one(db).await.map(drop)
}

fn registry(how: How) -> Registry {
    let registry = Registry::new();
    registry.on(|_: &Created<user::Model>| ()).detach();
    registry.on(|_: &Updated<user::Model>| ()).detach();
    registry.on(|_: &Deleted<user::Model>| ()).detach();
    match how {
        How::Dropped => {
            let never = async |_: &mut Creating<user::Model>| pending::<()>().await;
            registry.on_awaited(never).detach();
            let never = async |_: &mut Updating<user::Model>| pending::<()>().await;
            registry.on_awaited(never).detach();
            let never = async |_: &mut Deleting<user::Model>| pending::<()>().await;
            registry.on_awaited(never).detach();
        }
        How::Vetoed => {
            let veto = |event: &mut Creating<user::Model>| event.veto("no");
            registry.on(veto).detach();
        }
        How::WithoutStatement | How::CutOff | How::Plain => {}
    }
    registry
}

/// The bytes that are kept by the thread of the runtime after so many interrupted hooks.
fn kept(how: How, times: usize) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (db, id) = runtime.block_on(async {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).min_connections(1);
        let db = Db::new(Database::connect(options).await.unwrap());
        let schema = Schema::new(db.get_database_backend());
        let table = schema.create_table_from_entity(user::Entity);
        db.execute(&table).await.unwrap();
        let old = record(None).insert(&db.quietly()).await.unwrap();
        (db.with_registry(&registry(how)), old.id)
    });
    // Once before, so that what is made once is there.
    runtime.block_on(interrupt(&db, how, 10, id)).unwrap();
    let run = || runtime.block_on(interrupt(&db, how, times, id)).unwrap();
    measure(run).bytes_current
}

/// How many hooks are interrupted.
fn times() -> usize {
    match std::env::var_os("EVENTS_WRITERS") {
        Some(_) => 10_000,
        None => 2_000,
    }
}

#[test]
fn interrupted_hooks_leave_nothing() {
    for how in [How::Dropped, How::Vetoed, How::WithoutStatement] {
        let (few, many) = (kept(how, 100), kept(how, times()));
        assert!(
            many < few.max(0) + 20_000,
            "{how:?}: {few} bytes, and {many}"
        );
    }
    // What the thread of SQLite frees is not counted, so that it seems to be kept, by SeaORM as well.
    let (plain, ours) = (kept(How::Plain, 3_000), kept(How::CutOff, 3_000));
    assert!(
        ours < plain.max(0) + 100_000,
        "{ours} bytes, and {plain} by SeaORM alone"
    );
}

/// Each unit of work ends with its transaction, with what it holds.
#[tokio::test]
async fn interrupted_transactions_end_their_units() {
    let registry = registry(How::CutOff);
    let db = Db::new(Database::connect("sqlite::memory:").await.unwrap()).with_registry(&registry);
    let schema = Schema::new(db.get_database_backend());
    let table = schema.create_table_from_entity(user::Entity);
    db.execute(&table).await.unwrap();
    let token = Arc::new(());
    for number in 0..1_000 {
        let tx = db.begin().await.unwrap();
        let of_unit = token.clone();
        tx.after_commit(move || drop(of_unit));
        poll_once(record(None).insert(&tx)).await;
        match number % 3 {
            0 => drop(tx),
            1 => poll_once(tx.rollback()).await,
            _ => poll_once(tx.commit()).await,
        }
    }
    user::Entity::find().all(&db).await.unwrap();
    assert_eq!(events_core::__testing::held_events(&registry), 0);
    assert_eq!(Arc::strong_count(&token), 1);
}
