//! The part of a mock that changes: its events, rules and fakes. It is behind the lock of the mock, so no code of
//! the user runs here.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    task::Waker,
    thread::{self, ThreadId},
};

use super::{
    recorded_event::{Delivery, RecordedEvent},
    rule::{EventSelector, MatchResult, Rule, RuleCheck, RuleOrder},
};
use crate::evidence::failures::Failures;

/// The part of a mock that changes.
#[derive(Default)]
pub(crate) struct MockData {
    pub(crate) rules: Vec<Rule>,
    pub(crate) orders: Vec<RuleOrder>,
    pub(crate) failures: Failures,
    /// The names of the subscribers that its registry has or had, but for the declared ones.
    pub(crate) names: BTreeSet<Cow<'static, str>>,
    pub(crate) fakes: Fakes,
    /// The muted event types, each with the thread it is muted on; once for each mute guard.
    pub(crate) muted: Vec<(TypeId, ThreadId)>,
    /// The recorded events, in the order of their numbers.
    pub(crate) events: Vec<RecordedEvent>,
    /// The number of the next recorded event.
    pub(crate) next_number: u64,
    /// The tasks that wait for an event.
    pub(super) waiting: WaitingTasks,
    /// The test has ended: nothing is recorded any more.
    pub(super) has_ended: bool,
}

/// The event types that are withheld without an expectation: all or none, with exceptions.
#[derive(Default)]
pub(crate) struct Fakes {
    pub(crate) all: bool,
    pub(crate) except: HashSet<TypeId>,
}

/// The wakers of the tasks that wait for an event, one for each future.
#[derive(Default)]
pub(crate) struct WaitingTasks {
    pub(super) wakers: Vec<(u64, Waker)>,
    pub(super) next_key: u64,
}

impl Fakes {
    pub(super) fn include(&self, family: TypeId) -> bool {
        self.all != self.except.contains(&family)
    }
}

impl MockData {
    /// The recorded events that are not muted.
    pub(crate) fn counted_events(&self) -> impl Iterator<Item = &RecordedEvent> {
        self.events.iter().filter(|event| event.is_counted())
    }

    /// The index of a recorded event; after [`clear`](crate::Events::clear) it has none.
    pub(crate) fn index_of(&self, number: u64) -> Option<usize> {
        let events = &self.events;
        events
            .binary_search_by_key(&number, |event| event.number)
            .ok()
    }

    /// A recorded event by its number.
    pub(crate) fn event(&self, number: u64) -> Option<&RecordedEvent> {
        self.index_of(number).map(|index| &self.events[index])
    }

    /// The recorded events that are selected and not muted.
    pub(crate) fn selected_events(
        &self,
        selector: &EventSelector,
    ) -> impl Iterator<Item = &RecordedEvent> {
        self.counted_events()
            .filter(|event| selector.selects(event.family, &event.topic))
    }

    /// [`event`](Self::event), to share its clone.
    pub(crate) fn event_mut(&mut self, number: u64) -> Option<&mut RecordedEvent> {
        self.index_of(number).map(|index| &mut self.events[index])
    }

    /// Whether these events are muted on this thread.
    pub(super) fn is_muted(&self, family: TypeId) -> bool {
        self.muted.contains(&(family, thread::current().id()))
    }

    /// The checks of all rules that select the event.
    pub(super) fn checks(&self, event: &RecordedEvent) -> Vec<RuleCheck> {
        let rules = self.rules.iter().enumerate();
        rules
            .filter_map(|(index, rule)| rule.check(index, event.family, &event.topic))
            .collect()
    }

    /// The checks whose rules have an option that was set after the check was made, by another thread or by a
    /// `matching`. Each is returned by its index, as a check with that option.
    pub(super) fn outdated(&self, checks: &[RuleCheck], number: u64) -> Vec<(usize, RuleCheck)> {
        if self.has_ended {
            return Vec::new();
        }
        let Some(event) = self.event(number) else {
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
    pub(super) fn record(&mut self, mut event: RecordedEvent) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        event.number = number;
        self.events.push(event);
        number
    }

    /// Adds the results of a recorded event to the rules. Returns whether the event is withheld: it is
    /// when it is faked or matches a rule.
    pub(super) fn add_results(
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
        // After `clear` it is not there.
        if is_withheld && let Some(index) = self.index_of(number) {
            self.events[index].delivery = Delivery::Withheld;
        }
        is_withheld
    }
}

impl WaitingTasks {
    pub(super) fn remove(&mut self, key: u64) -> Option<Waker> {
        let index = self.wakers.iter().position(|(other, _)| *other == key)?;
        Some(self.wakers.swap_remove(index).1)
    }
}
