//! The state of one mock, shared by its guard, its handles and the registry it is installed on.
//!
//! A mock is the interceptor of a registry: the registry calls it with each event before the subscribers.
//! The mock records the event, compares it with the rules, and decides whether the event is *withheld*,
//! which means that its subscribers do not receive it.
//!
//! The lock of [`MockState`] guards all that changes, but for the log of what is emitted outside. No code of the user runs while it is locked: not a
//! `Clone` or a `Drop` of an event, not a `matching` or the values that it captures, not the writer of a text.
//! So all of it may emit, and use the mock. Values are moved or counted out of the lock first.
//!
//! Clones that the mock has made, and closures that it holds, are dropped in an empty registry; see `discard`.

use std::{
    any::Any,
    borrow::Cow,
    fmt, mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use events_core::{
    __testing::{self, Intercepted, Interceptor},
    Failure, Registry,
    info::Location,
};

use super::{
    discard::{discard, resume},
    event_clone::EventClone,
    mock_data::MockData,
    nesting::Nesting,
    recorded_event::{Delivery, RecordedEvent},
    rule::{MatchResult, RuleCheck},
    stopped_time::StoppedTime,
};
use crate::evidence::{
    failures::SubscriberFailure,
    outside::{self, OutsideLog},
};

/// A mock.
pub(crate) struct MockState {
    data: Mutex<MockData>,
    /// The line of the test that installed it.
    pub(crate) location: Location,
    /// How its registry began.
    pub(crate) start: Start,
    /// Whether its registry is the default one.
    is_on_default: bool,
    /// Whether it belongs to an async test.
    pub(crate) is_async: AtomicBool,
    /// How many closures and futures that belong to the test are alive, on any thread.
    brought: AtomicUsize,
    /// The time of its registry, if the test has stopped it.
    pub(crate) time: StoppedTime,
    /// What was emitted outside of the test.
    pub(crate) outside: Arc<OutsideLog>,
    /// Notified of each recorded event.
    pub(super) arrived: Condvar,
    /// The mock that was installed on the registry before this one.
    previous: Option<Arc<Self>>,
}

/// How the registry of a mock begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// As a copy of the current registry, with its declared subscribers.
    Copy,
    /// Without subscribers.
    Empty,
    /// It exists already, and does not belong to the mock.
    Given,
}

/// A closure or future that belongs to the test, until this is dropped.
pub(crate) struct Membership(Arc<MockState>);

impl MockState {
    pub(crate) fn new(location: Location, start: Start, registry: &Registry) -> Self {
        Self {
            data: Mutex::default(),
            location,
            is_on_default: *registry == __testing::default_registry(),
            start,
            is_async: AtomicBool::new(false),
            brought: AtomicUsize::new(0),
            time: StoppedTime::default(),
            outside: Arc::default(),
            arrived: Condvar::new(),
            previous: Self::of_registry(registry),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, MockData> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the test of this mock: from now on events are withheld as before, but not recorded. Returns
    /// whether it had ended before.
    pub(crate) fn end(&self) -> bool {
        self.outside.close();
        mem::replace(&mut self.lock().has_ended, true)
    }

    /// Whether it still withholds events after the end of its test: a thread that outlives the test must not
    /// reach the real subscribers. A registry that was given has those of its owner.
    fn withholds_after_end(&self) -> bool {
        self.start != Start::Given
    }

    /// Takes the closures out of the rules, if the test has ended and no closure or future of it is left. They
    /// may hold the mock, which would never be freed. From then on such a rule matches each selected event.
    pub(crate) fn release_matchings(&self) -> thread::Result<()> {
        let mut data = self.lock();
        let is_over = data.has_ended && self.brought.load(Ordering::SeqCst) == 0;
        let rules = data.rules.iter_mut().filter(|_| is_over);
        let matchings: Vec<_> = rules.filter_map(|rule| rule.matching.take()).collect();
        drop(data);
        discard(matchings)
    }

    /// Whether it still records or withholds events.
    fn is_active(&self) -> bool {
        self.withholds_after_end() || !self.lock().has_ended
    }

    /// The mock that is installed on a registry.
    pub(crate) fn of_registry(registry: &Registry) -> Option<Arc<Self>> {
        let interceptor: Arc<dyn Any + Send + Sync> = __testing::interceptor(registry)?;
        interceptor.downcast().ok()
    }

    /// Installs this mock on a registry, in place of any other.
    pub(crate) fn install(self: &Arc<Self>, registry: &Registry) {
        if self.start == Start::Given {
            self.lock()
                .names
                .extend(__testing::subscriber_names(registry));
        }
        Self::replace(registry, Some(self));
        self.outside.open();
    }

    /// Uninstalls this mock from a registry after its end, and installs the newest earlier mock that is
    /// still active. Does nothing when this mock withholds events after its end, or when another mock has
    /// replaced it.
    pub(crate) fn uninstall(self: &Arc<Self>, registry: &Registry) {
        let is_installed =
            || Self::of_registry(registry).is_some_and(|mock| Arc::ptr_eq(&mock, self));
        if self.withholds_after_end() || !is_installed() {
            return;
        }
        let mut previous = self.previous.as_ref();
        while let Some(inactive) = previous.filter(|previous| !previous.is_active()) {
            previous = inactive.previous.as_ref();
        }
        Self::replace(registry, previous);
    }

    fn replace(registry: &Registry, mock: Option<&Arc<Self>>) {
        let interceptor = mock.map(|mock| Arc::clone(mock) as Arc<dyn Interceptor>);
        outside::set_interceptor(registry, interceptor);
    }
}

impl Membership {
    pub(crate) fn new(mock: &Arc<MockState>) -> Self {
        mock.brought.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(mock))
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if self.0.brought.fetch_sub(1, Ordering::SeqCst) == 1 {
            resume(self.0.release_matchings());
        }
    }
}

impl Interceptor for MockState {
    fn failed(&self, failure: &Failure) {
        if !failure.is_final() {
            let subscriber = failure.subscriber().name.to_string();
            let mut data = self.lock();
            if !data.has_ended {
                data.failures.record_retry(subscriber);
            }
            return;
        }
        let failure = SubscriberFailure::new(failure);
        let mut data = self.lock();
        if !data.has_ended {
            data.failures.record(failure);
        }
    }

    fn subscribed(&self, names: Vec<Cow<'static, str>>) {
        self.lock().names.extend(names);
    }

    fn withholds(&self, event: &mut dyn Intercepted) -> bool {
        if self.is_on_default {
            outside::record(event, Some(&self.outside));
        }
        let nesting = Nesting::enter();
        let family = event.family();
        let (is_muted, has_ended, recorded_before) = {
            let data = self.lock();
            (data.is_muted(family), data.has_ended, data.next_number)
        };
        let delivery = if is_muted {
            Delivery::Muted
        } else {
            Delivery::Delivered
        };
        let mut recorded = RecordedEvent::new(recorded_before, event, delivery);
        if !has_ended && !nesting.is_too_deep() {
            recorded.clone_event(event);
        }
        let (number, mut checks, is_faked) = {
            let mut data = self.lock();
            let is_faked = data.fakes.include(family);
            let checks = if is_muted {
                Vec::new()
            } else {
                data.checks(&recorded)
            };
            if data.has_ended {
                drop(data);
                // Cloned while the mock ended. A panic of its destructor must not fail the code that emits.
                if let Err(payload) = discard_clones([recorded]) {
                    mem::forget(payload);
                }
                let matches =
                    |check: &RuleCheck| matches!(check.run(event, &nesting), MatchResult::Matched);
                return is_muted || is_faked || checks.iter().any(matches);
            }
            (data.record(recorded), checks, is_faked)
        };
        if is_muted {
            return true;
        }
        self.notify_waiting();
        let results = checks
            .iter()
            .map(|check| (check.rule, check.run(event, &nesting)));
        let mut results: Vec<_> = results.collect();
        loop {
            let outdated = {
                let mut data = self.lock();
                let outdated = data.outdated(&checks, number);
                if outdated.is_empty() {
                    return data.add_results(number, results, is_faked);
                }
                outdated
            };
            for (index, check) in outdated {
                results[index] = (check.rule, check.run(event, &nesting));
                checks[index] = check;
            }
        }
    }
}

impl Drop for MockState {
    fn drop(&mut self) {
        let data = self.data.get_mut().unwrap_or_else(PoisonError::into_inner);
        let matchings = mem::take(&mut data.rules);
        let matchings = matchings.into_iter().filter_map(|rule| rule.matching);
        let clones = discard_clones(mem::take(&mut data.events));
        let matchings = discard(matchings);
        resume(clones.and(matchings));
    }
}

/// Drops recorded events; while the mock is not locked, because their destructors may use it.
pub(crate) fn discard_clones(
    events: impl IntoIterator<Item = RecordedEvent>,
) -> thread::Result<()> {
    let clones = events.into_iter().map(|event| event.clone);
    discard(clones.filter(|clone| !matches!(clone, EventClone::Missing)))
}

impl fmt::Debug for MockState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MockState({})", self.location)
    }
}
