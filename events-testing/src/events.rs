//! What a test asks of its mock: a handle that may go to other threads.

use std::{any::TypeId, fmt, future::Future, mem, sync::Arc, thread, time::Duration};

use events_core::{__testing::EventSet, Event, Location, Registry, Scoped, WithRegistry};

use crate::{
    expectation::{ByTopic, Expectation},
    mute::{Body, Muted},
    order::{InOrder, Step},
    report::failure_text as report,
    state::{
        mock_state::{Faked, Shared},
        rule::{Came, Times},
    },
};

/// So long does [`Events::settle`] wait before it fails the test.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mock, as tests use it: what they expect, what is kept from its subscribers, what was emitted.
///
/// Given by [`current`](crate::current), and by an [`EventMock`](crate::EventMock), which is the guard of
/// the same mock. Clones are handles on the same mock, for other threads and for tasks.
#[derive(Clone)]
pub struct Events {
    pub(crate) registry: Registry,
    pub(crate) shared: Arc<Shared>,
}

impl Events {
    /// Expects that this event is emitted: at least once, unless the expectation is told otherwise. It is
    /// recorded, and not delivered to its subscribers.
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
    /// When such an event was emitted already: write expectations before the code that emits.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is noted when it is made")]
    pub fn expect<E: Event>(&self) -> Expectation<E> {
        Expectation::of_event(&self.shared)
    }

    /// Expects an event whose topic matches this regular expression as a whole, whatever its type.
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
    /// When the pattern is no regular expression, and when such an event was emitted already.
    #[track_caller]
    pub fn expect_topic(&self, pattern: impl Into<String>) -> Expectation<ByTopic> {
        Expectation::of_topic(&self.shared, pattern.into())
    }

    /// Expects that all events of each of these expectations are emitted before those of the next one.
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
    /// When there are not two or more, which does not compile unless they are in a slice or a `Vec`; when
    /// one of them is to be emitted `never`, or is of another mock.
    #[track_caller]
    pub fn in_order(&self, order: impl InOrder) {
        let steps = order.steps();
        assert!(
            steps.len() > 1,
            "an order of {} expectations says nothing; write two or more",
            steps.len()
        );
        let foreign = |step: &Step| !Arc::ptr_eq(&step.shared, &self.shared);
        assert!(
            !steps.iter().any(foreign),
            "an order is of expectations of one mock, and this one is of another"
        );
        let mut state = self.shared.state();
        let never = |step: &&Step| state.rules[step.rule].times() == Times::Exactly(0);
        let never = steps
            .iter()
            .find(never)
            .map(|step| state.rules[step.rule].location);
        if let Some(location) = never {
            drop(state);
            panic!(
                "what is never to be emitted has no place in an order: it is expected at {location}"
            );
        }
        let location = Location::from(std::panic::Location::caller());
        let rules = steps.iter().map(|step| step.rule).collect();
        state.orders.push((rules, location));
    }

    /// From now on these events, and no others that are not expected, are kept from their subscribers;
    /// all events are recorded.
    pub fn fake_only<E: EventSet>(&self) {
        self.fake(false, E::families());
    }

    /// From now on all events but these are kept from their subscribers; all events are recorded.
    pub fn fake_except<E: EventSet>(&self) {
        self.fake(true, E::families());
    }

    /// From now on no event reaches its subscribers; all events are recorded.
    pub fn fake_all(&self) {
        self.fake(true, Vec::new());
    }

    fn fake(&self, all: bool, except: Vec<TypeId>) {
        let except = except.into_iter().collect();
        self.shared.state().faked = Faked { all, except };
    }

    /// Calls `body` while these events are muted on this thread: neither delivered nor counted. It is
    /// nesting-safe. What `body` returns is dropped; [`mute`](Self::mute) gives a guard instead.
    pub fn muted<E: EventSet>(&self, body: impl Body) {
        let _muted = self.mute::<E>();
        body.run();
    }

    /// Mutes these events on this thread until the guard is dropped: they are neither delivered nor
    /// counted.
    pub fn mute<E: EventSet>(&self) -> Muted {
        Muted::new(&self.shared, &E::families())
    }

    /// Runs what waits in the queue, and waits until no worker is in the middle of an event; see
    /// [`Queue::settle`](events_core::Queue::settle).
    ///
    /// In async code use [`settle_async`](Self::settle_async): a worker that is a task of this very
    /// thread could not go on.
    ///
    /// # Panics
    ///
    /// When that is not so after a minute.
    #[track_caller]
    pub fn settle(&self) {
        assert!(
            self.registry.queue().settle(PATIENCE),
            "the queue has not settled within {} seconds: a subscriber waits for something that does not \
             come; in async code write `settle_async().await`",
            PATIENCE.as_secs()
        );
    }

    /// [`settle`](Self::settle) without blocking, and without an end to its time.
    pub async fn settle_async(&self) {
        self.registry.queue().settle_async().await;
    }

    /// Forgets all events so far, as if nothing had been emitted yet. What is expected, faked and muted
    /// stays so.
    pub fn clear(&self) {
        let seen = {
            let mut state = self.shared.state();
            let next = state.next;
            for rule in &mut state.rules {
                rule.came = Came::default();
                rule.begins = next;
            }
            mem::take(&mut state.seen)
        };
        drop(seen);
    }

    /// The registry to which events are delivered here; it is the current one of the test. It begins with
    /// the declared subscribers of the registry that was current where the mock was installed.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// A closure that is part of this test wherever it is called: `thread::spawn(events.bring(|| ..))`.
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
        let registry = self.registry.clone();
        move || events_core::with_registry(&registry, body)
    }

    /// A future that is part of this test wherever it is polled: `tokio::spawn(events.bring_future(..))`.
    pub fn bring_future<F: Future>(&self, future: F) -> Scoped<F> {
        future.with_registry(self.registry.clone())
    }

    /// What does not hold of what was expected, or nothing.
    pub(crate) fn verdict(&self) -> Option<String> {
        report::verdict(&self.shared.state())
    }
}

/// Fails the test, or, when it fails already, only says what else is wrong.
#[track_caller]
pub(crate) fn fail(text: &str) {
    if thread::panicking() {
        note(text);
    } else {
        panic!("{text}");
    }
}

/// Says what is wrong beside what fails the test already.
#[expect(
    clippy::print_stderr,
    reason = "a test that fails for another reason shows this, too"
)]
pub(crate) fn note(text: &str) {
    eprintln!("\nbeside that, {text}\n");
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("installed", &format_args!("{}", self.shared.location))
            .finish_non_exhaustive()
    }
}
