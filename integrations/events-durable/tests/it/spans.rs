//! Spans: that of a delivery follows from that of its emit, where both are in one process.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{State, subscriber, subscribers};
use tracing::{
    Dispatch, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
    subscriber::{DefaultGuard, NoSubscriber},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*, registry::LookupSpan};

use crate::{
    database::{Database, on_both},
    shop::{
        AT_ONCE, Booked, Faults, Journal, Placed, Shop, ShopEngine, confirm, note, placed, stop,
    },
};

on_both! {
    a_delivery_follows_from_its_emit;
    a_repeated_delivery_follows_from_its_emit;
    a_transaction_that_is_rolled_back_leaves_no_span_open;
    a_span_is_not_kept_where_no_worker_runs;
    a_span_is_closed_when_the_workers_end;
}

/// The spans that are open and the links between all, on this thread.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    open: HashMap<u64, String>,
    /// From which span each delivery follows.
    links: Vec<(String, String)>,
}

impl Spans {
    fn start() -> (Self, (DefaultGuard, Dispatch)) {
        let spans = Self::default();
        let subscriber = tracing_subscriber::registry().with(spans.clone());
        let guard = tracing::subscriber::set_default(subscriber);
        // With a single one, `tracing` would ask it once for all threads.
        (spans, (guard, Dispatch::new(NoSubscriber::new())))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Seen) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn links(&self) -> Vec<(String, String)> {
        self.with(|seen| seen.links.clone())
    }

    fn count_open(&self, name: &str) -> usize {
        self.with(|seen| {
            seen.open
                .values()
                .filter(|one| one.starts_with(name))
                .count()
        })
    }
}

/// The name of a span with its topic.
struct Name(String);

impl Visit for Name {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "topic" {
            self.0.push_str(&format!(" {value:?}").replace('"', ""));
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut name = Name(attributes.metadata().name().to_owned());
        attributes.record(&mut name);
        self.with(|seen| seen.open.insert(id.into_u64(), name.0));
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, _: Context<'_, S>) {
        self.with(|seen| {
            let name = |id: &Id| {
                let open = seen.open.get(&id.into_u64());
                open.cloned().unwrap_or_else(|| "a closed span".to_owned())
            };
            let link = (name(span), name(follows));
            seen.links.push(link);
        });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.with(|seen| seen.open.remove(&id.into_u64()));
    }
}

#[subscriber(durable = "spans.count")]
async fn count(event: &Placed, journal: State<'_, Journal>) {
    note(&journal, format!("count {}", event.order));
}

#[subscriber(durable = "spans.booked", retry = AT_ONCE)]
async fn booked(
    event: &Booked,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), String> {
    note(&journal, format!("booked {}", event.0));
    faults.meet()
}

fn link(from: &str) -> (String, String) {
    (format!("deliver {from}"), format!("emit {from}"))
}

/// In a transaction, and in one of its own.
async fn a_delivery_follows_from_its_emit<DB: ShopEngine>(database: &Database<DB>) {
    let (spans, _guard) = Spans::start();
    let mut shop = Shop::open(database, subscribers![count, confirm, booked]).await;
    let workers = shop.work();
    shop.place([placed(1)]).await;
    shop.next_n(2).await;
    shop.registry.try_emit_async(Booked(2)).await.unwrap();
    shop.next().await;
    shop.drained().await;
    assert_eq!(
        spans.links(),
        [
            link("shop.placed"),
            link("shop.placed"),
            link("shop.booked")
        ]
    );
    stop(workers).await;
    assert_eq!(spans.count_open("emit"), 0);
}

async fn a_repeated_delivery_follows_from_its_emit<DB: ShopEngine>(database: &Database<DB>) {
    let (spans, _guard) = Spans::start();
    let mut shop = Shop::open(database, subscribers![booked]).await;
    shop.faults
        .errors
        .store(1, std::sync::atomic::Ordering::Relaxed);
    let workers = shop.work();
    shop.registry.try_emit_async(Booked(2)).await.unwrap();
    shop.next_n(2).await;
    shop.drained().await;
    assert_eq!(spans.links(), [link("shop.booked"), link("shop.booked")]);
    stop(workers).await;
    assert_eq!(spans.count_open("emit"), 0);
}

async fn a_transaction_that_is_rolled_back_leaves_no_span_open<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let (spans, _guard) = Spans::start();
    let shop = Shop::open(database, subscribers![count]).await;
    let workers = shop.work();
    let mut tx = shop.begin().await;
    tx.emit(placed(1)).await.unwrap();
    assert_eq!(spans.count_open("emit"), 1);
    tx.rollback().await.unwrap();
    assert_eq!(spans.count_open("emit"), 0);
    stop(workers).await;
}

async fn a_span_is_not_kept_where_no_worker_runs<DB: ShopEngine>(database: &Database<DB>) {
    let (spans, _guard) = Spans::start();
    let shop = Shop::open(database, subscribers![count]).await;
    shop.place([placed(1)]).await;
    assert_eq!(spans.count_open("emit"), 0);
}

async fn a_span_is_closed_when_the_workers_end<DB: ShopEngine>(database: &Database<DB>) {
    let (spans, _guard) = Spans::start();
    let shop = Shop::open(database, subscribers![count]).await;
    shop.store.pause("spans.count").await.unwrap();
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(spans.count_open("emit"), 1);
    stop(workers).await;
    assert_eq!(spans.count_open("emit"), 0);
}
