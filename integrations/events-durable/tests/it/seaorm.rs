//! What is emitted in a transaction of SeaORM is stored in it.

use std::time::{Duration, SystemTime};

use events_core::{subscriber, subscribers};
use events_durable::EmitAt;
use events_seaorm::{Db, transaction};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, SqlxPostgresConnector, SqlxSqliteConnector,
    TransactionTrait,
};
use sqlx::{Pool, Postgres, Sqlite};

use crate::{
    database::{Database, on_both},
    shop::{Placed, Shop, ShopEngine, confirm, placed, placed_by, stop},
};

on_both! {
    what_is_committed_is_delivered;
    what_is_rolled_back_is_not_stored;
    savepoints_take_their_own_back;
    a_batch_is_in_the_order_of_its_emits;
    an_event_that_is_due_later_waits;
    a_subscriber_that_takes_its_transaction_is_a_problem;
}

const STORED: &str = "SELECT count(*) FROM ev_event";

/// A database whose pool is one of SeaORM as well.
trait OrmEngine: ShopEngine {
    fn orm(pool: Pool<Self>) -> DatabaseConnection;
}

impl OrmEngine for Sqlite {
    fn orm(pool: Pool<Self>) -> DatabaseConnection {
        SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
    }
}

impl OrmEngine for Postgres {
    fn orm(pool: Pool<Self>) -> DatabaseConnection {
        SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
    }
}

fn db<DB: OrmEngine>(shop: &Shop<DB>) -> Db {
    Db::new(DB::orm(shop.store.pool().clone())).with_registry(&shop.registry)
}

async fn what_is_committed_is_delivered<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let workers = shop.work();
    let placing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        tx.execute_unprepared("INSERT INTO entry VALUES (1)")
            .await?;
        tx.emit(placed(1)).await?;
        tx.emit(placed(2)).await?;
        Ok(())
    };
    transaction(&db(&shop), placing).await.unwrap();
    let mut heard = shop.next_n(2).await;
    heard.sort();
    assert_eq!(heard, ["confirm 1 (1 of 3) ", "confirm 2 (1 of 3) "]);
    shop.drained().await;
    stop(workers).await;
    assert!(shop.is_silent());
}

async fn what_is_rolled_back_is_not_stored<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let failing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        tx.emit(placed(1)).await?;
        Err(DbErr::Custom("an error that a test wants".into()))
    };
    transaction(&db(&shop), failing).await.unwrap_err();
    assert_eq!(database.numbers(STORED).await, [0]);
}

async fn savepoints_take_their_own_back<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let tx = db(&shop).begin().await.unwrap();
    tx.emit(placed(1)).await.unwrap();
    let point = tx.begin().await.unwrap();
    point.emit(placed(2)).await.unwrap();
    point.rollback().await.unwrap();
    let point = tx.begin().await.unwrap();
    point.emit(placed(3)).await.unwrap();
    point.commit().await.unwrap();
    drop({
        let point = tx.begin().await.unwrap();
        point.emit(placed(4)).await.unwrap();
        point
    });
    tx.commit().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [2]);
}

async fn a_batch_is_in_the_order_of_its_emits<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, DB::book()).await;
    let tx = db(&shop).begin().await.unwrap();
    for order in 0..20 {
        let customer = ["ada", "bob"][usize::from(order % 2 == 1)];
        tx.emit(placed_by(order, customer)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let workers = shop.work();
    let heard = shop.next_n(20).await;
    shop.drained().await;
    stop(workers).await;
    for rest in [0, 1] {
        let orders = heard
            .iter()
            .map(|text| text.trim_start_matches("book ").parse::<u64>().unwrap());
        let of_key: Vec<_> = orders.filter(|order| order % 2 == rest).collect();
        assert!(of_key.len() == 10 && of_key.is_sorted(), "{heard:?}");
    }
}

async fn an_event_that_is_due_later_waits<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let later = SystemTime::now() + Duration::from_secs(3600);
    let tx = db(&shop).begin().await.unwrap();
    tx.emit_at(&shop.store, later, &placed(1)).unwrap();
    tx.emit(placed(2)).await.unwrap();
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 2 (1 of 3) ");
    // The worker has looked for others before it finds this one.
    shop.place([placed(3)]).await;
    assert_eq!(shop.next().await, "confirm 3 (1 of 3) ");
    stop(workers).await;
    assert!(shop.is_silent());
    database.let_time_pass().await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

#[subscriber(durable = "orm.book")]
async fn book(_: &Placed, _: &events_seaorm::Tx) {}

async fn a_subscriber_that_takes_its_transaction_is_a_problem<DB: OrmEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::unregistered(database, subscribers![book]).await;
    let registered = shop.store.register(&shop.registry).await;
    let error = registered.unwrap_err().to_string();
    assert!(
        error.contains("takes a transaction of `events_seaorm`"),
        "{error}"
    );
}
