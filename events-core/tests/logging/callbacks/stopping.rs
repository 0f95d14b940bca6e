//! A tracing layer may stop a subscription while it receives any record or span: the thread may own the handler at that
//! time, and does not wait for itself.

use std::{
    future::pending,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{AnyEvent, Event, Registry, Subscription, args};
use tracing::{
    Subscriber, info_span,
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{one_by_one, poll_once};

/// A layer that stops a subscription in one of its callbacks.
#[derive(Clone, Default)]
struct Stops(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    subscription: Option<Subscription>,
    /// How many callbacks there were since the subscription is set.
    callbacks: usize,
    /// The number of the callback that stops it.
    stops_in: usize,
    /// Whether the stop returned at once.
    returned: Option<bool>,
}

impl Stops {
    fn set(&self, new: Subscription) {
        let mut state = self.0.lock().expect("not poisoned");
        state.subscription = Some(new);
        state.callbacks = 0;
    }

    fn call(&self) {
        let subscription = {
            let mut state = self.0.lock().expect("not poisoned");
            state.callbacks += 1;
            let is_this = state.callbacks == state.stops_in;
            is_this.then(|| state.subscription.take()).flatten()
        };
        if let Some(subscription) = subscription {
            let returned = poll_once(subscription.stop_async()).is_ready();
            self.0.lock().expect("not poisoned").returned = Some(returned);
        }
    }
}

impl<S: Subscriber> Layer<S> for Stops {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.call();
    }

    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.call();
    }

    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        self.call();
    }

    fn on_exit(&self, _: &Id, _: Context<'_, S>) {
        self.call();
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.call();
    }
}

#[derive(Event, Clone)]
struct Job;

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a closure is dropped");
    }
}

/// Something that records or has spans while it owns the handler of the subscription.
type Row = (&'static str, fn(&Registry, &Stops));

const ROWS: &[Row] = &[
    ("an emit", |registry, stops| {
        registry.on(|_: &Job| Err::<(), _>("no")).detach();
        stops.set(registry.on(|_: &Job| ()));
        registry.emit(Job);
    }),
    ("an async emit", |registry, stops| {
        stops.set(registry.on_async(|_: &Job| pending::<()>()));
        let emit = info_span!("caller").in_scope(|| registry.emit_async(Job));
        let mut emit = Box::pin(emit);
        if poll_once(&mut emit).is_pending() {
            _ = poll_once(&mut emit);
        }
    }),
    (
        "an async emit that queues when it is dropped",
        |registry, stops| {
            let slow = registry.subscribe_async(|_: &Job| pending::<()>());
            stops.set(slow.id("slow").register().expect("the id is free"));
            let first = registry.subscribe_deferred(|_: &Job| ()).id("first");
            let first = first.register().expect("the id is free");
            let last = registry.subscribe_deferred(|_: &Job| ()).after("slow");
            let last = last.after("first").register().expect("there is an order");
            let emit = info_span!("caller").in_scope(|| registry.emit_async(Job));
            let mut emit = Box::pin(emit);
            _ = poll_once(&mut emit);
            drop(emit);
            drop((first, last));
        },
    ),
    ("an event from the queue", |registry, stops| {
        stops.set(registry.on_async(|_: &Job| pending::<()>()));
        let enqueued = info_span!("caller").in_scope(|| registry.enqueue(Job));
        enqueued.expect("there is room");
        let mut work = Box::pin(registry.queue().work(1));
        for _ in 0..2 {
            assert!(poll_once(&mut work).is_pending());
        }
    }),
    ("a topic that no subscriber received", |registry, stops| {
        let new = registry.subscribe_topic("topic", |_: &dyn AnyEvent| ());
        let new = new.expect("it is a pattern").when(|_| false);
        stops.set(new.register().expect("there is no id"));
        registry.emit_topic("topic", args! {});
    }),
    ("a plan whose last user drops it", |registry, stops| {
        let other = Arc::new(Mutex::new(None));
        let drops = Arc::clone(&other);
        let drops = move |_: &Job| drop(mem::take(&mut *drops.lock().expect("not poisoned")));
        registry.on(drops).detach();
        let bomb = Bomb;
        let fragile = registry.on(move |_: &Job| _ = &bomb);
        *other.lock().expect("not poisoned") = Some(fragile);
        stops.set(registry.on(|_: &Job| ()));
        registry.emit(Job);
    }),
];

/// Runs a row, in which the callback of that number stops the subscription. Returns the number of callbacks.
fn check(row: &str, run: fn(&Registry, &Stops), stops_in: usize) -> usize {
    let stops = Stops::default();
    stops.0.lock().expect("not poisoned").stops_in = stops_in;
    let layered = tracing_subscriber::registry().with(stops.clone());
    tracing::subscriber::with_default(layered, || run(&Registry::new(), &stops));
    let mut state = stops.0.lock().unwrap_or_else(PoisonError::into_inner);
    drop(state.subscription.take());
    let has_returned = (stops_in > 0).then_some(true);
    assert_eq!(state.returned, has_returned, "{row}, callback {stops_in}");
    state.callbacks
}

#[test]
fn a_layer_can_stop_a_subscription_in_each_callback() {
    let _alone = one_by_one();
    for (row, run) in ROWS {
        let callbacks = check(row, *run, 0);
        assert!(callbacks > 0, "{row}");
        for stops_in in 1..=callbacks {
            check(row, *run, stops_in);
        }
    }
}
