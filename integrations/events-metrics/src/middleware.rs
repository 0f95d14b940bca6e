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

    fn record(&self, call: Call<'_>, start: Instant, outcome: &SubscriberOutcome) {
        let (name, was_called) = match outcome {
            SubscriberOutcome::Ran | SubscriberOutcome::Stopped => ("ran", true),
            SubscriberOutcome::Failed(_) | SubscriberOutcome::Retrying(_) => ("failed", true),
            SubscriberOutcome::Skipped(_) => ("skipped", false),
            _ => ("not_called", false),
        };
        let topic = self.labels.topic(call.emission().topic());
        let subscriber = self.labels.subscriber(&call.subscriber().name);
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
        self.record(call, start, &outcome);
        outcome
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let call = next.call();
        Box::pin(async move {
            let start = Instant::now();
            let outcome = next.run().await;
            self.record(call, start, &outcome);
            outcome
        })
    }
}
