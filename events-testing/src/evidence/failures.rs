//! The failures of subscribers under a mock, and which of them the test expects.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_core::{Failure, info::Location};

/// A failure of a subscriber that no code received as a result.
#[derive(PartialEq, Eq)]
pub(crate) struct SubscriberFailure {
    pub(crate) subscriber: String,
    /// Where the subscriber is declared.
    pub(crate) location: Location,
    pub(crate) topic: String,
    /// How it failed, as a text.
    pub(crate) cause: String,
}

/// Failures that the test expects.
pub(crate) struct FailureRule {
    /// The path of the subscriber, or the end of the path; without it, any subscriber.
    pub(crate) subscriber: Option<String>,
    /// A part of the text of the failure.
    pub(crate) text: Option<String>,
    /// The exact count; without it, at least once.
    pub(crate) times: Option<usize>,
    /// The line of the test that created the expectation.
    pub(crate) location: Location,
}

/// The failures of a mock.
#[derive(Default)]
pub(crate) struct Failures {
    pub(crate) rules: Vec<FailureRule>,
    /// The failures in their order; equal ones in a row are one entry with a count.
    recorded: Vec<(SubscriberFailure, usize)>,
    /// The subscribers whose failed calls are repeated, once for each repetition.
    retried: Vec<String>,
}

impl SubscriberFailure {
    /// Called while the mock is not locked: the text of an error comes from code of the user.
    pub(crate) fn new(failure: &Failure) -> Self {
        let subscriber = failure.subscriber();
        let cause = catch_unwind(AssertUnwindSafe(|| failure.cause().to_string()));
        let cause = cause.unwrap_or_else(|payload| {
            // The destructor of the payload might panic as well.
            mem::forget(payload);
            "returned an error whose text panics".to_owned()
        });
        Self {
            subscriber: subscriber.name.to_string(),
            location: subscriber.location,
            topic: subscriber.topic.to_string(),
            cause,
        }
    }
}

impl FailureRule {
    pub(crate) fn new(location: Location) -> Self {
        Self {
            subscriber: None,
            text: None,
            times: None,
            location,
        }
    }

    fn includes(&self, failure: &SubscriberFailure) -> bool {
        let is_of = |wanted: &String| is_name_or_end(&failure.subscriber, wanted);
        let contains = |text: &String| failure.cause.contains(text);
        self.subscriber.as_ref().is_none_or(is_of) && self.text.as_ref().is_none_or(contains)
    }
}

impl Failures {
    pub(crate) fn record(&mut self, failure: SubscriberFailure) {
        match self.recorded.last_mut() {
            Some((last, count)) if *last == failure => *count += 1,
            _ => self.recorded.push((failure, 1)),
        }
    }

    /// A call of the subscriber failed and is repeated, which is no failure of the test.
    pub(crate) fn record_retry(&mut self, subscriber: String) {
        self.retried.push(subscriber);
    }

    /// How many failed calls of the subscriber with that path, or end of the path, were repeated.
    pub(crate) fn retries_of(&self, subscriber: &str) -> usize {
        let retried = self.retried.iter();
        retried
            .filter(|name| is_name_or_end(name, subscriber))
            .count()
    }

    /// How many of the failures a rule includes.
    pub(crate) fn count(&self, rule: &FailureRule) -> usize {
        let recorded = self.recorded.iter();
        let included = recorded.filter(|(failure, _)| rule.includes(failure));
        included.map(|(_, count)| count).sum()
    }

    /// The rules that do not hold, each with the count of its failures.
    pub(crate) fn missed(&self) -> impl Iterator<Item = (&FailureRule, usize)> {
        let counted = self.rules.iter().map(|rule| (rule, self.count(rule)));
        counted.filter(|(rule, count)| rule.times.map_or(*count == 0, |times| *count != times))
    }

    /// The failures that no rule includes, each with its count.
    pub(crate) fn unexpected(&self) -> impl Iterator<Item = (&SubscriberFailure, usize)> {
        let is_unexpected = |(failure, _): &&(SubscriberFailure, usize)| {
            !self.rules.iter().any(|rule| rule.includes(failure))
        };
        let unexpected = self.recorded.iter().filter(is_unexpected);
        unexpected.map(|(failure, count)| (failure, *count))
    }
}

/// Whether `wanted` is the name, or the end of the name after a `::`.
pub(crate) fn is_name_or_end(name: &str, wanted: &str) -> bool {
    let before = name.strip_suffix(wanted);
    let is_end = |before: &str| before.is_empty() || before.ends_with("::");
    !wanted.is_empty() && before.is_some_and(is_end)
}
