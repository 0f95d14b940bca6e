//! Section 7: bridges from streams and from callbacks, and why they end.

use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
    thread,
};

use events_core::{
    Bridged, Emission, Ended, Event, Origin, Registry, Signal, WhyEnded, bridge, signal_to_event,
};
use futures_core::Stream;
use tokio::sync::{broadcast, mpsc as tokio_mpsc};
use tokio_stream::{
    iter,
    wrappers::{BroadcastStream, ReceiverStream, UnboundedReceiverStream},
};

use crate::{Gate, Journal, block_on};

/// What comes from elsewhere.
#[derive(Clone, Copy, Debug)]
struct Order {
    number: u32,
    desk: &'static str,
}

#[derive(Event, Clone, Debug)]
struct OrderPlaced {
    number: u32,
}

impl From<Order> for OrderPlaced {
    fn from(Order { number, .. }: Order) -> Self {
        Self { number }
    }
}

const ORDERS: [Order; 4] = [
    Order {
        number: 1,
        desk: "east",
    },
    Order {
        number: 2,
        desk: "west",
    },
    Order {
        number: 3,
        desk: "east",
    },
    Order {
        number: 4,
        desk: "north",
    },
];

/// Notes each order with its origin: `3 from east`.
fn listening(journal: &Journal) -> Registry {
    let (registry, journal) = (Registry::new(), journal.clone());
    registry
        .on(move |order: &OrderPlaced, emission: &Emission| {
            let from = emission.origin().map(|origin| format!(" from {origin}"));
            journal.note(format!("{}{}", order.number, from.unwrap_or_default()));
        })
        .detach();
    registry
}

/// Why it ended, and came, emitted, left out, errors.
fn told(ended: &Ended) -> (&'static str, [usize; 4]) {
    let why = match ended.why() {
        WhyEnded::SourceEnded => "source",
        WhyEnded::Stopped => "stop",
        WhyEnded::RegistryGone => "registry",
        WhyEnded::Panicked(_) => "panic",
        WhyEnded::Dropped => "drop",
        _ => "something new",
    };
    let numbers = [
        ended.came(),
        ended.emitted(),
        ended.left_out(),
        ended.errors(),
    ];
    (why, numbers)
}

/// Runs a bridge over the four orders to the end of the stream.
#[track_caller]
fn check<R: Future<Output = Ended>>(
    run: impl FnOnce(tokio_stream::Iter<std::array::IntoIter<Order, 4>>) -> R,
    expected: (&'static str, [usize; 4]),
    heard: &[&str],
) {
    let journal = Journal::default();
    let _scope = listening(&journal).enter();
    let ended = block_on(run(iter(ORDERS)));
    assert_eq!(told(&ended), expected, "{ended}");
    assert_eq!(journal.take(), heard);
}

#[test]
fn the_items_of_a_stream_become_events_by_conversion() {
    check(
        |orders| bridge(orders).to::<OrderPlaced>().run(),
        ("source", [4, 4, 0, 0]),
        &["1", "2", "3", "4"],
    );
}

#[test]
fn an_item_may_be_the_event_itself() {
    let ended = block_on(
        bridge(iter([OrderPlaced { number: 1 }]))
            .to::<OrderPlaced>()
            .run(),
    );
    assert_eq!(
        ended.to_string(),
        "the source has ended; 1 item came, 1 emitted, 0 left out, 0 errors"
    );
}

#[test]
fn filters_let_items_pass_before_or_after_the_event_is_named() {
    check(
        |orders| {
            bridge(orders)
                .filter(|order| order.number > 1)
                .to::<OrderPlaced>()
                .filter(|order: &Order| order.number < 4)
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2", "3"],
    );
}

#[test]
fn one_senders_items_are_kept_and_the_sender_is_the_origin() {
    check(
        |orders| {
            bridge(orders)
                .senders(|order| order.desk)
                .sender("east")
                .to::<OrderPlaced>()
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["1 from east", "3 from east"],
    );
    check(
        |orders| {
            bridge(orders)
                .to::<OrderPlaced>()
                .senders(|order: &Order| Origin::from(order.desk))
                .sender("west")
                .sender("north")
                .origin("nobody")
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2 from west", "4 from north"],
    );
}

#[test]
fn a_type_or_a_function_may_be_the_sender() {
    struct Till;
    fn checkout() {}
    check(
        |orders| {
            bridge(orders)
                .senders(|order| match order.number {
                    1 => Origin::of::<Till>(),
                    _ => Origin::from(events_core::IntoKey::into_key(checkout)),
                })
                .sender(Origin::of::<Till>())
                .sender(checkout)
                .filter(|order| order.number < 3)
                .to::<OrderPlaced>()
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &[
            "1 from it::bridges::a_type_or_a_function_may_be_the_sender::Till",
            "2 from it::bridges::a_type_or_a_function_may_be_the_sender::checkout",
        ],
    );
}

#[test]
fn without_senders_all_events_are_from_the_origin_that_the_bridge_names() {
    check(
        |orders| bridge(orders).to::<OrderPlaced>().origin("till").run(),
        ("source", [4, 4, 0, 0]),
        &["1 from till", "2 from till", "3 from till", "4 from till"],
    );
}

#[test]
fn with_chooses_the_event_or_none() {
    check(
        |orders| {
            bridge(orders)
                .with(|order| (order.desk != "east").then(|| OrderPlaced::from(order)))
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2", "4"],
    );
}

#[test]
fn a_panic_in_a_closure_ends_the_bridge_and_goes_no_further() {
    check(
        |orders| {
            bridge(orders)
                .with(|order| {
                    assert_ne!(order.number, 3, "three");
                    Some(OrderPlaced::from(order))
                })
                .run()
        },
        ("panic", [3, 2, 0, 0]),
        &["1", "2"],
    );
    check(
        |orders| {
            bridge(orders)
                .to::<OrderPlaced>()
                .filter(|_| panic!("in a filter"))
                .run()
        },
        ("panic", [1, 0, 0, 0]),
        &[],
    );
    let ended = block_on(
        bridge(iter(ORDERS))
            .with(|_| -> Option<OrderPlaced> { panic!("no {}", "order") })
            .run(),
    );
    let text = ended.to_string();
    assert!(
        text.starts_with("panicked: no order; 1 item came"),
        "{text}"
    );
}

#[test]
fn a_panic_in_the_stream_ends_the_bridge() {
    struct Broken;
    impl Stream for Broken {
        type Item = OrderPlaced;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<OrderPlaced>> {
            panic!("broken")
        }
    }
    let ended = block_on(bridge(Broken).to::<OrderPlaced>().run());
    assert_eq!(told(&ended), ("panic", [0; 4]));
}

#[test]
fn a_subscriber_that_panics_does_not_end_the_bridge() {
    let journal = Journal::default();
    let registry = listening(&journal);
    registry
        .on(|order: &OrderPlaced| assert_ne!(order.number, 1))
        .detach();
    let ended = block_on(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    assert_eq!(told(&ended), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn the_registry_is_the_one_that_was_current_and_is_so_for_what_runs_inside() {
    let journal = Journal::default();
    let registry = listening(&journal);
    let inside = {
        let registry = registry.clone();
        move || assert_eq!(events_core::registry(), registry)
    };
    let subscriber = inside.clone();
    registry.on(move |_: &OrderPlaced| subscriber()).detach();
    let scope = registry.enter();
    let run = bridge(iter(ORDERS))
        .with(move |order| {
            inside();
            Some(OrderPlaced::from(order))
        })
        .run();
    drop(scope);
    assert_eq!(told(&block_on(run)), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take().len(), 4);
}

#[test]
fn a_bridge_keeps_no_registry_alive_and_ends_with_it() {
    let registry = Registry::new();
    let (sender, receiver) = tokio_mpsc::unbounded_channel();
    let run = bridge(UnboundedReceiverStream::new(receiver))
        .to::<OrderPlaced>()
        .on(&registry)
        .run();
    let mut run = pin!(run);
    let mut context = Context::from_waker(Waker::noop());
    sender.send(ORDERS[0]).expect("it listens");
    assert!(run.as_mut().poll(&mut context).is_pending());
    drop(registry);
    let Poll::Ready(ended) = run.as_mut().poll(&mut context) else {
        panic!("it goes on");
    };
    assert_eq!(told(&ended), ("registry", [1, 1, 0, 0]));
}

#[test]
fn the_next_item_is_taken_when_the_async_subscribers_are_through() {
    let registry = Registry::new();
    let (gate, journal) = (Gate::default(), Journal::default());
    let (waits, notes) = (gate.clone(), journal.clone());
    registry
        .on_async(move |order: &OrderPlaced| {
            let (number, wait, journal) = (order.number, waits.wait(), notes.clone());
            async move {
                wait.await;
                journal.note(number.to_string());
            }
        })
        .detach();
    let mut run = pin!(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    let mut context = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut context).is_pending());
    assert!(journal.take().is_empty());
    gate.open();
    assert!(run.as_mut().poll(&mut context).is_ready());
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn dropping_the_future_drops_the_event_that_is_under_way() {
    let registry = Registry::new();
    let (held, drops) = mpsc::channel::<()>();
    registry
        .on_async(move |_: &OrderPlaced| {
            let held = held.clone();
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        })
        .detach();
    let mut run = Box::pin(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    let mut context = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut context).is_pending());
    drop(run);
    drop(registry);
    assert_eq!(drops.recv(), Err(mpsc::RecvError));
}

#[test]
fn a_stream_that_is_always_ready_lets_others_have_their_turn() {
    let mut run = pin!(
        bridge(iter(0..1_000))
            .with(|number| Some(OrderPlaced { number }))
            .on(&Registry::new())
            .run()
    );
    // That registry is gone: it ends at once.
    let mut context = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut context).is_ready());

    let registry = Registry::new();
    let mut run = pin!(
        bridge(iter(0..1_000))
            .with(|number| Some(OrderPlaced { number }))
            .on(&registry)
            .run()
    );
    assert!(run.as_mut().poll(&mut context).is_pending());
    assert_eq!(told(&block_on(run)), ("source", [1_000, 1_000, 0, 0]));
}

/// A runtime of tokio for what needs one.
fn tokio<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn a_lag_of_tokios_broadcast_is_told_and_the_bridge_goes_on() {
    let journal = Journal::default();
    let registry = listening(&journal);
    let (sender, receiver) = broadcast::channel(2);
    for order in ORDERS {
        sender.send(order).expect("it listens");
    }
    drop(sender);
    let ended = block_on(
        bridge(BroadcastStream::new(receiver))
            .results()
            .to::<OrderPlaced>()
            .on(&registry)
            .run(),
    );
    assert_eq!(told(&ended), ("source", [3, 2, 0, 1]));
    assert_eq!(journal.take(), ["3", "4"]);
}

#[test]
fn results_may_be_looked_into() {
    let results = [Ok(ORDERS[0]), Err("lost"), Ok(ORDERS[1])];
    let errors = RefCell::new(Vec::new());
    let ended = block_on(
        bridge(iter(results))
            .with(|item| match item {
                Ok(order) => Some(OrderPlaced::from(order)),
                Err(error) => {
                    errors.borrow_mut().push(error);
                    None
                }
            })
            .run(),
    );
    assert_eq!(told(&ended), ("source", [3, 2, 1, 0]));
    assert_eq!(errors.into_inner(), ["lost"]);
}

#[test]
fn tokios_mpsc_as_a_task_of_tokio() {
    let journal = Journal::default();
    let registry = listening(&journal);
    tokio(async {
        let (sender, receiver) = tokio_mpsc::channel(1);
        let bridged = bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio();
        for order in ORDERS {
            sender.send(order).await.expect("it listens");
        }
        drop(sender);
        let ended = bridged.wait_async().await;
        assert_eq!(told(&ended), ("source", [4, 4, 0, 0]));
    });
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[cfg(unix)]
#[test]
fn a_signal_of_the_system_is_an_event() {
    use tokio::signal::unix::{SignalKind, signal};
    use tokio_stream::wrappers::SignalStream;

    #[derive(Event, Clone)]
    struct Reload;

    let registry = Registry::new();
    tokio(async {
        let signals = signal(SignalKind::user_defined1()).expect("it can be heard");
        let heard = registry.next::<Reload>();
        let bridged = bridge(SignalStream::new(signals))
            .with(|()| Some(Reload))
            .on(&registry)
            .spawn_tokio();
        let own = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-USR1", &own])
            .status();
        assert!(sent.expect("there is `kill`").success());
        assert!(heard.await.is_some());
        assert_eq!(told(&bridged.stop_async().await), ("stop", [1, 1, 0, 0]));
    });
}

/// A stream that ends when the sender goes, on a thread of its own, and the journal of what is heard.
fn spawned(registry: &Registry) -> (tokio_mpsc::UnboundedSender<Order>, Bridged) {
    let (sender, receiver) = tokio_mpsc::unbounded_channel();
    let bridged = bridge(UnboundedReceiverStream::new(receiver))
        .to::<OrderPlaced>()
        .on(registry)
        .spawn();
    (sender, bridged)
}

#[test]
fn a_bridge_on_a_thread_ends_with_its_stream() {
    let journal = Journal::default();
    let registry = listening(&journal);
    let (sender, bridged) = spawned(&registry);
    for order in ORDERS {
        sender.send(order).expect("it listens");
    }
    drop(sender);
    assert_eq!(told(&bridged.wait()), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn stopping_ends_a_bridge_that_waits_and_drops_its_stream() {
    let registry = Registry::new();
    let (sender, bridged) = spawned(&registry);
    let heard = registry.next::<OrderPlaced>();
    sender.send(ORDERS[0]).expect("it listens");
    block_on(heard).expect("the registry is there");
    assert_eq!(told(&bridged.stop()), ("stop", [1, 1, 0, 0]));
    assert!(sender.is_closed());

    let (sender, bridged) = spawned(&registry);
    assert_eq!(told(&block_on(bridged.stop_async())), ("stop", [0; 4]));
    assert!(sender.is_closed());

    let (sender, bridged) = spawned(&registry);
    drop(bridged);
    block_on(sender.closed());
}

#[test]
fn a_bridge_that_is_detached_goes_on() {
    let registry = Registry::new();
    let (sender, bridged) = spawned(&registry);
    bridged.detach();
    let heard = registry.next::<OrderPlaced>();
    sender.send(ORDERS[2]).expect("it listens");
    assert_eq!(block_on(heard).map(|order| order.number), Some(3));
    drop(sender);
}

#[test]
fn a_runtime_that_is_shut_down_under_its_bridge_is_told() {
    let registry = Registry::new();
    let (_sender, receiver) = tokio_mpsc::channel::<Order>(1);
    let bridged = tokio(async {
        bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio()
    });
    assert_eq!(told(&bridged.wait()), ("drop", [0; 4]));
}

type Callback = dyn Fn(Order) + Send + Sync;

/// A source that calls back.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Option<Arc<Callback>>>>);

/// Dropping it disconnects.
struct Connected(Desk);

impl Desk {
    fn call(&self, orders: &[Order]) {
        let callback = self.0.lock().expect("nobody panics here").clone();
        if let Some(callback) = callback {
            orders.iter().for_each(|order| callback(*order));
        }
    }

    fn close(&self) {
        let callback = self.0.lock().expect("nobody panics here").take();
        drop(callback);
    }

    fn is_connected(&self) -> bool {
        self.0.lock().expect("nobody panics here").is_some()
    }
}

impl Signal for Desk {
    type Item = Order;
    type Guard = Connected;

    fn connect(&self, callback: impl Fn(Order) + Send + Sync + 'static) -> Connected {
        *self.0.lock().expect("nobody panics here") = Some(Arc::new(callback));
        Connected(self.clone())
    }
}

impl Drop for Connected {
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
        called.join().expect("nobody panics")
    });
    assert_eq!(caller.1, [format!("{:?}", caller.0)]);
    assert_eq!(told(&connection.stop()), ("stop", [1, 1, 0, 0]));
}

#[test]
fn dropping_the_guard_disconnects_and_detaching_does_not() {
    let journal = Journal::default();
    let _scope = listening(&journal).enter();
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
    assert_eq!(told(&connection.wait()), ("source", [4, 4, 0, 0]));

    let connection = connect();
    desk.close();
    let ended = block_on(connection.wait_async());
    assert_eq!(told(&ended), ("source", [0; 4]));
}

#[test]
fn a_callback_that_panics_or_has_no_registry_hears_nothing_more() {
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
    assert_eq!(told(&connection.stop()), ("panic", [2, 1, 0, 0]));

    let connection = signal_to_event(&desk)
        .to::<OrderPlaced>()
        .on(&registry)
        .connect();
    drop(registry);
    desk.call(&ORDERS);
    assert_eq!(told(&connection.stop()), ("registry", [1, 0, 0, 0]));
}

/// Of django-event-system:
///
/// ```python
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
    let registry = listening(&journal);
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
    let sender = "it::bridges::django_signal_to_event::SomeSender";
    assert_eq!(
        journal.take(),
        [format!("1 from {sender}"), format!("3 from {sender}")]
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
