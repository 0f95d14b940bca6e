//! Adding hooks and middleware to a registry: `on_failure`, `wrap` and `wrap_emit`.

use std::{
    panic::Location,
    sync::{Arc, Weak},
};

use super::subscription::{Closable, Subscription, SubscriptionPart, Unsubscribe};
use crate::{
    context::OwnSubscription,
    policy::{EmitMiddleware, Entry, FailureHook, Middleware, PolicyName, PolicyPart},
    primitives::DropSignal,
    registry::Registry,
    result::Failure,
    time::TimeKey,
};

impl Registry {
    /// Calls the hook with each failure of a subscriber of this registry, until the subscription is dropped: to send it to
    /// an error reporter, to count it, to raise an alarm.
    ///
    /// It receives each failure once, whether the event is typed or named, emitted or enqueued, and whether the failure is
    /// logged or returned, as [`try_emit`](crate::Event::try_emit) does: when it is recorded, on the thread that does so,
    /// inside of the emission. A subscriber that is not reached has failed as well, such as that of a full queue.
    /// The failure of an event from a queue belongs to the registry of that queue. An emit that is refused because it is
    /// [nested too deep](crate::failures::TooDeep) has called no subscriber, and is not reported.
    ///
    /// The hook may emit, subscribe, and flush a queue, and may drop its own subscription. If it panics, that is
    /// logged. What fails while it runs, in it or in what it emits, also later if it enqueues an event or spawns an emit,
    /// is logged, and is reported to no hook: it would be called without end.
    ///
    /// Several hooks are called in the order in which they were added. An emit without a failure pays nothing for them.
    ///
    /// Guide: [report failures](crate::guide::failures#on_failure-report-them).
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use events_core::{Event, Failure, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "orders.placed")]
    /// struct OrderPlaced;
    ///
    /// let registry = Registry::new();
    /// let (sender, reports) = mpsc::channel();
    /// let _reporter = registry.on_failure(move |failure: &Failure| {
    ///     let _ = sender.send(format!("{}: {failure}", failure.topic()));
    /// });
    ///
    /// registry.subscribe(|_: &OrderPlaced| Err::<(), _>("no stock")).id("reserve").register()?.detach();
    /// registry.emit(OrderPlaced);
    /// let report = reports.recv()?;
    /// assert!(report.starts_with("orders.placed: reserve ("));
    /// assert!(report.ends_with("returned an error: no stock"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn on_failure<H>(&self, hook: H) -> Subscription
    where
        H: Fn(&Failure) + Send + Sync + 'static,
    {
        let name = PolicyName::of::<H>(Location::caller());
        self.add_failure_hook(name, Box::new(hook))
    }

    /// Puts a middleware around each call of a subscriber of this registry, until the subscription is dropped: to measure
    /// it, to log it, to run it in a transaction or with task-local values, to forbid it. See [`Middleware`].
    ///
    /// The middleware that was added last is the outermost, as in axum. It stands around each call that an emit makes from
    /// now on: of sync subscribers, of async and awaited ones, and of deferred ones when they run. A subscriber that a
    /// filter excludes passes through it as skipped; of one that runs later, the filters are evaluated by the emit, and an
    /// event that they reject reaches no middleware.
    ///
    /// Sync emits of a registry with middleware take the slow path, as with tracing. A registry without it pays nothing.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
    /// use events_core::{
    ///     Event, Registry,
    ///     info::SubscriberInfo,
    ///     middleware::{Middleware, Next},
    ///     outcomes::SubscriberOutcome,
    /// };
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// /// Counts the calls.
    /// struct Count(Arc<AtomicU32>);
    ///
    /// impl Middleware for Count {
    ///     fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
    ///         self.0.fetch_add(1, Relaxed);
    ///         next.run()
    ///     }
    /// }
    ///
    /// let (registry, calls) = (Registry::new(), Arc::default());
    /// registry.on(|_: &OrderPlaced| println!("reserved")).detach();
    /// let counting = registry.wrap(Count(Arc::clone(&calls)));
    /// registry.emit(OrderPlaced);
    /// drop(counting);
    /// registry.emit(OrderPlaced);
    /// assert_eq!(calls.load(Relaxed), 1);
    /// ```
    #[track_caller]
    pub fn wrap<M: Middleware>(&self, middleware: M) -> Subscription {
        let name = PolicyName::of::<M>(Location::caller());
        self.add_middleware(name, Box::new(middleware))
    }

    /// Puts a middleware around each whole emission of this registry, until the subscription is dropped: to measure it, to
    /// surround it with a transaction, to refuse it. The last one that was added is the outermost.
    ///
    /// Emissions that are in progress, and a middleware that runs, are completed as they began. A middleware may emit,
    /// subscribe, and drop its own subscription. See [`EmitMiddleware`] for what is wrapped; with
    /// [`wrap`](Self::wrap) a middleware is around each call of a subscriber, inside of this. A registry without
    /// middleware pays nothing.
    ///
    /// Guide: [around each emission](crate::guide::failures#middleware-around-each-emission).
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicUsize, Ordering::Relaxed}};
    /// use events_core::{
    ///     Emission, Event, Registry,
    ///     middleware::{EmitMiddleware, EmitOutcome, NextEmit},
    /// };
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// /// Counts the emissions that a subscriber has stopped.
    /// struct Stopped(Arc<AtomicUsize>);
    ///
    /// impl EmitMiddleware for Stopped {
    ///     fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
    ///         let outcome = next.run();
    ///         self.0.fetch_add(outcome.stopped_by().iter().len(), Relaxed);
    ///         outcome
    ///     }
    /// }
    ///
    /// let (registry, stopped) = (Registry::new(), Arc::default());
    /// registry.on(|_: &OrderPlaced| std::ops::ControlFlow::Break(())).detach();
    /// let counting = registry.wrap_emit(Stopped(Arc::clone(&stopped)));
    /// registry.emit(OrderPlaced);
    /// drop(counting);
    /// registry.emit(OrderPlaced);
    /// assert_eq!(stopped.load(Relaxed), 1);
    /// ```
    #[track_caller]
    pub fn wrap_emit<M: EmitMiddleware>(&self, middleware: M) -> Subscription {
        let name = PolicyName::of::<M>(Location::caller());
        self.add_emit_middleware(name, Box::new(middleware))
    }

    fn add_emit_middleware(
        &self,
        name: PolicyName,
        middleware: Box<dyn EmitMiddleware>,
    ) -> Subscription {
        let number = self.core().next_number();
        let entry = Arc::new(Entry::new(number, name, middleware));
        let weak = Arc::downgrade(&entry);
        self.add_part(number, weak, PolicyPart::EmitMiddleware(entry))
    }

    fn add_failure_hook(&self, name: PolicyName, hook: Box<FailureHook>) -> Subscription {
        let number = self.core().next_number();
        let entry = Arc::new(Entry::new(number, name, hook));
        let weak = Arc::downgrade(&entry);
        self.add_part(number, weak, PolicyPart::FailureHook(entry))
    }

    fn add_middleware(&self, name: PolicyName, middleware: Box<dyn Middleware>) -> Subscription {
        let number = self.core().next_number();
        let entry = Arc::new(Entry::new(number, name, middleware));
        let weak = Arc::downgrade(&entry);
        self.add_part(number, weak, PolicyPart::Middleware(entry))
    }

    fn add_part(
        &self,
        number: u64,
        closable: Weak<dyn Closable>,
        part: PolicyPart,
    ) -> Subscription {
        self.core().add_policy(part);
        let unsubscribe = Unsubscribe::of_policy(self, number);
        let own = OwnSubscription::default();
        Subscription::new(vec![SubscriptionPart::new(
            unsubscribe,
            closable,
            None,
            own,
        )])
    }
}

impl<T: ?Sized + Send + Sync> Closable for Entry<T> {
    fn close(&self) -> Vec<TimeKey> {
        self.close();
        Vec::new()
    }

    fn dropped(&self) -> Arc<DropSignal> {
        self.dropped()
    }

    /// A call that a middleware surrounds may be in progress on another task, so that the entry is in use after its removal.
    fn is_background(&self) -> bool {
        true
    }
}
