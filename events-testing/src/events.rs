//! [`Events`]: the handle of a mock that tests use, which can be sent to other threads.

use std::{any::TypeId, collections::HashSet, fmt, future::Future, mem, sync::Arc};

use events_core::{
    __testing::EventSet, Event, Registry, info::Location, scopes::WithRegistry,
    subscribing::IntoPattern,
};

use crate::{
    expect::{
        expected_failure::ExpectedFailure,
        order::{InOrder, Step},
    },
    expectation::{ByTopic, Expectation},
    mute::{Body, Muted},
    report::{explanation::Circumstances, failure_text},
    state::{
        discard::resume,
        mock_data::Fakes,
        mock_state::{Membership, MockState, discard_clones},
        rule::{RuleOrder, Times},
    },
};

/// A handle of a mock, with which a test expects, fakes, mutes and inspects events.
///
/// [`current`](crate::current()) returns one, and an [`EventMock`](crate::EventMock), the guard of a mock,
/// dereferences to one. Clones are handles of the same mock, for other threads and for tasks.
#[derive(Clone)]
pub struct Events {
    pub(crate) registry: Registry,
    pub(crate) mock: Arc<MockState>,
}

impl Events {
    /// Expects that this event is emitted: at least once, unless the expectation sets another count. The
    /// event is recorded, and not delivered to its subscribers.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct UserRegistered {
    ///     email: String,
    /// }
    ///
    /// let events = EventMock::install();
    /// events.expect::<UserRegistered>().times(1).matching(|event| event.email.ends_with("@x.org"));
    ///
    /// UserRegistered { email: "a@x.org".into() }.emit();
    /// ```
    ///
    /// # Panics
    ///
    /// When such an event was already emitted: write expectations before the code that emits.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn expect<E: Event>(&self) -> Expectation<E> {
        Expectation::of_event(&self.mock)
    }

    /// Expects an event of any type whose whole topic matches this regular expression, or is that of
    /// [`Pattern::exact`](events_core::subscribing::Pattern::exact).
    ///
    /// ```
    /// use events_core::{args, emit_topic};
    /// use events_testing::EventMock;
    ///
    /// let events = EventMock::install();
    /// events.expect_topic("mail::.*").matching(|event| event.arg::<u32>("to") == Some(&7));
    ///
    /// emit_topic("mail::sent", args! { to: 7_u32 });
    /// ```
    ///
    /// # Panics
    ///
    /// When the pattern is not a regular expression, and when such an event was already emitted.
    #[track_caller]
    pub fn expect_topic(&self, pattern: impl IntoPattern) -> Expectation<ByTopic> {
        Expectation::of_topic(&self.mock, pattern)
    }

    /// Expects that all events of each expectation are emitted before those of the next one.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct Placed;
    /// #[derive(Event)]
    /// struct Paid;
    ///
    /// let events = EventMock::install();
    /// events.in_order((events.expect::<Placed>(), events.expect::<Paid>().times(1)));
    ///
    /// Placed.emit();
    /// Paid.emit();
    /// ```
    ///
    /// # Panics
    ///
    /// When there are fewer than two expectations (unless they are in a slice or a `Vec`, this does not
    /// compile); when one of them is named twice, is a `never()`, or belongs to another mock.
    #[track_caller]
    pub fn in_order(&self, order: impl InOrder) {
        let steps = order.steps();
        assert!(
            steps.len() > 1,
            "an order needs at least two expectations, and this one has {}; add another",
            steps.len()
        );
        let is_foreign = |step: &Step| !Arc::ptr_eq(&step.mock, &self.mock);
        assert!(
            !steps.iter().any(is_foreign),
            "an order cannot contain an expectation of another mock; create all of its expectations with \
             the same mock"
        );
        let mut data = self.mock.lock();
        let mut rules = HashSet::new();
        let twice = steps.iter().find(|step| !rules.insert(step.rule));
        if let Some(location) = twice.map(|step| data.rules[step.rule].location) {
            drop(data);
            panic!(
                "the expectation at {location} is named twice in this order; remove one of the two"
            );
        }
        let is_never = |step: &&Step| data.rules[step.rule].times() == Times::Exactly(0);
        let never = steps
            .iter()
            .find(is_never)
            .map(|step| data.rules[step.rule].location);
        if let Some(location) = never {
            drop(data);
            panic!(
                "an order cannot contain an expectation of `never()`; remove the one at {location} from it"
            );
        }
        let location = Location::from(std::panic::Location::caller());
        let rules = steps.iter().map(|step| step.rule).collect();
        data.orders.push(RuleOrder { rules, location });
    }

    /// Expects that a subscriber fails: that it returns an error or panics, or that an event does not reach it.
    /// Without this, such a failure fails the test at its end.
    ///
    /// A failure that the code under test receives, from [`try_emit`](Event::try_emit) or `try_emit_async`, is not
    /// counted: the code may handle it, and the test can check that.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct Saved;
    ///
    /// let events = EventMock::install();
    /// let full = |_: &Saved| Err::<(), _>("the disk is full");
    /// events.registry().subscribe(full).id("backup").register().unwrap().detach();
    /// events.expect_failure().of("backup").containing("full").times(1);
    /// Saved.emit();
    /// ```
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the rule is stored in the mock")]
    pub fn expect_failure(&self) -> ExpectedFailure {
        ExpectedFailure::new(&self.mock)
    }

    /// From now on these events are recorded and not delivered to their subscribers. Other events are
    /// delivered, unless they match an expectation. Replaces any earlier fake.
    pub fn fake_only<E: EventSet>(&self) {
        self.fake(false, E::families());
    }

    /// From now on all events but these are recorded and not delivered to their subscribers. Replaces any
    /// earlier fake.
    pub fn fake_except<E: EventSet>(&self) {
        self.fake(true, E::families());
    }

    /// From now on all events are recorded and not delivered to their subscribers. Replaces any earlier fake.
    pub fn fake_all(&self) {
        self.fake(true, Vec::new());
    }

    fn fake(&self, all: bool, except: Vec<TypeId>) {
        let except = except.into_iter().collect();
        self.mock.lock().fakes = Fakes { all, except };
    }

    /// Calls `body` while these events are muted on this thread: neither delivered nor counted. Calls may
    /// be nested. The return value of `body` is dropped. [`mute`](Self::mute) returns a guard instead.
    pub fn muted<E: EventSet>(&self, body: impl Body) {
        let _muted = self.mute::<E>();
        body.run();
    }

    /// Mutes these events on this thread until the guard is dropped: they are neither delivered nor
    /// counted.
    pub fn mute<E: EventSet>(&self) -> Muted {
        Muted::new(&self.mock, &E::families())
    }

    /// Discards all events recorded so far, as if nothing had been emitted yet. Expectations, fakes and
    /// muted events remain, and so do failures of subscribers, and panics of a `matching`.
    pub fn clear(&self) {
        let discarded = {
            let mut data = self.mock.lock();
            let next_number = data.next_number;
            for rule in &mut data.rules {
                rule.results.clear();
                rule.first_event = next_number;
            }
            mem::take(&mut data.events)
        };
        self.mock.outside.clear();
        resume(discard_clones(discarded));
    }

    /// The registry on which the mock is installed: the current registry of the test.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Wraps a closure so that it belongs to this test on any thread: `thread::spawn(events.bring(|| ..))`.
    /// So do the destructors of what it captures, also when it is never called.
    ///
    /// ```
    /// use std::thread;
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct Uploaded;
    ///
    /// let events = EventMock::install();
    /// events.expect::<Uploaded>().times(1);
    /// thread::spawn(events.bring(|| Uploaded.emit())).join().unwrap();
    /// ```
    pub fn bring<T, F: FnOnce() -> T>(&self, body: F) -> impl FnOnce() -> T + use<T, F> {
        let brought = Brought {
            body: Some(body),
            registry: self.registry.clone(),
            _membership: Membership::new(&self.mock),
        };
        move || brought.call()
    }

    /// Wraps a future so that it belongs to this test on any thread:
    /// `tokio::spawn(events.bring_future(..))`. So do the destructors in it, also when it is cancelled.
    pub fn bring_future<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let scoped = future.with_registry(self.registry.clone());
        let membership = Membership::new(&self.mock);
        async move {
            // Captured in this order, so that `scoped` is dropped first, whether this future was polled or not.
            let (scoped, _membership) = (scoped, membership);
            scoped.await
        }
    }

    /// The text of a test that fails at its end, or `None`.
    pub(crate) fn failed_test(&self) -> Option<String> {
        if !failure_text::has_failed(&self.mock.lock()) {
            return None;
        }
        let circumstances = self.circumstances();
        Some(failure_text::failed_test(&self.mock.lock(), &circumstances))
    }

    pub(crate) fn circumstances(&self) -> Circumstances<'_> {
        Circumstances::new(&self.registry, &self.mock)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("installed", &format_args!("{}", self.mock.location))
            .finish_non_exhaustive()
    }
}

/// A closure that is called, or dropped, in a registry.
struct Brought<F> {
    /// `None` from the call on.
    body: Option<F>,
    registry: Registry,
    /// Dropped after the closure.
    _membership: Membership,
}

impl<F> Brought<F> {
    fn call<T>(mut self) -> T
    where
        F: FnOnce() -> T,
    {
        let _entered = self.registry.enter();
        match self.body.take() {
            Some(body) => body(),
            None => unreachable!("only the call takes the closure, and it consumes `self`"),
        }
    }
}

impl<F> Drop for Brought<F> {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            let _entered = self.registry.enter();
            drop(body);
        }
    }
}
