//! Metrics of `events-core` through the crate [`metrics`]: the number, duration and failures of the calls of each subscriber,
//! and the length of the queue.
//!
//! [`EventMetrics::install`] puts a middleware around each call of a registry, and adds a failure hook. Both record with the
//! recorder of `metrics` that the program has installed; without one they cost a call that does nothing.
//!
//! - `events_calls_total`, a counter, with the labels `topic`, `subscriber` and `outcome`: `ran`; `failed`, if no further
//!   attempt follows; `retrying`, if one does; `cut_off`, if the emit was dropped during the call; `skipped`; `deferred`, if
//!   the event is debounced; `not_called`;
//! - `events_call_seconds`, a histogram, with `topic` and `subscriber`: from the start of a call to its end, also while an
//!   async subscriber waits, for what it awaits or for the events before. Calls that were not made are not in it;
//! - `events_failures_total`, a counter, with `topic`, `subscriber` and `cause`, which is `error`, `panic`, `timeout`,
//!   `not_reached` or `other`. It counts each failed attempt.
//!
//! [`record_queue`] records the queued, scheduled and running events of a queue, and the numbers of those that have run, failed
//! and been retried, each time that it is called.
//!
//! # Labels
//!
//! A metric with ever new labels takes ever more memory, here and in the database. The topic of a named event may be user
//! data, and so may be the id of a run-time subscription. So the first hundred topics and the first thousand subscribers
//! have labels of their own, and all others share the label `other`; [`max_topics`](EventMetrics::max_topics) and
//! [`max_subscribers`](EventMetrics::max_subscribers) change these limits. Origins, ids and fields of events are no labels.

mod labels;
mod middleware;
mod queue;

use events_core::{Failure, Registry, Subscription, failures::Cause};
use labels::Labels;
use metrics::counter;
use middleware::Measured;
pub use queue::{record_queue, record_queue_as};
use std::sync::Arc;

/// What is measured, and how many labels there may be.
///
/// ```
/// use events_core::{Event, Registry};
/// use events_metrics::EventMetrics;
/// use metrics_exporter_prometheus::PrometheusBuilder;
///
/// #[derive(Event)]
/// #[event(topic = "orders.placed")]
/// struct OrderPlaced;
///
/// let recorder = PrometheusBuilder::new().build_recorder();
/// let page = recorder.handle();
///
/// let registry = Registry::new();
/// EventMetrics::new().install(&registry).detach();
/// registry.subscribe(|_: &OrderPlaced| ()).id("reserve").register()?.detach();
///
/// // A program installs its recorder once: `PrometheusBuilder::new().install_recorder()`.
/// metrics::with_local_recorder(&recorder, || registry.emit(OrderPlaced));
/// let line = r#"events_calls_total{topic="orders.placed",subscriber="reserve",outcome="ran"} 1"#;
/// assert!(page.render().contains(line));
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EventMetrics {
    max_topics: usize,
    max_subscribers: usize,
}

impl Default for EventMetrics {
    fn default() -> Self {
        Self {
            max_topics: 100,
            max_subscribers: 1000,
        }
    }
}

impl EventMetrics {
    /// With the default limits: 100 topics and 1,000 subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many topics have a label of their own: the first ones that are emitted.
    #[must_use]
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.max_topics = topics;
        self
    }

    /// How many subscribers have a label of their own: the first ones that are called.
    #[must_use]
    pub fn max_subscribers(mut self, subscribers: usize) -> Self {
        self.max_subscribers = subscribers;
        self
    }

    /// Measures the subscribers of this registry until the guard is dropped. Twice for one registry counts each call twice.
    #[must_use = "dropping the guard ends the measurement; `.detach()` keeps it for good"]
    #[track_caller]
    pub fn install(self, registry: &Registry) -> Installed {
        let labels = Arc::new(Labels::new(self.max_topics, self.max_subscribers));
        let of_hook = Arc::clone(&labels);
        Installed {
            calls: registry.wrap(Measured::new(labels)),
            failures: registry.on_failure(move |failure| count_failure(&of_hook, failure)),
        }
    }
}

/// The guard of a measurement: dropping it ends the measurement.
///
/// ```
/// use events_core::Registry;
/// use events_metrics::{EventMetrics, Installed};
///
/// /// A part of the program that measures its own registry as long as it exists.
/// struct Billing {
///     registry: Registry,
///     metrics: Installed,
/// }
///
/// let registry = Registry::new();
/// let metrics = EventMetrics::new().install(&registry);
/// let billing = Billing { registry, metrics };
/// # drop(billing);
/// ```
#[derive(Debug)]
#[must_use = "dropping it ends the measurement; `.detach()` keeps it for good"]
pub struct Installed {
    calls: Subscription,
    failures: Subscription,
}

impl Installed {
    /// Measures for as long as the registry exists.
    pub fn detach(self) {
        self.calls.detach();
        self.failures.detach();
    }
}

fn count_failure(labels: &Labels, failure: &Failure) {
    let cause = match failure.cause() {
        Cause::Error(_) => "error",
        Cause::Panic(_) => "panic",
        Cause::TimedOut(_) => "timeout",
        Cause::Undelivered(_)
        | Cause::WaitsForItself(_)
        | Cause::NotAwaited(_)
        | Cause::NoCopy(_) => "not_reached",
        _ => "other",
    };
    counter!(
        "events_failures_total",
        "topic" => labels.topic(failure.topic()),
        "subscriber" => labels.subscriber(failure.subscriber()),
        "cause" => cause,
    )
    .increment(1);
}
