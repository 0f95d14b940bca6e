//! What a layer does when it receives a span or a record of a queue's event is inside of that event.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use events_core::{Event, Registry};
use tracing::{Metadata, Subscriber, info_span, span::Id, subscriber::with_default};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{one_by_one, poll_once};

/// Its handler is pending until a gate is open.
#[derive(Event, Clone)]
struct Slow;

#[derive(Event, Clone)]
struct Quick;

#[derive(Event)]
struct Outer;

type Call = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// Calls a function once, when a span is closed or a record is made.
struct Calls {
    on_close: bool,
    call: Call,
}

impl Calls {
    fn call(&self) {
        let call = self.call.lock().expect("no panic").take();
        if let Some(call) = call {
            call();
        }
    }
}

impl<S: Subscriber> Layer<S> for Calls {
    /// The spans of the crate itself would be closed first.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_event() || metadata.target() != "events_core"
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        if self.on_close {
            self.call();
        }
    }

    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        if !self.on_close {
            self.call();
        }
    }
}

/// While a queue drains, it accepts events only inside of its own: the layer enqueues one. The function drains the queue,
/// and arms the layer.
fn check(on_close: bool, drain: fn(&Registry, &AtomicBool, &dyn Fn())) {
    let _alone = one_by_one();
    let call = Call::default();
    let layer = Calls {
        on_close,
        call: Arc::clone(&call),
    };
    with_default(tracing_subscriber::registry().with(layer), || {
        let (registry, gate) = (Registry::new(), Arc::new(AtomicBool::new(false)));
        let accepted = Arc::new(Mutex::new(None));
        let waits = Arc::clone(&gate);
        let slow = move |_: &Slow| {
            let is_open = Arc::clone(&waits);
            poll_fn(move |context| {
                context.waker().wake_by_ref();
                match is_open.load(Ordering::Relaxed) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                }
            })
        };
        registry.on_async(slow).detach();
        registry.on(|_: &Quick| ()).detach();
        let arm = || {
            let (inner, is_accepted) = (registry.clone(), Arc::clone(&accepted));
            let enqueues = move || {
                *is_accepted.lock().expect("no panic") = Some(inner.enqueue(Quick).is_ok());
            };
            *call.lock().expect("no panic") = Some(Box::new(enqueues));
        };
        drain(&registry, &gate, &arm);
        assert_eq!(*accepted.lock().expect("no panic"), Some(true));
    });
}

#[test]
fn the_span_of_an_event_is_closed_inside_of_the_event() {
    // Ready at once, or resumed.
    check(true, |registry, gate, arm| {
        gate.store(true, Ordering::Relaxed);
        info_span!("caller").in_scope(|| registry.enqueue(Slow).expect("there is room"));
        arm();
        _ = poll_once(&mut pin!(registry.queue().shutdown_async(pending::<()>())));
    });
    check(true, |registry, gate, arm| {
        info_span!("caller").in_scope(|| registry.enqueue(Slow).expect("there is room"));
        let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
        assert!(poll_once(&mut shutdown).is_pending());
        arm();
        gate.store(true, Ordering::Relaxed);
        _ = poll_once(&mut shutdown);
    });
}

#[test]
fn the_record_of_a_driver_that_can_start_nothing_is_inside_of_its_queue() {
    check(false, |registry, _, arm| {
        registry.set_depth_limit(1);
        registry.enqueue(Quick).expect("there is room");
        arm();
        let (outer, inner) = (Registry::new(), registry.clone());
        let shuts_down = move |_: &Outer| {
            _ = poll_once(&mut pin!(inner.queue().shutdown_async(pending::<()>())));
        };
        outer.on(shuts_down).detach();
        outer.emit(Outer);
    });
}
