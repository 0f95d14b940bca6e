//! Code of the program that panics outside of a subscriber: the attempt fails, and the workers continue.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use events_core::{Event, Retry, State, failures::BoxError, subscriber, subscribers};
use events_durable::{Durable, upcast};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{task::yield_now, time::timeout};
use tracing::{
    Dispatch,
    subscriber::{DefaultGuard, NoSubscriber},
};
use tracing_subscriber::fmt::format::FmtSpan;

use super::engine::FaultEngine;
use crate::{
    database::{Database, event, on_both},
    shop::{Journal, Shop, confirm, note, placed, stop},
};

on_both! {
    an_upcast_that_panics_fails_the_attempt;
    a_payload_that_panics_when_it_is_read_fails_the_attempt;
    an_error_without_a_text_fails_the_attempt;
    an_error_that_panics_when_it_is_dropped_fails_the_attempt;
    an_event_that_panics_when_it_is_dropped_is_delivered_once;
    a_log_that_panics_stops_no_worker;
    a_log_that_panics_at_a_warning_stops_no_worker;
}

/// What panics.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
enum Panics {
    Text,
    ErrorDrop,
    EventDrop,
}

impl<'de> Deserialize<'de> for Panics {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(match &*String::deserialize(input)? {
            "text" => Self::Text,
            "error drop" => Self::ErrorDrop,
            "event drop" => Self::EventDrop,
            _ => panic!("a panic that a test wants"),
        })
    }
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "fragile")]
#[durable(version = 2)]
struct Fragile(Panics);

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(self.0 != Panics::EventDrop, "a panic that a test wants");
    }
}

#[upcast(Fragile, from = 1)]
fn panicking(_: Value) -> Result<Value, BoxError> {
    panic!("a panic that a test wants")
}

#[derive(Debug)]
struct Unprintable {
    is_dropped_with_a_panic: bool,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_dropped_with_a_panic {
            true => f.write_str("no"),
            false => Err(fmt::Error),
        }
    }
}

impl std::error::Error for Unprintable {}

impl Drop for Unprintable {
    fn drop(&mut self) {
        assert!(!self.is_dropped_with_a_panic, "a panic that a test wants");
    }
}

const TWICE: Retry =
    Retry::exponential(Duration::from_micros(1), Duration::from_micros(1)).max_retries(1);

#[subscriber(durable = "fragile.handle", retry = TWICE)]
async fn handle(event: &Fragile, journal: State<'_, Journal>) -> Result<(), Unprintable> {
    note(&journal, "handle".to_owned());
    match event.0 {
        Panics::Text => Err(Unprintable {
            is_dropped_with_a_panic: false,
        }),
        Panics::ErrorDrop => Err(Unprintable {
            is_dropped_with_a_panic: true,
        }),
        _ => Ok(()),
    }
}

/// A stored event is tried so often, is dead then or not, and what is stored after it is delivered.
async fn check<DB: FaultEngine>(
    database: &Database<DB>,
    (version, data): (i32, &str),
    calls: usize,
    is_dead: bool,
) {
    let mut shop = Shop::open(database, subscribers![handle, confirm]).await;
    let mut stored = event("1", "fragile", None);
    (stored.version, stored.data) = (version, format!("\"{data}\""));
    database.store(&[stored]).await;
    let workers = shop.work();
    let ended = async {
        shop.drained().await;
        shop.place([placed(1)]).await;
        shop.next_n(calls + 1).await
    };
    let mut heard = timeout(Duration::from_secs(60), ended)
        .await
        .expect("the workers continue");
    assert_eq!(heard.pop().unwrap(), "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
    let letters = shop.store.dead("fragile.handle").list(9).await.unwrap();
    assert_eq!(letters.len(), usize::from(is_dead));
    if let Some(letter) = letters.first() {
        assert_eq!((letter.failed, letter.lost), (2, 0), "{}", letter.error);
        assert_ne!(letter.error, "");
    }
}

async fn an_upcast_that_panics_fails_the_attempt<DB: FaultEngine>(database: &Database<DB>) {
    check(database, (1, "read"), 0, true).await;
}

async fn a_payload_that_panics_when_it_is_read_fails_the_attempt<DB: FaultEngine>(
    database: &Database<DB>,
) {
    check(database, (2, "read"), 0, true).await;
}

async fn an_error_without_a_text_fails_the_attempt<DB: FaultEngine>(database: &Database<DB>) {
    check(database, (2, "text"), 2, true).await;
}

async fn an_error_that_panics_when_it_is_dropped_fails_the_attempt<DB: FaultEngine>(
    database: &Database<DB>,
) {
    check(database, (2, "error drop"), 2, true).await;
}

async fn an_event_that_panics_when_it_is_dropped_is_delivered_once<DB: FaultEngine>(
    database: &Database<DB>,
) {
    check(database, (2, "event drop"), 1, false).await;
}

/// Panics at the first record with this text.
#[derive(Clone)]
struct BrokenLog {
    text: &'static str,
    has_panicked: Arc<AtomicBool>,
}

impl BrokenLog {
    fn start(text: &'static str) -> (Self, (DefaultGuard, Dispatch)) {
        let has_panicked = Arc::default();
        let broken = Self { text, has_panicked };
        let writer = broken.clone();
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_span_events(FmtSpan::NEW)
            .with_writer(move || writer.clone());
        let guard = tracing::subscriber::set_default(log.finish());
        // With a single one, `tracing` may not enable a record for this thread: see `Log`.
        (broken, (guard, Dispatch::new(NoSubscriber::new())))
    }

    fn has_panicked(&self) -> bool {
        self.has_panicked.load(Ordering::Relaxed)
    }
}

impl io::Write for BrokenLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let has_text = String::from_utf8_lossy(bytes).contains(self.text);
        let is_first = has_text && !self.has_panicked.swap(true, Ordering::Relaxed);
        assert!(!is_first, "a panic that a test wants");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn a_log_that_panics_stops_no_worker<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let (broken, _guard) = BrokenLog::start("deliver{subscriber");
    let workers = shop.work();
    // Whether the span is made depends on the logs of other tests as well.
    for order in 1.. {
        shop.place([placed(order)]).await;
        let received = timeout(Duration::from_secs(60), shop.next()).await;
        received.expect("the workers continue");
        if broken.has_panicked() {
            break;
        }
    }
    shop.drained().await;
    stop(workers).await;
}

async fn a_log_that_panics_at_a_warning_stops_no_worker<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::unregistered(database, subscribers![confirm]).await;
    let (broken, _guard) = BrokenLog::start("the workers deliver nothing");
    let workers = shop.work();
    while !broken.has_panicked() {
        yield_now().await;
    }
    shop.store.register(&shop.registry).await.unwrap();
    shop.place([placed(1)]).await;
    let received = timeout(Duration::from_secs(60), shop.next()).await;
    received.expect("the workers continue");
    shop.drained().await;
    stop(workers).await;
}
