//! The state of the deliveries as metrics.

use metrics::gauge;

use crate::store::Stats;

/// Records the counts of each subscriber with the recorder of the crate [`metrics`] that the program has installed.
///
/// These are values at one moment, and nothing updates them: call this with [`Durable::stats`](crate::Durable::stats) before each time
/// that the metrics are read, in the route `/metrics` or in a loop. They are those of the database: of several programs on it, one
/// is enough. The calls of subscribers, their durations and failures are recorded by the crate `events-metrics`.
///
/// | Metric, with the label `subscriber` | Type | Value |
/// |---|---|---|
/// | `events_durable_depth` | gauge | the deliveries that are not done and not dead |
/// | `events_durable_ready` | gauge | those of them that can be claimed now |
/// | `events_durable_in_flight` | gauge | those of them that are claimed |
/// | `events_durable_attempts` | gauge | the failed and lost attempts of them |
/// | `events_durable_oldest_seconds` | gauge | how long the oldest of them has been stored; 0 if there is none |
/// | `events_durable_dead` | gauge | the dead deliveries |
/// | `events_durable_paused` | gauge | 1 if the subscriber is paused, else 0 |
///
/// The label is the id of a subscriber in the database, of which there are as many as programs have registered.
///
/// ```
/// use events_durable::{Stats, record_stats};
/// use metrics_exporter_prometheus::PrometheusBuilder;
///
/// let recorder = PrometheusBuilder::new().build_recorder();
/// let page = recorder.handle();
///
/// # let stats = vec![Stats { subscriber: "mail.confirm".to_owned(), dead: 2, ..Stats::default() }];
/// // let stats = store.stats().await?;
/// metrics::with_local_recorder(&recorder, || record_stats(&stats));
/// assert!(page.render().contains(r#"events_durable_dead{subscriber="mail.confirm"} 2"#));
/// ```
pub fn record_stats(stats: &[Stats]) {
    for of in stats {
        let set = |name: &'static str, value: f64| {
            gauge!(name, "subscriber" => of.subscriber.clone()).set(value);
        };
        let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        set("events_durable_depth", count(of.depth));
        set("events_durable_ready", count(of.ready));
        set("events_durable_in_flight", count(of.in_flight));
        set("events_durable_attempts", count(of.attempts));
        set(
            "events_durable_oldest_seconds",
            of.oldest.unwrap_or_default().as_secs_f64(),
        );
        set("events_durable_dead", count(of.dead));
        set("events_durable_paused", f64::from(u8::from(of.paused)));
    }
}
