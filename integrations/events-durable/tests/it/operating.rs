//! Replays, pauses, counts.

use events_core::subscribers;

use crate::{
    database::{Database, on_both},
    shop::{Shop, ShopEngine, audit, confirm, placed, stop},
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
    let mut shop = Shop::open(database, subscribers![audit, confirm]).await;
    shop.store.pause("mail.confirm").await.unwrap();
    shop.place([placed(1)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "audit shop.placed");
    // A worker looks for the deliveries of each subscriber in turn.
    shop.place([placed(2)]).await;
    assert_eq!(shop.next().await, "audit shop.placed");
    assert!(shop.is_silent());
    shop.store.resume("mail.confirm").await.unwrap();
    assert_eq!(
        shop.next_n(2).await,
        ["confirm 1 (1 of 3) ", "confirm 2 (1 of 3) "]
    );
    shop.drained().await;
    stop(workers).await;
}

async fn stats_count_what_waits<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1), placed(2)]).await;
    let stats = shop.store.stats().await.unwrap();
    assert_eq!((stats.len(), stats[0].depth, stats[0].dead), (1, 2, 0));
}
