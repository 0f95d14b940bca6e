//! The spans of emits, for the deliveries in the same process: the span of a delivery follows from that of its emit.
//!
//! A span is kept open until each subscriber of this program has the event, at most for [`KEPT`], and only while workers run here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tracing::{Level, Span, span_enabled};

/// How long a span waits for the deliveries of its event.
const KEPT: Duration = Duration::from_secs(10);

/// How many spans wait at most. Without one, a delivery has the stored text alone.
const MOST: usize = 1_024;

/// The spans of the emits whose events this program is to deliver.
#[derive(Default)]
pub(crate) struct Spans(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// How many subscribers of this program receive the events of each topic.
    receivers: BTreeMap<String, usize>,
    /// By the id of the event, of which an earlier one has a lesser id.
    kept: BTreeMap<String, Kept>,
}

struct Kept {
    span: Span,
    since: Instant,
    /// How many subscribers do not have the event yet.
    left: usize,
}

/// A span that is kept; dropped before [`stored`](Self::stored), it is given up: the transaction was rolled back.
pub(crate) struct KeptSpan {
    spans: Arc<Spans>,
    id: Option<String>,
}

impl Spans {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how many subscribers of this program receive the events of each topic.
    pub(crate) fn set_receivers(&self, receivers: BTreeMap<String, usize>) {
        self.lock().receivers = receivers;
    }

    /// Keeps the current span for the deliveries of this event.
    pub(crate) fn keep(self: &Arc<Self>, id: &str, topic: &str) -> KeptSpan {
        let kept =
            span_enabled!(target: "events_durable", Level::DEBUG) && self.try_keep(id, topic);
        KeptSpan {
            spans: Arc::clone(self),
            id: kept.then(|| id.to_owned()),
        }
    }

    fn try_keep(&self, id: &str, topic: &str) -> bool {
        let span = Span::current();
        if span.is_none() {
            return false;
        }
        self.expire();
        let mut inner = self.lock();
        let left = inner.receivers.get(topic).copied().unwrap_or(0);
        if left == 0 || inner.kept.len() >= MOST {
            return false;
        }
        let since = Instant::now();
        inner.kept.insert(id.to_owned(), Kept { span, since, left });
        true
    }

    /// Has the span of a delivery follow from that of the emit of its event, if it is kept.
    pub(crate) fn link(&self, delivery: &Span, id: &str) {
        let emit = self.lock().kept.get(id).map(|kept| kept.span.clone());
        // Outside of the lock, as each drop of a span: it calls what receives the spans.
        if let Some(emit) = emit {
            delivery.follows_from(&emit);
        }
    }

    /// Notes that a subscriber of this program has the event.
    pub(crate) fn delivered(&self, id: &str) {
        let mut inner = self.lock();
        let left = inner.kept.get_mut(id).map(|kept| {
            kept.left -= 1;
            kept.left
        });
        let ended = (left == Some(0)).then(|| inner.kept.remove(id));
        drop(inner);
        drop(ended);
    }

    /// Gives those up that have waited for too long.
    pub(crate) fn expire(&self) {
        let mut ended = Vec::new();
        let mut inner = self.lock();
        while let Some(oldest) = inner.kept.first_entry()
            && oldest.get().since.elapsed() >= KEPT
        {
            ended.push(oldest.remove());
        }
        drop(inner);
        drop(ended);
    }

    /// Gives all up: no worker runs here any more.
    pub(crate) fn clear(&self) {
        let ended = std::mem::take(&mut self.lock().kept);
        drop(ended);
    }

    fn give_up(&self, id: &str) {
        let ended = self.lock().kept.remove(id);
        drop(ended);
    }
}

impl KeptSpan {
    /// One that is not kept.
    pub(crate) fn none(spans: &Arc<Spans>) -> Self {
        let spans = Arc::clone(spans);
        Self { spans, id: None }
    }

    /// The event is stored: its deliveries follow.
    pub(crate) fn stored(mut self) {
        self.id = None;
    }
}

impl Drop for KeptSpan {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.spans.give_up(&id);
        }
    }
}
