//! The options of a run-time subscription that are policies of its calls, as methods of its builder.

use std::{hash::Hash, num::NonZeroUsize, time::Duration};

use crate::{
    background::key_fn,
    event::{EventCopy, Family},
    metadata::{CallPolicies, Retry},
    subscribe::{
        builder::NewSubscription,
        kinds::{AwaitedKind, BackgroundKind, BackgroundPatternKind},
    },
};

/// The kinds of handlers that run later.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this option is for handlers that run later, and this one runs in the emit",
    label = "not for a sync or awaited handler",
    note = "subscribe it with `subscribe_deferred`, or an async one with `subscribe_async`; for a pattern of topics with \
            `subscribe_topic_deferred` or `subscribe_topic_async`"
)]
pub trait LaterKind {
    /// The event that the handler receives.
    type Event<F: Family>;
}

impl LaterKind for BackgroundKind {
    type Event<F: Family> = F::Of<'static>;
}

impl LaterKind for BackgroundPatternKind {
    type Event<F: Family> = EventCopy;
}

/// The kinds of handlers that may have a timeout.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`timeout` is for async handlers, since a sync one cannot be dropped before its end",
    label = "not for a sync handler",
    note = "subscribe an async handler, with `subscribe_async` or `subscribe_awaited`"
)]
pub trait TimeoutKind {}

impl TimeoutKind for AwaitedKind {}
impl TimeoutKind for BackgroundKind {}
impl TimeoutKind for BackgroundPatternKind {}

// The bounds are those of the methods, so that an error about one has its text.
impl<F: Family, T> NewSubscription<F, T> {
    /// Runs the handler from the queue after every emit;
    /// [`Event::emit_async`](crate::Event::emit_async) does not wait for it, either.
    pub fn deferred(mut self) -> Self
    where
        T: LaterKind,
    {
        self.subscriber.deferred = true;
        self
    }

    /// Runs a [deferred](Self::deferred) handler only when that time has passed since the emit; an event that is enqueued is
    /// emitted when it leaves the queue. Until then the snapshot is [scheduled](crate::Queue::scheduled): when as many
    /// events are as the queue allows, the handler is not reached, which is a failure. Guide: [time](crate::guide::time).
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct SignedUp;
    ///
    /// let registry = Registry::new();
    /// let survey = registry.subscribe_async(async |_: &SignedUp| println!("a survey"));
    /// let _survey = survey.deferred().delay(Duration::from_secs(3 * 24 * 60 * 60)).register()?;
    ///
    /// registry.emit(SignedUp);
    /// assert_eq!((registry.queue().len(), registry.queue().scheduled()), (0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When a delay is set already. A delay of a handler that is not [deferred](Self::deferred) is an error of
    /// [`register`](Self::register), and one without an end, [`Duration::MAX`], never ends.
    #[track_caller]
    pub fn delay(mut self, delay: Duration) -> Self
    where
        T: LaterKind,
    {
        self.set("a delay", "remove one of them");
        self.subscriber.delay = Some(delay);
        self
    }

    /// Limits how many calls of the handler are in progress at once, over all emits, event types and workers;
    /// further calls wait, first in, first out. With 1, the handler processes the events in the
    /// order in which they reach it. 0 is treated as 1.
    ///
    /// A handler must not await an emit of an event that it receives itself, directly or through other
    /// events, while its calls in progress use up the limit: the new call would wait for those calls, and they
    /// for it. That call is refused, and the emit reports it as a failure with
    /// [`Cause::WaitsForItself`](crate::failures::Cause::WaitsForItself). It is not recognized if the handler
    /// awaits the emit through another task, such as one that it spawns. A handler that polls such an emit and then
    /// moves it to another task counts as waiting for it until it is polled there: another call may be refused meanwhile.
    ///
    /// # Panics
    ///
    /// When a limit is set already.
    #[track_caller]
    pub fn concurrency(mut self, limit: usize) -> Self
    where
        T: LaterKind,
    {
        self.set("a limit of concurrent calls", "remove one of them");
        self.subscriber.concurrency = Some(NonZeroUsize::new(limit).unwrap_or(NonZeroUsize::MIN));
        self
    }

    /// Drops a call of an async handler that takes longer, which is a failure of it with
    /// [`Cause::TimedOut`](crate::failures::Cause::TimedOut). A call that waits for others of the handler has not begun.
    ///
    /// A call is dropped where it awaits something. A handler that blocks its thread cannot be dropped, and ends later. After
    /// that of an awaited handler, the event stays as the handler has left it, and the handlers after it run.
    ///
    /// ```
    /// use std::{future::pending, time::Duration};
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPaid;
    ///
    /// let registry = Registry::new();
    /// let confirm = async |_: &OrderPaid| pending::<()>().await; // the mail server does not answer
    /// registry.subscribe_async(confirm).timeout(Duration::from_millis(5)).register()?.detach();
    ///
    /// registry.emit(OrderPaid);
    /// assert_eq!(registry.queue().flush().failures(), 1);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When a timeout is set already, and when it is zero or endless. A timeout of a handler that is not async is an error of
    /// [`register`](Self::register).
    #[track_caller]
    pub fn timeout(mut self, timeout: Duration) -> Self
    where
        T: TimeoutKind,
    {
        self.set("a timeout", "remove one of them");
        self.subscriber.timeout = CallPolicies::NONE.timeout(timeout).timeout;
        self
    }

    /// Repeats a call that fails: by an error, a panic or its timeout. A plain number stands for
    /// [`Retry::times`]; 0, as from a configuration, for no repetition.
    ///
    /// The call is repeated from the queue after a random delay, with a clone of the same event, in the same emission and
    /// with the same origin; [`Emission::attempt`](crate::Emission::attempt) is its number.
    /// [`emit_async`](crate::Event::emit_async) waits for the first call only. With a [limit](Self::concurrency) or a
    /// [key](Self::per_key) the event keeps its permit meanwhile, so that the order of the events holds.
    ///
    /// A failure after which the call is repeated is logged at `warn`, and is no failure of the emit. The call is not
    /// repeated once the handler is unsubscribed, if the schedule of the queue is full, or if the queue is shut down: a
    /// shutdown returns the events whose calls were to be repeated.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::time::Duration;
    /// use events_core::{Emission, Event, Registry, Retry};
    ///
    /// #[derive(Event, Clone)]
    /// struct MailQueued;
    ///
    /// static SENT: AtomicU32 = AtomicU32::new(0);
    ///
    /// let registry = Registry::new();
    /// let send = |_: &MailQueued, emission: &Emission| match emission.attempt() {
    ///     1 => Err("the mail server is busy"),
    ///     attempt => Ok(SENT.store(attempt, Ordering::Relaxed)),
    /// };
    /// let retry = Retry::exponential(Duration::from_millis(1), Duration::from_millis(10));
    /// registry.subscribe_deferred(send).retry(retry).register()?.detach();
    ///
    /// registry.emit(MailQueued);
    /// while SENT.load(Ordering::Relaxed) == 0 {
    ///     registry.queue().flush(); // a program has a worker in place of this
    /// }
    /// assert_eq!(SENT.load(Ordering::Relaxed), 2);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When a retry is set already.
    #[track_caller]
    pub fn retry(mut self, retry: impl Into<Retry>) -> Self
    where
        T: LaterKind,
    {
        self.set("a retry", "remove one of them");
        self.subscriber.retry = Some(retry.into());
        self
    }

    /// Runs the calls whose events have the same key one at a time, in the order in which the events reach the handler.
    /// Together with a [limit](Self::concurrency), at most that many calls are in progress in all.
    ///
    /// The key is computed once for each event, from the event; a panic in it is a failure of the handler. It is an owned
    /// value that can be hashed, and does not borrow from the event: `|event| event.name.clone()`. Only a hash of it is kept,
    /// while a call with the key is in progress or waits.
    ///
    /// Events that are emitted reach the handler from the queue, and those of
    /// [`emit_async`](crate::Event::emit_async) reach an async one at once, so that a later one may come first.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct AccountChanged {
    ///     account: u32,
    ///     balance: i64,
    /// }
    ///
    /// async fn publish(event: &AccountChanged) {
    ///     println!("{}: {}", event.account, event.balance);
    /// }
    ///
    /// let registry = Registry::new();
    /// let publish = registry.subscribe_async(publish).per_key(|event| event.account).concurrency(8);
    /// publish.register()?.detach();
    ///
    /// registry.emit(AccountChanged { account: 7, balance: 20 });
    /// registry.emit(AccountChanged { account: 7, balance: 15 });
    /// assert_eq!(registry.queue().flush().ran(), 2);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When a key is set already.
    #[track_caller]
    pub fn per_key<K>(mut self, key: impl Fn(&T::Event<F>) -> K + Send + Sync + 'static) -> Self
    where
        T: LaterKind,
        K: Hash,
        T::Event<F>: 'static,
    {
        self.set("a key", "let one function return both keys as a tuple");
        self.subscriber.per_key = true;
        self.key = Some(Box::new(key_fn(key)));
        self
    }

    /// Calls a deferred handler once no further event has come for that long, with the last event. The others are not
    /// delivered to it, which is no failure. With a [key](Self::per_key) this holds for each key by itself.
    ///
    /// The time begins when the event reaches the handler, from the queue. An event that waits is in the schedule of the
    /// queue, and a shutdown returns it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct Typed {
    ///     text: &'static str,
    /// }
    ///
    /// let registry = Registry::new();
    /// let search = |typed: &Typed| println!("search for {}", typed.text);
    /// let search = registry.subscribe_deferred(search).debounce(Duration::from_millis(300));
    /// search.register()?.detach();
    ///
    /// for text in ["e", "ev", "event"] {
    ///     registry.emit(Typed { text });
    /// }
    /// registry.queue().flush();
    /// // 300 ms later a worker searches for "event".
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When it is set already, and when the duration is zero or endless. A debounce of a handler that is not
    /// [deferred](Self::deferred) is an error of [`register`](Self::register).
    #[track_caller]
    pub fn debounce(mut self, quiet: Duration) -> Self
    where
        T: LaterKind,
    {
        self.set("a debounce", "remove one of them");
        self.subscriber.debounce = CallPolicies::NONE.debounce(quiet).debounce;
        self
    }
}
