//! [`EventMock`]: the guard of a mock. It installs the mock, and checks the expectations when it is dropped.

use std::{
    future::Future,
    mem,
    ops::Deref,
    panic,
    sync::{Arc, atomic::Ordering},
    thread,
};

use events_core::{__testing, Registry, info::Location, scopes::Entered};

use crate::{
    events::Events,
    state::{
        discard::{discard, resume},
        mock_state::{MockState, Start},
    },
};

/// A mock of the events of one test, installed on this thread until this guard is dropped.
///
/// The mock makes a registry of its own the current one of this thread, so tests that run in parallel do
/// not affect each other. When the guard is dropped, it checks the expectations, and that no subscriber has failed
/// unless that is [expected](Events::expect_failure). If one does not hold, it
/// panics; if the thread is already panicking, it prints the failure to standard error instead.
///
/// Mocks nest: the inner mock hides the outer one until it is dropped. A guard stays on its thread; the
/// handles ([`Events`], to which it dereferences) can be sent to other threads. Events that a thread emits
/// after the end of the mock are delivered or withheld as before, but not recorded. A `matching` is called as long as a
/// closure or future of [`bring`](Events::bring) or [`bring_future`](Events::bring_future) is left; it is dropped after
/// that, and each event of its expectation is withheld.
///
/// ```
/// use events_core::Event;
/// use events_testing::EventMock;
///
/// #[derive(Event)]
/// struct UserRegistered;
///
/// let events = EventMock::install();
/// events.expect::<UserRegistered>().times(1);
/// UserRegistered.emit();
/// ```
#[must_use = "the mock is installed only until this guard is dropped"]
#[derive(Debug)]
pub struct EventMock {
    // Dropped first: the registry is no longer current when the expectations are checked.
    _entered: Entered,
    verifier: Verifier,
}

/// Checks the expectations when it is dropped.
#[derive(Debug)]
struct Verifier {
    /// `None` only while it is dropped: the destructors of what the registry and the mock hold run in an empty
    /// registry.
    events: Option<Events>,
    /// The test has failed for another reason, which the test harness reports.
    test_failed: bool,
}

impl EventMock {
    /// Installs a mock with a new registry. The registry starts with the declared subscribers of the current
    /// one, as a scan with the same state values would add them: with new listeners, and with unused `once`
    /// subscribers. If nothing was scanned, it starts empty. A scan in the test adds to this registry.
    ///
    /// # Panics
    ///
    /// See [`EventMock`]: the guard panics on drop when an expectation does not hold.
    #[track_caller]
    pub fn install() -> Self {
        Self::install_on(
            __testing::copy_of_declared(&events_core::registry()),
            Start::Copy,
        )
    }

    /// Installs a mock with an empty registry: it has only the subscribers that the test adds.
    #[track_caller]
    pub fn empty() -> Self {
        Self::install_on(Registry::new(), Start::Empty)
    }

    /// Installs a mock on an existing registry, for events from any thread, and makes that registry the
    /// current one. When the guard is dropped, the mock is removed from the registry.
    ///
    /// For code that holds its own registry, and for a test with given subscribers:
    /// `EventMock::over(&Registry::with(subscribers![greet]))`. The mock also records the events of other
    /// tests that use the registry at the same time. If several mocks are installed on one registry, only
    /// the newest records the events.
    #[track_caller]
    pub fn over(registry: &Registry) -> Self {
        Self::install_on(registry.clone(), Start::Given)
    }

    /// Calls `body` with a mock that is installed until `body` returns.
    ///
    /// # Panics
    ///
    /// When an expectation does not hold after `body`.
    #[track_caller]
    pub fn run<T>(body: impl FnOnce(&Events) -> T) -> T {
        let mock = Self::install();
        let result = body(&mock);
        mock.verify();
        result
    }

    /// Awaits `future` with a mock that is installed during each poll, on any thread: for a test that is one
    /// of several tasks. In the future, [`current`](crate::current()) returns the mock.
    ///
    /// If the returned future is dropped before it is ready, the mock is dropped, which panics when an
    /// expectation does not hold.
    ///
    /// # Panics
    ///
    /// When an expectation does not hold after `future`.
    #[track_caller]
    pub fn run_future<F: Future>(future: F) -> impl Future<Output = F::Output> + use<F> {
        let mock = Self::install();
        mock.begin_async();
        let EventMock { _entered, verifier } = mock;
        drop(_entered);
        let scoped = verifier.events().bring_future(future);
        async move {
            // Captured and bound in this order, so that `scoped` is dropped before `verifier`, whether this
            // future was polled or not.
            let (scoped, verifier) = (scoped, verifier);
            let result = scoped.await;
            drop(verifier);
            result
        }
    }

    /// Ends the mock and checks the expectations now.
    ///
    /// # Panics
    ///
    /// When an expectation does not hold.
    #[track_caller]
    pub fn verify(self) {
        let Self { _entered, verifier } = self;
        drop(_entered);
        if let Some(text) = verifier.end() {
            fail_test(&text);
        }
    }

    /// Records that the test is async, so that failing checks name the calls of async code.
    pub(crate) fn begin_async(&self) {
        self.verifier
            .events()
            .mock
            .is_async
            .store(true, Ordering::Relaxed);
    }

    /// Ends the mock of a test that has failed for another reason, which the test harness reports.
    pub(crate) fn end_failed(mut self) {
        self.verifier.test_failed = true;
    }

    /// Installs a mock on a registry and enters the registry.
    #[track_caller]
    fn install_on(registry: Registry, start: Start) -> Self {
        let location = Location::from(panic::Location::caller());
        let mock = Arc::new(MockState::new(location, start, &registry));
        mock.install(&registry);
        Self {
            _entered: registry.enter(),
            verifier: Verifier {
                events: Some(Events { registry, mock }),
                test_failed: false,
            },
        }
    }
}

impl Deref for EventMock {
    type Target = Events;

    fn deref(&self) -> &Events {
        self.verifier.events()
    }
}

impl Verifier {
    fn events(&self) -> &Events {
        match &self.events {
            Some(events) => events,
            None => unreachable!("only its drop takes the events"),
        }
    }

    /// Ends the mock. The first call returns the text of a test that fails at its end.
    fn end(&self) -> Option<String> {
        let events = self.events();
        if events.mock.end() {
            return None;
        }
        events.mock.uninstall(&events.registry);
        events.mock.time.end();
        events.failed_test()
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        let text = self.end();
        let matchings = self.events().mock.release_matchings();
        let discarded = match (matchings, discard(self.events.take())) {
            (Ok(()), discarded) => discarded,
            (Err(payload), Ok(())) => Err(payload),
            (Err(payload), Err(other)) => {
                // The destructor of the payload might panic as well.
                mem::forget(other);
                Err(payload)
            }
        };
        match text {
            Some(text) if self.test_failed => print_failure(&text),
            Some(text) => fail_test(&text),
            None => {}
        }
        resume(discarded);
    }
}

/// Fails the test with this text. If the thread is already panicking, only prints it, because a second panic
/// would abort the process.
#[track_caller]
fn fail_test(text: &str) {
    if thread::panicking() {
        print_failure(text);
    } else {
        panic!("{text}");
    }
}

/// Prints the failure of a test that fails for another reason, too.
#[expect(
    clippy::print_stderr,
    reason = "the test harness shows the standard error of a failed test"
)]
fn print_failure(text: &str) {
    eprintln!("\nin addition, {text}\n");
}
