//! Replays, pauses, counts.

use events_core::subscribers;

use crate::{
    database::{Database, on_both},
    shop::{Shop, ShopEngine, confirm, placed, stop},
};

on_both! {
    a_replay_delivers_once_more;
    a_paused_subscriber_receives_nothing;
    stats_count_what_waits;
}

async fn a_replay_delivers_once_more<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let workers = shop.work();
    shop.next().await;
    shop.drained().await;
    assert_eq!(
        shop.store
            .replay("mail.confirm")
            .topic("shop.placed")
            .await
            .unwrap(),
        1
    );
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn a_paused_subscriber_receives_nothing<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.store.pause("mail.confirm").await.unwrap();
    shop.place([placed(1)]).await;
    let workers = shop.work();
    stop(workers).await;
    assert!(shop.is_silent());
    let workers = shop.work();
    shop.store.resume("mail.confirm").await.unwrap();
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn stats_count_what_waits<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1), placed(2)]).await;
    let stats = shop.store.stats().await.unwrap();
    assert_eq!((stats.len(), stats[0].depth, stats[0].dead), (1, 2, 0));
}
