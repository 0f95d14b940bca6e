//! What would explain that an event was not recorded: it was muted, it was emitted outside of the test, the events
//! that cause it wait in the queue, for their time or in a unit of work, or a subscriber that emits it was not scanned.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use events_core::{
    __testing::{held_events, is_inside, one_line, unscanned},
    Registry,
};

use super::plural::times;
use crate::{
    evidence::outside::{Outside, OutsideLog},
    runtime::is_inside_runtime,
    state::{
        mock_data::MockData,
        mock_state::{MockState, Start},
        recorded_event::Delivery,
        rule::EventSelector,
    },
};

/// The number of topics for which linked subscribers are searched.
const MAX_TOPICS: usize = 100;

/// The circumstances of a mock, apart from its events.
pub(crate) struct Circumstances<'m> {
    /// How many events wait in the queue.
    queued: usize,
    /// How many events wait for their time.
    scheduled: usize,
    /// How many events wait for the commit of a unit of work.
    held: usize,
    /// The topic of an event that was delivered, and a linked subscriber to it that no scan has registered.
    unscanned: Option<(String, &'static str)>,
    /// Whether a scan has registered any subscriber.
    has_declared: bool,
    /// Whether the test is async, or this thread is inside of a runtime.
    is_async: bool,
    outside: &'m OutsideLog,
}

impl<'m> Circumstances<'m> {
    /// The mock is not locked.
    pub(crate) fn new(registry: &Registry, mock: &'m MockState) -> Self {
        let is_scan_expected = mock.start == Start::Copy;
        Self {
            queued: registry.queue().len(),
            scheduled: registry.queue().scheduled(),
            held: held_events(registry),
            unscanned: is_scan_expected
                .then(|| unscanned_subscriber(registry, mock))
                .flatten(),
            has_declared: events_core::__testing::has_declared(registry),
            is_async: mock.is_async.load(Ordering::Relaxed) || is_inside_runtime(),
            outside: &mock.outside,
        }
    }

    /// The explanations for too few events of a selector, counted from this number on.
    pub(crate) fn explain(
        &self,
        data: &MockData,
        selector: &EventSelector,
        first_event: u64,
    ) -> Vec<String> {
        let events = data.events.iter();
        let muted = events.filter(|event| {
            event.number >= first_event
                && event.delivery == Delivery::Muted
                && selector.selects(event.family, &event.topic)
        });
        let mut reasons = Vec::new();
        match muted.count() {
            0 => {}
            muted => reasons.push(format!(
                "it was emitted {} while it was muted",
                times(muted)
            )),
        }
        reasons.extend(self.outside(selector));
        let (settle, advance) = (self.settle(), self.advance());
        reasons.extend(waiting(self.queued, |its| {
            format!("in the queue; call {settle}, so that {its} subscribers run")
        }));
        reasons.extend(waiting(self.scheduled, |its| {
            format!("for {its} time; call {advance}, which lets time pass")
        }));
        reasons.extend(waiting(self.held, |its| {
            format!(
                "for the commit of {its} unit of work; commit it, or call `events.run_held(&unit)`"
            )
        }));
        reasons.extend(self.unscanned.as_ref().map(|(topic, subscriber)| {
            let why = if self.has_declared {
                "it was not scanned; scan its module or crate as well"
            } else {
                "nothing was scanned; call `events_core::scan()` first, as the attribute does not scan"
            };
            let topic = one_line(topic);
            format!("`{subscriber}`, a linked subscriber to `{topic}`, is not registered: {why}")
        }));
        reasons
    }

    /// The call that runs the queue.
    fn settle(&self) -> &'static str {
        if self.is_async {
            "`events.settle_async().await`"
        } else {
            "`events.settle()`"
        }
    }

    /// The call that lets time pass.
    fn advance(&self) -> &'static str {
        if self.is_async {
            "`events.advance_async(..).await`"
        } else {
            "`events.advance(..)`"
        }
    }

    /// The remedy of a sync test in which a subscriber needs a runtime of tokio.
    pub(crate) fn needs_runtime(&self) -> Option<&'static str> {
        let remedy = "a subscriber needs a runtime of tokio: make the test an `async fn`, and await \
                      `settle_async` or `advance_async` in place of `settle` or `advance`";
        (!self.is_async).then_some(remedy)
    }

    fn outside(&self, selector: &EventSelector) -> Option<String> {
        let events = self.outside.lock();
        let mut selected: Vec<_> = events
            .iter()
            .filter(|((family, topic), _)| selector.selects(*family, topic))
            .collect();
        // A hash map has no order, and the text must not depend on it.
        selected.sort_by_key(|((_, topic), _)| topic);
        let (
            _,
            Outside {
                location, thread, ..
            },
        ) = selected.first()?;
        let count = selected.iter().map(|(_, outside)| outside.count).sum();
        let first = if count == 1 { "" } else { "first " };
        let mut place = match thread {
            Some(name) => format!("{first}on the thread `{name}`"),
            None => format!("{first}on a thread without a name"),
        };
        if !is_inside(*location) {
            place.push_str(&format!(" at {location}"));
        }
        Some(format!(
            "it was emitted {} outside of this test, {place}; if the test started that thread or task, wrap \
             its closure in `events.bring(..)` or its future in `events.bring_future(..)`",
            times(count)
        ))
    }
}

/// That so many events wait for something, whose text is made with "its" or "their"; `None` if there are none.
fn waiting(count: usize, text: impl FnOnce(&str) -> String) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 event waits {}", text("its"))),
        count => Some(format!("{count} events wait {}", text("their"))),
    }
}

/// A linked subscriber to a delivered event that no scan has registered, with the topic of the event.
fn unscanned_subscriber(registry: &Registry, mock: &MockState) -> Option<(String, &'static str)> {
    let delivered: BTreeSet<_> = {
        let data = mock.lock();
        let events = data.events.iter();
        let delivered = events.filter(|event| event.delivery == Delivery::Delivered);
        let mut topics = BTreeSet::new();
        for event in delivered {
            if topics.len() < MAX_TOPICS && !topics.contains(&(event.family, event.topic.as_str()))
            {
                topics.insert((event.family, event.topic.as_str()));
            }
        }
        topics
            .into_iter()
            .map(|(family, topic)| (family, topic.to_owned()))
            .collect()
    };
    let topics: Vec<_> = delivered
        .iter()
        .map(|(family, topic)| (*family, topic.as_str()))
        .collect();
    let (index, subscriber) = unscanned(registry, &topics)?;
    Some((topics[index].1.to_owned(), subscriber))
}
