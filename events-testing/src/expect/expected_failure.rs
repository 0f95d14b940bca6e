//! [`ExpectedFailure`]: the handle with which a test states that a subscriber fails.

use std::{fmt, sync::Arc};

use events_core::info::Location;

use crate::{evidence::failures::FailureRule, state::mock_state::MockState};

/// The expectation that a subscriber fails or panics: at least once, unless another count is set. Created by
/// [`Events::expect_failure`](crate::Events::expect_failure), and checked at the end of the test.
///
/// A failure that matches it does not fail the test. A failure that matches several counts for each.
///
/// ```
/// use events_core::Event;
/// use events_testing::{EventMock, Events, ExpectedFailure};
///
/// #[derive(Event)]
/// struct Saved;
///
/// /// Expects that the backup fails, for any reason.
/// fn expect_no_backup(events: &Events) -> ExpectedFailure {
///     events.expect_failure().of("backup")
/// }
///
/// let events = EventMock::install();
/// let full = |_: &Saved| Err::<(), _>("the disk is full");
/// events.registry().subscribe(full).id("backup").register().unwrap().detach();
/// expect_no_backup(&events).times(2);
/// Saved.emit();
/// Saved.emit();
/// ```
#[derive(Clone)]
pub struct ExpectedFailure {
    mock: Arc<MockState>,
    /// The index of the rule in the mock.
    rule: usize,
}

impl ExpectedFailure {
    #[track_caller]
    pub(crate) fn new(mock: &Arc<MockState>) -> Self {
        let location = Location::from(std::panic::Location::caller());
        let rule = {
            let rules = &mut mock.lock().failures.rules;
            rules.push(FailureRule::new(location));
            rules.len() - 1
        };
        Self {
            mock: Arc::clone(mock),
            rule,
        }
    }

    /// Restricts it to one subscriber, identified by the path of its function or by its id, as in the report of
    /// a scan; the end of the path is enough.
    ///
    /// # Panics
    ///
    /// When it has a subscriber already.
    #[track_caller]
    pub fn of(self, subscriber: impl Into<String>) -> Self {
        let subscriber = subscriber.into();
        self.set(
            |rule| &mut rule.subscriber,
            subscriber,
            "a subscriber; write another `expect_failure()` for the other one",
        )
    }

    /// Restricts it to failures whose text contains this: the message of a panic, or an error with its sources.
    ///
    /// # Panics
    ///
    /// When it has a text already.
    #[track_caller]
    pub fn containing(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.set(
            |rule| &mut rule.text,
            text,
            "a text; write another `expect_failure()` for the other one",
        )
    }

    /// Requires exactly this count of failures.
    ///
    /// # Panics
    ///
    /// When it has a count already, and when `times` is 0: without the expectation no failure is expected.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn times(self, times: usize) -> Self {
        assert!(
            times > 0,
            "an expected failure occurs at least once; remove this expectation if none is to occur"
        );
        self.set(|rule| &mut rule.times, times, "a count; write only one")
    }

    #[track_caller]
    fn set<T>(
        self,
        option: impl FnOnce(&mut FailureRule) -> &mut Option<T>,
        value: T,
        present: &str,
    ) -> Self {
        let is_present = {
            let rules = &mut self.mock.lock().failures.rules;
            let option = option(&mut rules[self.rule]);
            let is_present = option.is_some();
            option.get_or_insert(value);
            is_present
        };
        assert!(!is_present, "this expected failure already has {present}");
        self
    }
}

impl fmt::Debug for ExpectedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The writer behind `f` is code of the user, which must not run while the mock is locked.
        let location = self.mock.lock().failures.rules[self.rule].location;
        f.debug_struct("ExpectedFailure")
            .field("location", &format_args!("{location}"))
            .finish_non_exhaustive()
    }
}
