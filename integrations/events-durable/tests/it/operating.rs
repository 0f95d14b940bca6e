//! Replays, pauses, counts, and the settings of a store.

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use events_core::subscribers;
use events_durable::{Durable, EmitAt, WhenDead};

use crate::{
    database::{Database, on_both},
    log::Log,
    shop::{Shop, ShopEngine, audit, confirm, placed, stop},
};

on_both! {
    a_replay_delivers_once_more;
    a_replay_delivers_nothing_before_its_time;
    a_paused_subscriber_receives_nothing;
    an_id_is_paused_before_it_is_registered;
    a_wrong_id_is_an_error;
    what_the_program_still_has_is_retired_with_a_warning;
    stats_count_what_waits;
    a_dead_one_of_a_key_may_be_passed_over;
    a_purge_keeps_events_as_long_as_the_store_says;
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

/// With a key and without one.
async fn a_replay_delivers_nothing_before_its_time<DB: ShopEngine>(database: &Database<DB>) {
    let emitter = Shop::open(database, subscribers![confirm]).await;
    let later = SystemTime::now() + Duration::from_secs(3600);
    let tx = emitter.begin().await;
    tx.emit_at(&emitter.store, later, &placed(1)).unwrap();
    tx.commit().await.unwrap();
    // They are new, so that a replay adds the event.
    let mut audits = Shop::open(database, subscribers![audit]).await;
    let mut books = Shop::open(database, DB::book()).await;
    let new = "SELECT count(*) FROM ev_delivery WHERE subscriber <> 'mail.confirm'";
    for id in books.store.stats().await.unwrap() {
        let replayed = books.store.replay(id.subscriber).await.unwrap();
        assert!(replayed <= 1);
    }
    assert_eq!(database.numbers(new).await, [2]);
    for shop in [&mut audits, &mut books] {
        shop.place([placed(2)]).await;
        let workers = shop.work();
        let received = shop.next().await;
        assert!(!received.ends_with('1'), "{received}");
        stop(workers).await;
    }
    let early =
        "SELECT count(*) FROM ev_delivery d JOIN ev_event e ON e.seq = d.seq WHERE e.due > d.due";
    assert_eq!(database.numbers(early).await, [0]);
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

async fn an_id_is_paused_before_it_is_registered<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![confirm]).await;
    shop.store.pause("mail.confirm").await.unwrap();
    shop.store.register(&shop.registry).await.unwrap();
    assert!(shop.store.stats().await.unwrap()[0].paused);
}

async fn a_wrong_id_is_an_error<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let store = &shop.store;
    let results = async |id: &str| {
        let dead = store.dead(id).list(1).await.map(|list| list.len() as u64);
        let (retried, discarded) = (store.dead(id).retry().await, store.dead(id).discard().await);
        [
            dead,
            retried,
            discarded,
            store.replay(id).await,
            store.retire(id).await,
            store.resume(id).await.map(|()| 0),
        ]
    };
    for result in results("mial.confirm").await {
        let error = result.unwrap_err().to_string();
        let expected =
            "the database has no subscriber `mial.confirm`; write one that it has: mail.confirm";
        assert_eq!(error, expected);
    }
    for result in results("mail.confirm").await {
        assert_eq!(result.unwrap(), 0);
    }
    // What is paused before it is registered is known.
    store.pause("mail.new").await.unwrap();
    store.resume("mail.new").await.unwrap();
    let other = Durable::with_pool(database.pool.clone());
    let error = other.dead("mail.confirm").retry().await.unwrap_err();
    assert!(error.to_string().contains("and no other one"), "{error}");
    // This program has it still.
    assert_eq!(store.replay("mail.confirm").await.unwrap(), 0);
}

async fn what_the_program_still_has_is_retired_with_a_warning<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let (log, _guard) = Log::start();
    let shop = Shop::open(database, subscribers![confirm]).await;
    let other = Durable::with_pool(database.pool.clone());
    for (store, warnings) in [(&other, 0), (&shop.store, 1)] {
        store.retire("mail.confirm").await.unwrap();
        let warning = "this program still has it: it receives nothing";
        assert_eq!(log.count(warning), warnings);
    }
}

async fn stats_count_what_waits<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1), placed(2)]).await;
    let stats = shop.store.stats().await.unwrap();
    assert_eq!((stats.len(), stats[0].depth, stats[0].dead), (1, 2, 0));
}

async fn a_dead_one_of_a_key_may_be_passed_over<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::unregistered(database, DB::book()).await;
    let store = Durable::with_pool(database.pool.clone());
    shop.store = store.when_dead(WhenDead::PassOver);
    shop.store.register(&shop.registry).await.unwrap();
    shop.faults.errors.store(3, Ordering::Relaxed);
    shop.place([placed(1), placed(2)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "book 2");
    shop.drained().await;
    stop(workers).await;
    let entries = database.numbers("SELECT number FROM entry").await;
    assert_eq!(entries, [2]);
}

async fn a_purge_keeps_events_as_long_as_the_store_says<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![]).await;
    shop.place([placed(1), placed(2), placed(3)]).await;
    let purge = async |hours| {
        let store = Durable::with_pool(database.pool.clone());
        let store = store.retain(Duration::from_hours(hours));
        store.purge().await.unwrap()
    };
    assert_eq!(shop.store.purge().await.unwrap(), 0);
    let two_hours_ago = "UPDATE ev_kept SET since = since - 2 * 60 * 60 * 1000";
    DB::run(&database.pool, two_hours_ago).await;
    assert_eq!(purge(3).await, 0);
    // The newest one is kept, so that its number is not given again.
    assert_eq!(purge(1).await, 2);
}
