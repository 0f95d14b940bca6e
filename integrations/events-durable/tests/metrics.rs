//! The state of the deliveries, and the calls of durable subscribers, as Prometheus reads them.

#![cfg(all(feature = "metrics", feature = "sqlite"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use events_core::{Event, Registry, State, subscriber, subscribers};
use events_durable::{Durable, Stats, record_stats};
use events_metrics::EventMetrics;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, sqlite::SqlitePoolOptions};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The lines of a program's page that contain this, sorted.
fn lines(page: &str, part: &str) -> Vec<String> {
    let lines = page.lines().filter(|line| line.contains(part));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn each_count_of_a_subscriber_is_a_gauge() {
    let stats = |subscriber: &str, depth| Stats {
        subscriber: subscriber.to_owned(),
        paused: depth == 0,
        depth,
        ready: 3,
        in_flight: 2,
        dead: 1,
        attempts: 7,
        oldest: (depth > 0).then_some(Duration::from_millis(1500)),
    };
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        record_stats(&[stats("ledger.book", 9), stats("mail.confirm", 9)]);
        // The values of the last call are shown.
        record_stats(&[stats("mail.confirm", 0)]);
    });
    let page = page.render();
    for (subscriber, expected) in [
        ("ledger.book", ["7", "1", "9", "2", "1.5", "0", "3"]),
        ("mail.confirm", ["7", "1", "0", "2", "0", "1", "3"]),
    ] {
        let names = [
            "attempts",
            "dead",
            "depth",
            "in_flight",
            "oldest_seconds",
            "paused",
            "ready",
        ];
        let label = format!("{{subscriber=\"{subscriber}\"}}");
        let expected = names.iter().zip(expected);
        let expected =
            expected.map(|(name, value)| format!("events_durable_{name}{label} {value}"));
        assert_eq!(lines(&page, &label), expected.collect::<Vec<_>>());
    }
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "metrics.paid")]
struct Paid {
    order: i64,
}

/// Receives a message in each call.
type Called = UnboundedSender<()>;

#[subscriber(durable = "metrics.book")]
async fn book(paid: &Paid, called: State<'_, Called>) -> Result<(), &'static str> {
    let _ = called.send(());
    if paid.order == 1 {
        Ok(())
    } else {
        Err("refused")
    }
}

/// A delivery goes through the middleware and the failure hooks of the registry, as any other call.
#[test]
fn deliveries_are_counted_as_calls() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    // The recorder is that of this thread, on which the runtime runs all.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let options = SqlitePoolOptions::new().max_connections(1);
            let pool = options.connect("sqlite::memory:").await.unwrap();
            let store = Durable::<Sqlite>::with_pool(pool);
            store.migrate().await.unwrap();
            let registry = Registry::new();
            let (called, mut calls) = unbounded_channel();
            let scanner = registry.scanner().state::<Called>(called);
            scanner.subscribers(subscribers![book]).run();
            EventMetrics::new().install(&registry).detach();
            store.register(&registry).await.unwrap();
            let mut tx = store.begin().await.unwrap();
            tx.emit(Paid { order: 1 }).await.unwrap();
            tx.emit(Paid { order: 2 }).await.unwrap();
            tx.commit().await.unwrap();
            let workers = store.worker().spawn_tokio();
            for _ in 0..2 {
                calls.recv().await.unwrap();
            }
            assert!(workers.shutdown(Duration::from_secs(60)).await);
            record_stats(&store.stats().await.unwrap());
        });
    });
    let page = page.render();
    let of = r#"{topic="metrics.paid",subscriber="metrics.book""#;
    assert_eq!(
        lines(&page, "events_calls_total{"),
        [
            r#"events_calls_total{topic="metrics.paid",subscriber="events_durable: store of metrics.paid",outcome="ran"} 2"#.to_owned(),
            format!(r#"events_calls_total{of},outcome="failed"}} 1"#),
            format!(r#"events_calls_total{of},outcome="ran"}} 1"#),
        ]
    );
    assert_eq!(
        lines(&page, "events_failures_total{"),
        [format!(r#"events_failures_total{of},cause="error"}} 1"#)]
    );
    let gauge = |name: &str| format!(r#"events_durable_{name}{{subscriber="metrics.book"}} 1"#);
    for name in ["depth", "attempts"] {
        assert!(page.contains(&gauge(name)), "{page}");
    }
}
