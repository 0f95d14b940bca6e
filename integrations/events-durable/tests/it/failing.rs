//! Attempts that fail.

use std::sync::atomic::Ordering;

use events_core::subscribers;

use crate::{
    database::{Database, on_both},
    shop::{Shop, ShopEngine, confirm, placed, stop},
};

on_both! {
    a_failed_attempt_is_repeated;
    a_panic_is_a_failed_attempt;
    what_a_failed_attempt_wrote_is_rolled_back;
    after_its_attempts_a_delivery_is_dead;
    a_dead_letter_shows_no_secrets;
    a_dead_letter_is_found_by_its_number;
}

async fn a_failed_attempt_is_repeated<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.faults.errors.store(1, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(
        shop.next_n(2).await,
        ["confirm 1 (1 of 3) ", "confirm 1 (2 of 3) "]
    );
    shop.drained().await;
    stop(workers).await;
}

async fn a_panic_is_a_failed_attempt<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.faults.panics.store(1, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(
        shop.next_n(2).await,
        ["confirm 1 (1 of 3) ", "confirm 1 (2 of 3) "]
    );
    shop.drained().await;
    stop(workers).await;
}

async fn what_a_failed_attempt_wrote_is_rolled_back<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, DB::book()).await;
    shop.faults.errors.store(1, Ordering::Relaxed);
    shop.faults.panics.store(1, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(shop.next().await, "book 1");
    shop.drained().await;
    stop(workers).await;
    assert_eq!(database.numbers("SELECT number FROM entry").await, [1]);
}

async fn after_its_attempts_a_delivery_is_dead<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.faults.errors.store(3, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(shop.next_n(3).await[2], "confirm 1 (3 of 3) ");
    let letters = loop {
        let letters = shop.store.dead("mail.confirm").list(10).await.unwrap();
        if !letters.is_empty() {
            break letters;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((letters.len(), letters[0].failed), (1, 3));
    assert!(
        letters[0].error.contains("the server is down"),
        "{}",
        letters[0].error
    );
    assert!(shop.is_silent());
    assert_eq!(shop.store.dead("mail.confirm").retry().await.unwrap(), 1);
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn a_dead_letter_shows_no_secrets<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.faults.errors.store(3, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    shop.next_n(3).await;
    stop(workers).await;
    let letters = shop.store.dead("mail.confirm").list(10).await.unwrap();
    let payload = &letters[0].payload;
    assert!(
        payload.contains(r#""card":"[redacted]""#) && payload.contains(r#""order":1"#),
        "{payload}"
    );
    assert!(
        !payload.contains("code"),
        "a skipped field is not stored: {payload}"
    );
    assert_eq!(
        shop.store
            .dead("mail.confirm")
            .only([letters[0].seq])
            .discard()
            .await
            .unwrap(),
        1
    );
}

async fn a_dead_letter_is_found_by_its_number<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.faults.errors.store(9, Ordering::Relaxed);
    let workers = shop.work();
    shop.place((1..=3).map(placed)).await;
    shop.next_n(9).await;
    shop.drained().await;
    stop(workers).await;
    let all = shop.store.dead("mail.confirm").list(9).await.unwrap();
    let last = shop.store.dead("mail.confirm").only([all[2].seq]);
    // However many there are before it.
    assert_eq!(last.list(1).await.unwrap(), all[2..]);
    let none = shop.store.dead("mail.confirm").only([]);
    assert_eq!(none.list(9).await.unwrap(), []);
}
