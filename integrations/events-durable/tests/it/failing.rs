//! Attempts that fail.

use std::sync::atomic::{AtomicU32, Ordering};

use events_core::{State, subscriber, subscribers};
use events_durable::Delivery;
use events_sqlx::Tx;
use sqlx::Postgres;

use crate::{
    database::{Database, TestEngine, on_both},
    log::Log,
    shop::{AT_ONCE, Faults, Journal, Placed, Shop, ShopEngine, confirm, note, placed, stop},
};

on_both! {
    a_failed_attempt_is_repeated;
    a_panic_is_a_failed_attempt;
    what_a_failed_attempt_wrote_is_rolled_back;
    after_its_attempts_a_delivery_is_dead;
    a_dead_letter_shows_no_secrets;
    a_dead_letter_is_found_by_its_number;
}

/// The first attempt has this fault, and the second one does not.
async fn check_repeated<DB: ShopEngine>(database: &Database<DB>, fault: fn(&Faults) -> &AtomicU32) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    fault(&shop.faults).store(1, Ordering::Relaxed);
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(
        shop.next_n(2).await,
        ["confirm 1 (1 of 3) ", "confirm 1 (2 of 3) "]
    );
    shop.drained().await;
    stop(workers).await;
}

async fn a_failed_attempt_is_repeated<DB: ShopEngine>(database: &Database<DB>) {
    check_repeated(database, |faults| &faults.errors).await;
}

async fn a_panic_is_a_failed_attempt<DB: ShopEngine>(database: &Database<DB>) {
    check_repeated(database, |faults| &faults.panics).await;
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
    let (log, _guard) = Log::start();
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
    let dead = r#"used up subscriber="mail.confirm" topic="shop.placed""#;
    let repeated = r#"repeated subscriber="mail.confirm" topic="shop.placed""#;
    let cause = r#"cause="returned an error: the server is down" attempt"#;
    log.wait_for(dead).await; // it is logged when the delivery is marked
    assert_eq!(
        [dead, repeated, cause].map(|text| log.count(text)),
        [1, 2, 3]
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

/// A statement that fails as if another transaction was in the way.
pub(crate) const CONFLICT: &str =
    "DO $$ BEGIN RAISE EXCEPTION 'a conflict' USING ERRCODE = '40001'; END $$";

#[subscriber(durable = "ledger.conflict", retry = AT_ONCE)]
async fn conflict(
    _: &Placed,
    mut tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) -> Result<(), sqlx::Error> {
    note(&journal, format!("attempt {}", delivery.attempt()));
    if faults.meet().is_err() {
        sqlx::raw_sql(CONFLICT).execute(tx.conn()).await?;
    }
    Ok(())
}

#[subscriber(durable = "ledger.conflict_before_commit", retry = AT_ONCE)]
async fn conflict_before_commit(
    _: &Placed,
    tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) {
    note(&journal, format!("attempt {}", delivery.attempt()));
    if faults.meet().is_err() {
        tx.before_commit(|mut tx| {
            Box::pin(async move {
                sqlx::raw_sql(CONFLICT).execute(tx.conn()).await?;
                Ok(())
            })
        });
    }
}

#[tokio::test]
async fn a_conflict_is_no_attempt() {
    for subscribers in [subscribers![conflict], subscribers![conflict_before_commit]] {
        let Some(database) = Postgres::create().await else {
            return;
        };
        let mut shop = Shop::open(&database, subscribers).await;
        shop.faults.errors.store(5, Ordering::Relaxed);
        shop.place([placed(1)]).await;
        let workers = shop.work();
        assert_eq!(shop.next_n(6).await, ["attempt 1"; 6]);
        shop.drained().await;
        stop(workers).await;
    }
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
