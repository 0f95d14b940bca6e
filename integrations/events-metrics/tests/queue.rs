//! The metrics of a queue are its counts at the moment at which they are recorded.

use std::time::Duration;

use events_core::{Event, Registry, Retry};
use events_metrics::{record_queue, record_queue_as};
use metrics_exporter_prometheus::PrometheusBuilder;

#[derive(Event, Clone)]
struct Job(u32);

/// The names without `events_queue_`, in the order of the values that [`values`] returns.
const NAMES: [&str; 7] = [
    "waiting",
    "parked",
    "scheduled",
    "under_way",
    "ran_total",
    "failed_total",
    "retried_total",
];

/// The page that a program has after it ran.
fn page(run: impl FnOnce()) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::with_local_recorder(&recorder, run);
    page.render()
}

fn value(page: &str, name: &str) -> f64 {
    let mut lines = page.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = value.unwrap_or_else(|| panic!("{name} is missing: {page}"));
    value.parse().expect("it is a number")
}

/// Waiting, parked, scheduled, under way, ran, failed, retried.
#[track_caller]
fn check(registry: &Registry, expected: [f64; 7]) {
    let page = page(|| record_queue(registry));
    let found = NAMES.map(|name| value(&page, &format!("events_queue_{name}")));
    assert_eq!(found, expected);
    let oldest = value(&page, "events_queue_oldest_seconds");
    assert!((0.0..3600.0).contains(&oldest), "{oldest}");
    assert!(
        found[0] > 0.0 || oldest == 0.0,
        "nothing waits, but {oldest}"
    );
}

#[test]
fn they_are_those_of_the_queue() {
    let registry = Registry::new();
    let far = Retry::exponential(Duration::from_secs(1 << 30), Duration::from_secs(1 << 30));
    let fails = |job: &Job| if job.0 == 1 { Err("no") } else { Ok(()) };
    registry
        .subscribe_deferred(fails)
        .retry(far.max_retries(1))
        .register()
        .expect("registered")
        .detach();
    registry
        .on_deferred(|job: &Job| if job.0 > 1 { Err("no") } else { Ok(()) })
        .detach();
    check(&registry, [0.0; 7]);
    registry.emit(Job(0));
    registry.emit(Job(1));
    check(&registry, [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    registry.queue().flush();
    check(&registry, [0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 1.0]);
    registry.emit(Job(2));
    registry.queue().flush();
    check(&registry, [0.0, 0.0, 1.0, 0.0, 3.0, 1.0, 1.0]);
}

#[test]
fn what_waits_for_a_subscriber_is_parked() {
    let registry = Registry::new();
    let far = Retry::exponential(Duration::from_secs(1 << 30), Duration::from_secs(1 << 30));
    let new = registry.subscribe_deferred(|_: &Job| Err("no"));
    let new = new.concurrency(1).retry(far.max_retries(1));
    new.register().expect("registered").detach();
    for number in 0..3 {
        registry.emit(Job(number));
    }
    registry.queue().flush();
    check(&registry, [0.0, 2.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(registry.queue().take().len(), 2);
    assert_eq!(registry.queue().take_scheduled().len(), 1);
    check(&registry, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
}

/// A subscriber that reads the metrics is under way itself.
#[test]
fn what_is_under_way_is_counted() {
    let registry = Registry::new();
    let asking = registry.clone();
    registry
        .on(move |job: &Job| {
            let waiting = if job.0 == 0 { 1.0 } else { 0.0 };
            let page = page(|| record_queue(&asking));
            assert_eq!(
                ["waiting", "under_way"].map(|name| value(&page, &format!("events_queue_{name}"))),
                [waiting, 1.0]
            );
        })
        .detach();
    registry.enqueue(Job(0)).expect("room");
    registry.enqueue(Job(1)).expect("room");
    assert_eq!(registry.queue().flush().failures(), 0);
    check(&registry, [0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
}

/// Recorded again with the same recorder, a counter is not added to itself.
#[test]
fn counters_are_those_of_the_queue_however_often_they_are_recorded() {
    let registry = Registry::new();
    registry.on(|_: &Job| ()).detach();
    registry.enqueue(Job(0)).expect("room");
    let page = page(|| {
        record_queue(&registry);
        registry.queue().flush();
        (0..5).for_each(|_| record_queue(&registry));
    });
    assert_eq!(value(&page, "events_queue_ran_total"), 1.0);
    assert_eq!(value(&page, "events_queue_waiting"), 0.0);
}

#[test]
fn several_queues_have_a_label() {
    let (orders, mails) = (Registry::new(), Registry::new());
    orders.enqueue(Job(0)).expect("room");
    let page = page(|| {
        record_queue_as(&orders, "orders");
        record_queue_as(&mails, "mails");
    });
    for (queue, waiting) in [("orders", 1.0), ("mails", 0.0)] {
        let name = format!("events_queue_waiting{{queue=\"{queue}\"}}");
        assert_eq!(value(&page, &name), waiting);
    }
    // The events that are not flushed are not lost in silence.
    assert_eq!(orders.queue().take().len(), 1);
}
