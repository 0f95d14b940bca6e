//! The assertion of how many failed calls of a subscriber were followed by a further attempt.

use events_core::__testing::{self, suggest};

use crate::{events::Events, evidence::failures::is_name_or_end};

impl Events {
    /// Asserts how many failed calls of a subscriber were followed by a further attempt, by its option `retry`. The subscriber
    /// is named by the end of its path, or by its id. Such a failure is none of the test; the last one is, which no attempt
    /// follows.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Emission, Event, Registry, subscriber, subscribers};
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event, Clone)]
    /// struct MailQueued;
    ///
    /// #[subscriber(deferred, retry = 3)]
    /// fn send(_: &MailQueued, emission: &Emission) -> Result<(), &'static str> {
    ///     if emission.attempt() < 3 { Err("the server is busy") } else { Ok(()) }
    /// }
    ///
    /// let events = EventMock::over(&Registry::with(subscribers![send]));
    /// MailQueued.emit();
    /// events.advance(Duration::from_secs(60));
    /// events.assert_retried("send", 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If it is another number, and if no subscriber of the registry with that name has the option `retry`.
    #[track_caller]
    pub fn assert_retried(&self, subscriber: &str, times: usize) {
        let retried = self.mock.lock().failures.retries_of(subscriber);
        if retried == 0 {
            self.require_retry(subscriber);
        }
        let calls = if retried == 1 {
            "1 failed call"
        } else {
            &*format!("{retried} failed calls")
        };
        assert!(
            retried == times,
            "{calls} of `{subscriber}` {} followed by a further attempt, and not {times}; delays between attempts pass \
             with `advance(..)`",
            if retried == 1 { "was" } else { "were" },
        );
    }

    /// Fails if no subscriber with that path or id has the option `retry`: an assertion about a misspelt name could not fail.
    #[track_caller]
    fn require_retry(&self, subscriber: &str) {
        let present = __testing::all_subscribers(&self.registry);
        let is_named = |name: &str| is_name_or_end(name, subscriber);
        let mut named = present.iter().filter(|one| is_named(&one.name)).peekable();
        if named.peek().is_some() {
            assert!(
                named.any(|one| one.retry.is_some()),
                "`{subscriber}` has no option `retry`, so none of its calls is followed by a further attempt; add \
                 `retry = 3`, or expect its failure with `expect_failure()`"
            );
            return;
        }
        let mut removed = self.mock.lock().names.clone();
        removed.retain(|name| is_named(name));
        if removed.is_empty() {
            let repeated = present.iter().filter(|one| one.retry.is_some());
            let text = format!("no subscriber `{subscriber}` is registered");
            match suggest(subscriber, repeated.map(|one| &*one.name)) {
                Some(question) => panic!("{text}; {question}"),
                None => panic!("{text}; write the end of the path of a function, or an id"),
            }
        }
    }
}
