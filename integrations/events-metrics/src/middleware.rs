//! The middleware that measures each call.

use std::{sync::Arc, time::Instant};

use events_core::{
    info::SubscriberInfo,
    middleware::{BoxFuture, Call, Middleware, Next, NextAsync},
    outcomes::SubscriberOutcome,
};
use metrics::{counter, histogram};

use crate::labels::Labels;

pub(crate) struct Measured {
    labels: Arc<Labels>,
}

impl Measured {
    pub(crate) fn new(labels: Arc<Labels>) -> Self {
        Self { labels }
    }

    /// Records a call; one without an outcome was dropped before its end.
    fn record(&self, call: Call<'_>, start: Instant, outcome: Option<&SubscriberOutcome>) {
        let (name, was_called) = match outcome {
            None => ("cut_off", true),
            Some(SubscriberOutcome::Ran | SubscriberOutcome::Stopped) => ("ran", true),
            Some(SubscriberOutcome::Failed(_)) => ("failed", true),
            Some(SubscriberOutcome::Retrying(_)) => ("retrying", true),
            Some(SubscriberOutcome::Skipped(_)) => ("skipped", false),
            Some(SubscriberOutcome::Deferred) => ("deferred", false),
            Some(_) => ("not_called", false),
        };
        let topic = self.labels.topic(call.emission().topic());
        let subscriber = self.labels.subscriber(call.subscriber());
        counter!(
            "events_calls_total",
            "topic" => Arc::clone(&topic),
            "subscriber" => Arc::clone(&subscriber),
            "outcome" => name,
        )
        .increment(1);
        if was_called {
            histogram!("events_call_seconds", "topic" => topic, "subscriber" => subscriber)
                .record(start.elapsed());
        }
    }
}

impl Middleware for Measured {
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let (call, start) = (next.call(), Instant::now());
        let outcome = next.run();
        self.record(call, start, Some(&outcome));
        outcome
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let call = next.call();
        Box::pin(async move {
            let mut in_progress = InProgress {
                measured: self,
                call: Some(call),
                start: Instant::now(),
            };
            let outcome = next.run().await;
            in_progress.end(Some(&outcome));
            outcome
        })
    }
}

/// An async call in progress, which is recorded also if it is dropped before its end.
struct InProgress<'a> {
    measured: &'a Measured,
    /// `None` once it is recorded.
    call: Option<Call<'a>>,
    start: Instant,
}

impl InProgress<'_> {
    fn end(&mut self, outcome: Option<&SubscriberOutcome>) {
        if let Some(call) = self.call.take() {
            self.measured.record(call, self.start, outcome);
        }
    }
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.end(None);
    }
}
