//! Section 7: bridges from sources that call a callback.

use std::{
    sync::{Arc, Mutex},
    thread,
};

use events_core::{
    AnyEvent, Event, Origin, Registry, args,
    bridges::{Choice, Signal},
    signal_to_event,
};

use super::bridges::{ORDERS, Order, OrderPlaced, reason_and_counts, recording_registry};
use crate::{Journal, block_on, worker::Inline};

type Callback = dyn Fn(Order) + Send + Sync;

/// A source that calls its callback with each order.
#[derive(Clone, Default)]
pub(super) struct Desk(Arc<Mutex<Option<Arc<Callback>>>>);

/// Disconnects the callback when it is dropped.
pub(super) struct DisconnectGuard(Desk);

impl Desk {
    pub(super) fn call(&self, orders: &[Order]) {
        let callback = self.0.lock().expect("the lock is not poisoned").clone();
        if let Some(callback) = callback {
            orders.iter().for_each(|order| callback(*order));
        }
    }

    fn close(&self) {
        let callback = self.0.lock().expect("the lock is not poisoned").take();
        drop(callback);
    }

    fn is_connected(&self) -> bool {
        self.0.lock().expect("the lock is not poisoned").is_some()
    }
}

impl Signal for Desk {
    type Item = Order;
    type Guard = DisconnectGuard;

    fn connect(&self, callback: impl Fn(Order) + Send + Sync + 'static) -> DisconnectGuard {
        *self.0.lock().expect("the lock is not poisoned") = Some(Arc::new(callback));
        DisconnectGuard(self.clone())
    }
}

impl Drop for DisconnectGuard {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[test]
fn a_callback_emits_on_the_thread_that_calls_it() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    registry
        .on(move |_: &OrderPlaced| notes.note(format!("{:?}", thread::current().id())))
        .detach();
    let desk = Desk::default();
    let connection = signal_to_event(&desk)
        .to::<OrderPlaced>()
        .on(&registry)
        .connect();
    let caller = thread::scope(|scope| {
        let called = scope.spawn(|| {
            desk.call(&ORDERS[..1]);
            (thread::current().id(), journal.take())
        });
        called.join().expect("the thread does not panic")
    });
    assert_eq!(caller.1, [format!("{:?}", caller.0)]);
    assert_eq!(
        reason_and_counts(&connection.stop()),
        ("stop", [1, 1, 0, 0])
    );
}

#[test]
fn dropping_the_guard_disconnects_and_detaching_does_not() {
    let journal = Journal::default();
    let _scope = recording_registry(&journal).enter();
    let desk = Desk::default();
    let connection = signal_to_event(&desk).to::<OrderPlaced>().connect();
    desk.call(&ORDERS[..1]);
    drop(connection);
    assert!(!desk.is_connected());
    signal_to_event(&desk)
        .to::<OrderPlaced>()
        .connect()
        .detach();
    desk.call(&ORDERS[1..2]);
    assert_eq!(journal.take(), ["1", "2"]);
}

#[test]
fn a_source_that_drops_its_callback_ends_the_bridge() {
    let registry = Registry::new();
    let desk = Desk::default();
    let connect = || {
        signal_to_event(&desk)
            .to::<OrderPlaced>()
            .on(&registry)
            .connect()
    };
    let connection = connect();
    desk.call(&ORDERS);
    assert!(!connection.is_ended());
    desk.close();
    assert!(connection.is_ended());
    assert_eq!(
        reason_and_counts(&connection.wait()),
        ("source", [4, 4, 0, 0])
    );

    let connection = connect();
    desk.close();
    let ended = block_on(connection.wait_async());
    assert_eq!(reason_and_counts(&ended), ("source", [0; 4]));
}

#[test]
fn a_callback_that_panicked_or_lost_its_registry_handles_no_further_items() {
    let registry = Registry::new();
    let desk = Desk::default();
    let connection = signal_to_event(&desk)
        .with(|order| {
            assert_ne!(order.number, 2, "two");
            Some(OrderPlaced::from(order))
        })
        .on(&registry)
        .connect();
    desk.call(&ORDERS);
    assert_eq!(
        reason_and_counts(&connection.stop()),
        ("panic", [2, 1, 0, 0])
    );

    let connection = signal_to_event(&desk)
        .to::<OrderPlaced>()
        .on(&registry)
        .connect();
    drop(registry);
    desk.call(&ORDERS);
    assert_eq!(
        reason_and_counts(&connection.stop()),
        ("registry", [1, 0, 0, 0])
    );
}

/// The waker of the executor polls the task at once.
#[test]
fn a_task_that_a_callback_wakes_is_outside_of_its_registry() {
    let (registry, desk, journal) = (Registry::new(), Desk::default(), Journal::default());
    let panics = |_: Order| -> Option<OrderPlaced> { panic!("on purpose") };
    let signal = signal_to_event(&desk).with(panics);
    let connection = signal.on(&registry).connect();
    let (notes, of_bridge) = (journal.clone(), registry.clone());
    let task = async move {
        _ = connection.wait_async().await;
        let is_inside = events_core::registry() == of_bridge;
        notes.note(if is_inside { "inside" } else { "outside" });
    };
    let _task = Inline::start(Box::pin(task));
    desk.call(&ORDERS);
    assert_eq!(journal.take(), ["outside"]);
}

/// From the documentation of django-event-system:
///
/// ```python
/// SignalToEvent(signal, event='event::from::signal')
/// SignalToEvent(signal, event=ExampleEvent)
/// SignalToEvent(signal, event=ExampleEvent, sender=SomeSender)
///
/// def hook(*args, **kwargs):
///     if args[0] == 1:
///         return 'event::when::1'
///     elif args[1] == 2:
///         return 'event::when::2'
///     return 'event::when::none'
///
/// SignalToEvent(signal, hook=hook)
/// ```
#[test]
fn django_signal_to_event() {
    struct SomeSender;
    #[derive(Clone, Copy)]
    struct Sent {
        args: (u32, u32),
    }
    #[derive(Event, Clone, Debug, PartialEq)]
    enum When {
        One,
        Two,
        None,
    }
    impl From<Order> for Sent {
        fn from(order: Order) -> Self {
            Self {
                args: (order.number, order.number),
            }
        }
    }

    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let notes = journal.clone();
    registry
        .on(move |when: &When| notes.note(format!("{when:?}")))
        .detach();
    let _scope = registry.enter();
    let desk = Desk::default();

    let all = signal_to_event(&desk).to::<OrderPlaced>().connect();
    desk.call(&ORDERS[..2]);
    drop(all);
    assert_eq!(journal.take(), ["1", "2"]);

    let notes = journal.clone();
    let note_topic = move |event: &dyn AnyEvent| {
        let number = event.arg::<u32>("number").copied().unwrap_or_default();
        notes.note(format!("{} {number}", event.topic()));
    };
    let by_name = registry.on_topic("event::(from|when)::.*", note_topic);
    by_name.expect("a pattern").detach();
    let named = signal_to_event(&desk)
        .to_topic(
            "event::from::signal",
            |order| args! { number: order.number },
        )
        .connect();
    desk.call(&ORDERS[..2]);
    drop(named);
    assert_eq!(
        journal.take(),
        ["event::from::signal 1", "event::from::signal 2"]
    );

    let one_sender = signal_to_event(&desk)
        .to::<OrderPlaced>()
        .senders(|order: &Order| match order.desk {
            "east" => Origin::of::<SomeSender>(),
            desk => Origin::from(desk),
        })
        .sender(Origin::of::<SomeSender>())
        .connect();
    desk.call(&ORDERS);
    drop(one_sender);
    let sender = "it::bridge::bridge_callbacks::django_signal_to_event::SomeSender";
    assert_eq!(
        journal.take(),
        [format!("1 from {sender}"), format!("3 from {sender}")]
    );

    // "the hook function must return an event or a string"
    let hook = |order: Order| {
        Some(match Sent::from(order).args {
            (1, _) => Choice::topic("event::when::1", args! { number: 1_u32 }),
            (_, 2) => Choice::topic("event::when::2", args! {}),
            _ => OrderPlaced::from(order).into(),
        })
    };
    let hooked = signal_to_event(&desk).choose(hook).connect();
    desk.call(&ORDERS[..3]);
    drop(hooked);
    assert_eq!(
        journal.take(),
        ["event::when::1 1", "event::when::2 0", "3"]
    );

    let hook = |order: Order| {
        Some(match Sent::from(order).args {
            (1, _) => When::One,
            (_, 2) => When::Two,
            _ => When::None,
        })
    };
    let hooked = signal_to_event(&desk).with(hook).connect();
    desk.call(&ORDERS[..3]);
    drop(hooked);
    assert_eq!(journal.take(), ["One", "Two", "None"]);
}
