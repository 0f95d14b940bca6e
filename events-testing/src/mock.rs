//! The guard of a mock: it is installed, and when it goes what was expected must hold.

use std::{future::Future, ops::Deref, panic, sync::Arc};

use events_core::{__testing, Entered, Location, Registry};

use crate::{
    events::{Events, fail, note},
    state::mock_state::{self as shared, Shared},
};

/// A mock of the events of one test, installed on this thread until this guard is dropped.
///
/// The events of this thread go to a registry of the mock's own, so tests that run beside one another see
/// nothing of each other. When the guard is dropped, what was expected must hold: otherwise it panics,
/// or, when the thread panics already, says on standard error what else is wrong.
///
/// Mocks nest: the inner one hides the outer until it is dropped. A guard stays on its thread; handles
/// ([`Events`], to which it dereferences) go anywhere. What is emitted by a thread that outlives the mock
/// is treated as before, and nobody counts it.
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
    // The scope is left before what was expected is looked at.
    _entered: Entered,
    verifier: Verifier,
}

/// Looks at what was expected when it goes.
#[derive(Debug)]
struct Verifier {
    events: Events,
    /// The test has failed for another reason, which it tells by itself.
    failed: bool,
}

impl EventMock {
    /// A mock whose registry begins with the declared subscribers of the current one, as a scan would
    /// make them: with the values that scans were given, with listeners of its own, and with `once` not
    /// used up. Where nothing was scanned there are none. A scan in the test is one of this registry.
    ///
    /// # Panics
    ///
    /// See [`EventMock`]: when it is dropped, and an expectation does not hold.
    #[track_caller]
    pub fn install() -> Self {
        Self::of(__testing::copy_of_declared(&events_core::registry()), true)
    }

    /// A mock whose registry begins empty: nobody hears anything but those whom the test subscribes.
    #[track_caller]
    pub fn empty() -> Self {
        Self::of(Registry::new(), true)
    }

    /// A mock of the events of this registry, whoever emits them on whatever thread; it becomes the
    /// current one, too. What the registry was before it is again when the guard is dropped.
    ///
    /// For code that holds a registry of its own, and for a test with subscribers of its own:
    /// `EventMock::over(&Registry::with(subscribers![greet]))`. Other tests that use the registry
    /// meanwhile are mixed up with this one. Of several over one registry the last that is still there sees
    /// the events.
    #[track_caller]
    pub fn over(registry: &Registry) -> Self {
        Self::of(registry.clone(), false)
    }

    /// Calls `body` with a mock that is installed meanwhile.
    ///
    /// # Panics
    ///
    /// When an expectation does not hold in the end.
    #[track_caller]
    pub fn run<T>(body: impl FnOnce(&Events) -> T) -> T {
        let mock = Self::install();
        let result = body(&mock);
        mock.verify();
        result
    }

    /// Awaits `future` with a mock that is installed whenever it is polled, on whatever thread: for a test
    /// that is one task among others. The future gets the mock with [`current`](crate::current).
    ///
    /// Dropping it before it is ready drops the mock, and an expectation that does not hold panics.
    ///
    /// # Panics
    ///
    /// When an expectation does not hold in the end.
    #[track_caller]
    pub fn run_future<F: Future>(future: F) -> impl Future<Output = F::Output> + use<F> {
        let EventMock { _entered, verifier } = Self::install();
        drop(_entered);
        let scoped = verifier.events.bring_future(future);
        async move {
            // As long as the future, and behind it when both are dropped.
            let verifier = verifier;
            let result = scoped.await;
            drop(verifier);
            result
        }
    }

    /// Looks now whether what was expected holds, and ends the mock.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[track_caller]
    pub fn verify(self) {
        let Self {
            _entered,
            mut verifier,
        } = self;
        drop(_entered);
        if let Some(text) = verifier.end() {
            fail(&text);
        }
    }

    /// Ends the mock of a test that has failed for another reason, which it tells by itself.
    pub(crate) fn end_failed(mut self) {
        self.verifier.failed = true;
    }

    /// The mock of a registry; when it `stays`, also once it is over.
    #[track_caller]
    fn of(registry: Registry, stays: bool) -> Self {
        let location = Location::from(panic::Location::caller());
        let shared = Arc::new(Shared::new(location, stays, shared::of(&registry)));
        shared::set(&registry, Some(&shared));
        Self {
            _entered: registry.enter(),
            verifier: Verifier {
                events: Events { registry, shared },
                failed: false,
            },
        }
    }
}

impl Deref for EventMock {
    type Target = Events;

    fn deref(&self) -> &Events {
        &self.verifier.events
    }
}

impl Verifier {
    /// The mock is over; what does not hold, the first time.
    fn end(&mut self) -> Option<String> {
        if self.events.shared.end() {
            return None;
        }
        shared::leave(&self.events.registry, &self.events.shared);
        self.events.verdict()
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        match self.end() {
            Some(text) if self.failed => note(&text),
            Some(text) => fail(&text),
            None => {}
        }
    }
}
