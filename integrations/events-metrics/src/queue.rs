//! The metrics of a queue.

use events_core::{Registry, queues::QueueStats};
use metrics::{Label, counter, gauge};

/// Records the queued, scheduled and running events of a registry's queue, and the numbers of those that have run, failed and
/// been retried.
///
/// These are values at one moment, and no subscriber or thread updates them: call this before each time that the metrics are
/// read, in the route `/metrics` or in a loop. So it costs nothing in between.
///
/// | Metric | Type | Value |
/// |---|---|---|
/// | `events_queue_waiting` | gauge | the events in the queue |
/// | `events_queue_oldest_seconds` | gauge | how long the oldest of them has been in the queue; 0 if it is empty |
/// | `events_queue_parked` | gauge | the events that have left the queue and wait until a subscriber may be called, for `concurrency`, `per_key` or a retry |
/// | `events_queue_scheduled` | gauge | the events for a later time, and the retries |
/// | `events_queue_under_way` | gauge | the events whose subscribers are running |
/// | `events_queue_ran_total` | counter | the events that have run |
/// | `events_queue_failed_total` | counter | the failures in them after which no further attempt follows |
/// | `events_queue_retried_total` | counter | the failed calls after which a further attempt follows |
///
/// The age of the oldest event is measured between two calls of this, as [`QueueStats::oldest`] describes: it is exact to the
/// interval at which the metrics are read.
///
/// ```
/// use events_core::{Event, Registry};
/// use metrics_exporter_prometheus::PrometheusHandle;
///
/// #[derive(Event)]
/// struct MailQueued;
///
/// /// What the route `/metrics` answers.
/// fn metrics_page(registry: &Registry, page: &PrometheusHandle) -> String {
///     events_metrics::record_queue(registry);
///     page.render()
/// }
///
/// # let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
/// # let page = recorder.handle();
/// let registry = Registry::new(); // a program records `events_core::registry()`
/// registry.enqueue(MailQueued)?;
/// # metrics::with_local_recorder(&recorder, || {
/// assert!(metrics_page(&registry, &page).contains("events_queue_waiting 1"));
/// # });
/// # Ok::<(), events_core::queues::QueueFull<MailQueued>>(())
/// ```
pub fn record_queue(registry: &Registry) {
    record(registry.queue().stats(), Vec::new());
}

/// The same, with the label `queue`: for a program that has several registries. The name is a fixed one, and not user data.
///
/// ```
/// use events_core::Registry;
///
/// let (orders, mails) = (Registry::new(), Registry::new());
/// events_metrics::record_queue_as(&orders, "orders");
/// events_metrics::record_queue_as(&mails, "mails");
/// ```
pub fn record_queue_as(registry: &Registry, name: &'static str) {
    record(
        registry.queue().stats(),
        vec![Label::from_static_parts("queue", name)],
    );
}

fn record(stats: QueueStats, labels: Vec<Label>) {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    gauge!("events_queue_waiting", labels.clone()).set(count(stats.waiting));
    gauge!("events_queue_oldest_seconds", labels.clone()).set(stats.oldest.unwrap_or_default());
    gauge!("events_queue_parked", labels.clone()).set(count(stats.parked));
    gauge!("events_queue_scheduled", labels.clone()).set(count(stats.scheduled));
    gauge!("events_queue_under_way", labels.clone()).set(count(stats.under_way));
    // The queue counts from the creation of its registry on, so that nothing is lost between two calls.
    counter!("events_queue_ran_total", labels.clone()).absolute(stats.ran);
    counter!("events_queue_failed_total", labels.clone()).absolute(stats.failed);
    counter!("events_queue_retried_total", labels).absolute(stats.retried);
}
