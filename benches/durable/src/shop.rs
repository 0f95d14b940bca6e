//! The events, and their subscribers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use events_core::{Event, Registry, State, scanning::Subscribers, subscriber, subscribers};
use events_durable::Durable;
use events_sqlx::Tx;
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Sqlite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    Result,
    database::{Bench, Database},
};

macro_rules! events {
    ($($name:ident $topic:literal,)*) => {$(
        #[derive(Event, Durable, Clone, Serialize, Deserialize)]
        #[event(topic = $topic)]
        pub(crate) struct $name {
            pub(crate) order: i64,
            pub(crate) cents: u64,
            pub(crate) gift: bool,
        }

        impl $name {
            pub(crate) fn numbered(order: i64) -> Self {
                Self { order, cents: 99_900, gift: false }
            }
        }
    )*};
}

events! {
    ForOne "bench.for_one",
    ForTwo "bench.for_two",
    Worked "bench.worked",
    Woken "bench.woken",
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "bench.keyed")]
#[durable(key = customer)]
pub(crate) struct Keyed {
    order: i64,
    cents: u64,
    customer: i64,
}

impl Keyed {
    pub(crate) fn numbered(order: i64) -> Self {
        Self {
            order,
            cents: 99_900,
            customer: order % 1_000,
        }
    }
}

/// How many deliveries are left, and what the time of the last one is sent to.
#[derive(Clone)]
pub(crate) struct Arrivals {
    pub(crate) left: Arc<AtomicUsize>,
    pub(crate) last: UnboundedSender<Instant>,
}

impl Arrivals {
    fn add(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            let _ = self.last.send(Instant::now());
        }
    }
}

#[subscriber(durable = "bench.one")]
fn one(_: &ForOne) {}

#[subscriber(durable = "bench.two.first")]
fn first(_: &ForTwo) {}

#[subscriber(durable = "bench.two.second")]
fn second(_: &ForTwo) {}

#[subscriber(durable = "bench.keyed.first")]
fn keyed(_: &Keyed) {}

#[subscriber(durable = "bench.keyed.per_key", per_key)]
fn in_order(_: &Keyed) {}

#[subscriber(durable = "bench.woken")]
fn woken(_: &Woken, arrivals: State<'_, Arrivals>) {
    arrivals.add();
}

/// A database with the subscriber that writes a row in the transaction of its delivery.
pub(crate) trait Writing: Bench {
    fn writing() -> Subscribers;
}

macro_rules! writes {
    ($name:ident, $db:ty, $id:literal) => {
        #[subscriber(durable = $id)]
        async fn $name(
            event: &Worked,
            mut tx: Tx<'_, $db>,
            arrivals: State<'_, Arrivals>,
        ) -> std::result::Result<(), sqlx::Error> {
            <$db as Bench>::write(tx.conn(), event.order).await?;
            arrivals.add();
            Ok(())
        }

        impl Writing for $db {
            fn writing() -> Subscribers {
                subscribers![$name]
            }
        }
    };
}
writes!(writes_sqlite, Sqlite, "bench.writes.sqlite");
writes!(writes_postgres, Postgres, "bench.writes.postgres");

/// None yet, and where the time of the last one arrives.
pub(crate) fn arrivals() -> (Arrivals, UnboundedReceiver<Instant>) {
    let (last, received) = unbounded_channel();
    let left = Arc::default();
    (Arrivals { left, last }, received)
}

/// The subscribers of the events that are only stored.
pub(crate) fn stored() -> Subscribers {
    subscribers![one, first, second, keyed, in_order]
}

pub(crate) fn waking() -> Subscribers {
    subscribers![woken]
}

/// A number that no row has.
pub(crate) fn number() -> i64 {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    LAST.fetch_add(1, Ordering::Relaxed).cast_signed() as i64
}

/// The store of a registry with these subscribers.
pub(crate) async fn program<DB: Bench>(
    database: &Database<DB>,
    subscribers: Subscribers,
    arrivals: &Arrivals,
) -> Result<Durable<DB>> {
    let registry = Registry::new();
    let scanner = registry.scanner().state(arrivals.clone());
    scanner.subscribers(subscribers).run();
    let store = Durable::with_pool(database.pool.clone());
    store.migrate().await?;
    store.register(&registry).await?;
    Ok(store)
}
