//! The state of one mock, shared by its guard, its handles and the registry it is installed on.
//!
//! A mock is the interceptor of a registry: the registry calls it with each event before the subscribers.
//! The mock records the event, compares it with the rules, and decides whether the event is *withheld*,
//! which means that its subscribers do not receive it.
//!
//! The lock of [`MockState`] is the only one of this crate. No code of the user runs while it is locked: not a
//! `Clone` or a `Drop` of an event, not a `matching` or the values that it captures, not the writer of a text.
//! So all of it may emit, and use the mock. Values are moved or counted out of the lock first.
//!
//! Clones that the mock has made, and closures that it holds, are dropped in an empty registry; see `discard`.

use std::{
    any::{Any, TypeId},
    collections::HashSet,
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use events_core::{
    __testing::{self, Intercepted, Interceptor},
    Registry,
    info::Location,
};

use super::{
    discard::{discard, resume},
    event_clone::EventClone,
    nesting::Nesting,
    recorded_event::{Delivery, RecordedEvent},
    rule::{EventSelector, MatchResult, Rule, RuleCheck, RuleOrder},
};

/// A mock.
pub(crate) struct MockState {
    data: Mutex<MockData>,
    /// The line of the test that installed it.
    pub(crate) location: Location,
    /// Whether it still withholds events after the end of its test. True for a registry that belongs to
    /// the mock: a thread that outlives the test must not reach the real subscribers.
    withholds_after_end: bool,
    /// The mock that was installed on the registry before this one.
    previous: Option<Arc<Self>>,
}

/// The part of a mock that changes.
#[derive(Default)]
pub(crate) struct MockData {
    pub(crate) rules: Vec<Rule>,
    pub(crate) orders: Vec<RuleOrder>,
    pub(crate) fakes: Fakes,
    /// The muted event types, each with the thread it is muted on; once for each mute guard.
    pub(crate) muted: Vec<(TypeId, ThreadId)>,
    /// The recorded events, in the order of their numbers.
    pub(crate) events: Vec<RecordedEvent>,
    /// The number of the next recorded event.
    pub(crate) next_number: u64,
    /// The test has ended: nothing is recorded any more.
    has_ended: bool,
}

/// The event types that are withheld without an expectation: all or none, with exceptions.
#[derive(Default)]
pub(crate) struct Fakes {
    pub(crate) all: bool,
    pub(crate) except: HashSet<TypeId>,
}

impl Fakes {
    fn include(&self, family: TypeId) -> bool {
        self.all != self.except.contains(&family)
    }
}

impl MockData {
    /// The recorded events that are not muted.
    pub(crate) fn counted_events(&self) -> impl Iterator<Item = &RecordedEvent> {
        self.events.iter().filter(|event| event.is_counted())
    }

    /// The recorded events that are selected and not muted.
    pub(crate) fn selected_events(
        &self,
        selector: &EventSelector,
    ) -> impl Iterator<Item = &RecordedEvent> {
        self.counted_events()
            .filter(|event| selector.selects(event.family, &event.topic))
    }

    /// [`selected_events`](Self::selected_events), to share their clones.
    pub(crate) fn selected_events_mut(
        &mut self,
        selector: &EventSelector,
    ) -> impl Iterator<Item = &mut RecordedEvent> {
        let counted = self.events.iter_mut().filter(|event| event.is_counted());
        counted.filter(|event| selector.selects(event.family, &event.topic))
    }

    /// Whether these events are muted on this thread.
    fn is_muted(&self, family: TypeId) -> bool {
        self.muted.contains(&(family, thread::current().id()))
    }

    /// The checks of all rules that select the event.
    fn checks(&self, event: &RecordedEvent) -> Vec<RuleCheck> {
        let rules = self.rules.iter().enumerate();
        rules
            .filter_map(|(index, rule)| rule.check(index, event.family, &event.topic))
            .collect()
    }

    /// The checks whose rules have an option that was set after the check was made, by another thread or by a
    /// `matching`. Each is returned by its index, as a check with that option.
    fn outdated(&self, checks: &[RuleCheck], number: u64) -> Vec<(usize, RuleCheck)> {
        let Some(event) = self.events.iter().rfind(|event| event.number == number) else {
            return Vec::new(); // `clear` has removed it
        };
        let renew = |(index, check): (usize, &RuleCheck)| {
            let rule = self.rules.get(check.rule)?;
            let is_outdated = !rule.is_checked_by(check);
            let check =
                is_outdated.then(|| rule.check(check.rule, event.family, &event.topic))??;
            Some((index, check))
        };
        checks.iter().enumerate().filter_map(renew).collect()
    }

    /// Records an event and returns its number.
    fn record(&mut self, mut event: RecordedEvent) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        event.number = number;
        self.events.push(event);
        number
    }

    /// Adds the results of a recorded event to the rules. Returns whether the event is withheld: it is
    /// when it is faked or matches a rule.
    fn add_results(
        &mut self,
        number: u64,
        results: Vec<(usize, MatchResult)>,
        is_faked: bool,
    ) -> bool {
        let mut is_withheld = is_faked;
        for (rule, result) in results {
            is_withheld |= matches!(result, MatchResult::Matched);
            if let Some(rule) = self.rules.get_mut(rule)
                && rule.first_event <= number
            {
                rule.add_result(number, result);
            }
        }
        // It is usually the last one; after `clear` it is not there.
        let mut newest_first = self.events.iter_mut().rev();
        if is_withheld && let Some(event) = newest_first.find(|event| event.number == number) {
            event.delivery = Delivery::Withheld;
        }
        is_withheld
    }
}

impl MockState {
    pub(crate) fn new(
        location: Location,
        withholds_after_end: bool,
        previous: Option<Arc<Self>>,
    ) -> Self {
        Self {
            data: Mutex::default(),
            location,
            withholds_after_end,
            previous,
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, MockData> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the test of this mock: from now on events are withheld as before, but not recorded. Returns
    /// whether it had ended before.
    pub(crate) fn end(&self) -> bool {
        mem::replace(&mut self.lock().has_ended, true)
    }

    /// Whether it still records or withholds events.
    fn is_active(&self) -> bool {
        self.withholds_after_end || !self.lock().has_ended
    }

    /// The mock that is installed on a registry.
    pub(crate) fn of_registry(registry: &Registry) -> Option<Arc<Self>> {
        let interceptor: Arc<dyn Any + Send + Sync> = __testing::interceptor(registry)?;
        interceptor.downcast().ok()
    }

    /// Installs this mock on a registry, in place of any other.
    pub(crate) fn install(self: &Arc<Self>, registry: &Registry) {
        Self::replace(registry, Some(self));
    }

    /// Uninstalls this mock from a registry after its end, and installs the newest earlier mock that is
    /// still active. Does nothing when this mock withholds events after its end, or when another mock has
    /// replaced it.
    pub(crate) fn uninstall(self: &Arc<Self>, registry: &Registry) {
        let is_installed =
            || Self::of_registry(registry).is_some_and(|mock| Arc::ptr_eq(&mock, self));
        if self.withholds_after_end || !is_installed() {
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
        __testing::set_interceptor(registry, interceptor);
    }
}

impl Interceptor for MockState {
    fn withholds(&self, event: &mut dyn Intercepted) -> bool {
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
