//! What the tests deliver: the events of a shop, its subscribers, and a program that has them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use events_core::{
    AnyEvent, Event, Registry, Retry, State, scanning::Subscribers, subscriber, subscribers,
};
use events_durable::{Delivery, Durable, Workers};
use events_sqlx::{Tx, TxError};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Sqlite};
use tokio::sync::{
    Mutex, Notify,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::database::{Database, TestEngine};

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "shop.placed")]
#[durable(key = customer)]
pub(crate) struct Placed {
    pub(crate) order: u64,
    pub(crate) customer: String,
    #[event(secret)]
    #[durable(secret(stored))]
    pub(crate) card: String,
    #[event(secret)]
    #[durable(secret(skip))]
    #[serde(default)]
    pub(crate) code: String,
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "shop.booked")]
pub(crate) struct Booked(pub(crate) u64);

pub(crate) fn placed(order: u64) -> Placed {
    placed_by(order, "ada")
}

pub(crate) fn placed_by(order: u64, customer: &str) -> Placed {
    Placed {
        order,
        customer: customer.into(),
        card: "4111".into(),
        code: "123".into(),
    }
}

/// A policy that does not make the tests wait.
pub(crate) const AT_ONCE: Retry =
    Retry::exponential(Duration::from_micros(1), Duration::from_micros(1)).max_retries(2);

/// What subscribers have received.
#[derive(Clone)]
pub(crate) struct Journal(UnboundedSender<String>);

impl Journal {
    fn note(&self, text: String) {
        self.0.send(text).unwrap();
    }
}

pub(crate) fn note(journal: &Journal, text: String) {
    journal.note(text);
}

/// How many calls still fail, and what a call waits for.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    pub(crate) errors: Arc<AtomicU32>,
    pub(crate) panics: Arc<AtomicU32>,
    /// Locked: a call that waits does so until it is unlocked.
    pub(crate) gate: Arc<Mutex<()>>,
    pub(crate) waiting: Arc<Notify>,
}

fn takes_one(count: &AtomicU32) -> bool {
    let less = |left: u32| left.checked_sub(1);
    count
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
        .is_ok()
}

impl Faults {
    pub(crate) fn meet(&self) -> Result<(), String> {
        assert!(!takes_one(&self.panics), "a panic that a test wants");
        match takes_one(&self.errors) {
            true => Err("the server is down".into()),
            false => Ok(()),
        }
    }
}

#[subscriber(durable = "mail.confirm", retry = AT_ONCE)]
pub(crate) async fn confirm(
    event: &Placed,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) -> Result<(), String> {
    let (attempt, most) = (delivery.attempt(), delivery.max_attempts());
    assert_eq!(
        (delivery.topic(), delivery.key()),
        ("shop.placed", Some(&*event.customer))
    );
    assert_eq!(delivery.is_last_attempt(), attempt == most);
    journal.note(format!(
        "confirm {} ({attempt} of {most}) {}",
        event.order, event.code
    ));
    faults.meet()
}

#[subscriber(durable = "slow.wait")]
pub(crate) async fn slow(event: &Placed, journal: State<'_, Journal>, faults: State<'_, Faults>) {
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
    journal.note(format!("slow {}", event.order));
}

/// A single attempt: one that is lost is the last.
#[subscriber(durable = "slow.once", retry = 0)]
pub(crate) async fn slow_once(
    event: &Placed,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) {
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
    journal.note(format!("once {}", event.order));
}

#[subscriber(durable = "audit.all", topic = r"shop\..*")]
pub(crate) fn audit(event: &dyn AnyEvent, journal: State<'_, Journal>) {
    journal.note(format!("audit {}", event.topic()));
}

#[subscriber(durable = "ledger.book", per_key, retry = AT_ONCE)]
pub(crate) async fn book_sqlite(
    event: &Placed,
    mut tx: Tx<'_, Sqlite>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), TxError> {
    let insert = sqlx::query("INSERT INTO entry VALUES (?)").bind(event.order.cast_signed());
    insert.execute(tx.conn()).await?;
    if takes_one(&faults.errors) {
        return Err(sqlx::Error::RowNotFound.into());
    }
    assert!(!takes_one(&faults.panics), "a panic that a test wants");
    tx.emit(Booked(event.order)).await?;
    journal.note(format!("book {}", event.order));
    Ok(())
}

#[subscriber(durable = "ledger.book.postgres", per_key, retry = AT_ONCE)]
pub(crate) async fn book_postgres(
    event: &Placed,
    mut tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), TxError> {
    let insert = sqlx::query("INSERT INTO entry VALUES ($1)").bind(event.order.cast_signed());
    insert.execute(tx.conn()).await?;
    if takes_one(&faults.errors) {
        return Err(sqlx::Error::RowNotFound.into());
    }
    assert!(!takes_one(&faults.panics), "a panic that a test wants");
    tx.emit(Booked(event.order)).await?;
    journal.note(format!("book {}", event.order));
    Ok(())
}

/// A database with the subscriber that takes its transaction.
pub(crate) trait ShopEngine: TestEngine {
    fn book() -> Subscribers;
}

impl ShopEngine for Sqlite {
    fn book() -> Subscribers {
        subscribers![book_sqlite]
    }
}

impl ShopEngine for Postgres {
    fn book() -> Subscribers {
        subscribers![book_postgres]
    }
}

/// A program with a store.
pub(crate) struct Shop<DB: ShopEngine> {
    pub(crate) store: Durable<DB>,
    pub(crate) registry: Registry,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    heard: UnboundedReceiver<String>,
}

impl<DB: ShopEngine> Shop<DB> {
    /// One that has these subscribers, registered with the database.
    pub(crate) async fn open(database: &Database<DB>, subscribers: Subscribers) -> Self {
        let shop = Self::unregistered(database, subscribers).await;
        shop.store.register(&shop.registry).await.unwrap();
        shop
    }

    pub(crate) async fn unregistered(database: &Database<DB>, subscribers: Subscribers) -> Self {
        let (journal, heard) = unbounded_channel();
        let journal = Journal(journal);
        let (registry, faults) = (Registry::new(), Faults::default());
        let scanner = registry
            .scanner()
            .state(journal.clone())
            .state(faults.clone());
        scanner.subscribers(subscribers).run();
        let store = Durable::with_pool(database.pool.clone());
        store.migrate().await.unwrap();
        DB::run(
            &database.pool,
            "CREATE TABLE IF NOT EXISTS entry (number BIGINT)",
        )
        .await;
        Self {
            store,
            registry,
            faults,
            journal,
            heard,
        }
    }

    /// Emits these in a transaction, and commits it.
    pub(crate) async fn place(&self, events: impl IntoIterator<Item = Placed>) {
        let mut tx = self.begin().await;
        for event in events {
            tx.emit(event).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub(crate) async fn begin(&self) -> Tx<'static, DB> {
        self.store
            .begin()
            .await
            .unwrap()
            .with_registry(&self.registry)
    }

    /// Workers that find nothing by themselves, but at their start and when they are woken.
    pub(crate) fn work(&self) -> Workers<DB> {
        self.store
            .worker()
            .poll_interval(Duration::from_millis(20))
            .spawn_tokio()
    }

    /// What subscribers note next.
    pub(crate) async fn next(&mut self) -> String {
        self.heard.recv().await.unwrap()
    }

    pub(crate) async fn next_n(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.next().await);
        }
        all
    }

    /// What was noted and not received yet.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let noted = || self.heard.try_recv().ok();
        std::iter::from_fn(noted).collect()
    }

    /// Nothing more was noted.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }

    /// Waits until a subscriber has nothing before it that is not dead.
    pub(crate) async fn drained(&self) {
        loop {
            let stats = self.store.stats().await.unwrap();
            if stats.iter().all(|one| one.depth == 0) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) async fn stop<DB: ShopEngine>(workers: Workers<DB>) {
    assert!(workers.shutdown(Duration::from_secs(60)).await);
}
