//! The peers: other crates, each used as its own documentation shows.
//!
//! Handlers change the event where the crate permits it. Where it does not (in evenio only the last
//! handler may own the event, signals2 shares it, tokio clones it) they add to a sum instead, by a plain
//! load and store, which is a chain of dependent memory accesses of the same length.

use std::{cell::RefCell, collections::HashMap, hint::black_box, sync::Arc};

use crate::case::{B, Case, repeat, step};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! at {
        ($($name:literal $run:ident;)*) => {
            vec![$(
                Case::new($name, 0, $run::<0>),
                Case::new($name, 1, $run::<1>),
                Case::new($name, 4, $run::<4>),
                Case::new($name, 16, $run::<16>),
                Case::new($name, 64, $run::<64>),
            )*]
        };
    }
    at! {
        "string map" string_map;
        "evenio" evenio;
        "bevy_ecs" bevy;
        "signals2" signals2;
        "tokio broadcast" tokio_broadcast;
    }
}

/// The state of a peer, kept between runs, by the number of its handlers.
type ByHandlers<T> = RefCell<HashMap<u64, T>>;

/// The sum of the handlers that cannot change the event.
mod sum {
    use std::sync::atomic::{AtomicU64, Ordering};

    static SUM: AtomicU64 = AtomicU64::new(0);

    #[inline]
    pub(super) fn set(value: u64) {
        SUM.store(value, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn add(value: u64) {
        set(get().wrapping_add(value));
    }

    #[inline]
    pub(super) fn get() -> u64 {
        SUM.load(Ordering::Relaxed)
    }
}

fn string_map<const N: u64>(times: u64) -> u64 {
    struct Changed {
        a: u64,
        b: u64,
    }
    type Map = HashMap<String, Vec<Box<dyn Fn(&mut Changed)>>>;
    thread_local! {
        static MAPS: ByHandlers<Map> = RefCell::default();
    }
    MAPS.with_borrow_mut(|maps| {
        let map = maps.entry(N).or_insert_with(|| {
            let mut map = Map::new();
            for other in ["order.paid", "order.sent", "order.returned"] {
                map.entry(other.to_owned()).or_default();
            }
            let list = map.entry("order.placed".to_owned()).or_default();
            for k in 0..N {
                list.push(Box::new(move |event| {
                    event.a = step(event.a, event.b, k);
                }));
            }
            map
        });
        repeat(times, |a| {
            let mut event = Changed { a, b: B };
            for handler in map.get(black_box("order.placed")).into_iter().flatten() {
                handler(&mut event);
            }
            event.a
        })
    })
}

fn evenio<const N: u64>(times: u64) -> u64 {
    use evenio::prelude::{GlobalEvent, IntoHandler as _, Receiver, World};

    #[derive(GlobalEvent)]
    struct Placed {
        b: u64,
    }
    thread_local! {
        static WORLDS: ByHandlers<World> = RefCell::default();
    }
    WORLDS.with_borrow_mut(|worlds| {
        let world = worlds.entry(N).or_insert_with(|| {
            let mut world = World::new();
            for k in 0..N {
                let handler = move |placed: Receiver<'_, Placed>| sum::add(placed.event.b ^ k);
                world.add_handler(handler.no_type_id());
            }
            world
        });
        repeat(times, |a| {
            sum::set(a);
            world.send(Placed { b: B });
            sum::get()
        })
    })
}

fn bevy<const N: u64>(times: u64) -> u64 {
    use bevy_ecs::{event::Event, observer::On, world::World};

    #[derive(Event)]
    struct Changed {
        a: u64,
        b: u64,
    }
    thread_local! {
        static WORLDS: ByHandlers<World> = RefCell::default();
    }
    WORLDS.with_borrow_mut(|worlds| {
        let world = worlds.entry(N).or_insert_with(|| {
            let mut world = World::new();
            for k in 0..N {
                world.add_observer(move |mut event: On<'_, '_, Changed>| {
                    event.a = step(event.a, event.b, k);
                });
            }
            world.flush();
            world
        });
        repeat(times, |a| {
            let mut event = Changed { a, b: B };
            world.trigger_ref(&mut event);
            event.a
        })
    })
}

fn signals2<const N: u64>(times: u64) -> u64 {
    use signals2::{Connect1 as _, Emit1 as _, Signal};

    struct Placed {
        b: u64,
    }
    thread_local! {
        // Slots accept their argument by value, so the event is passed as an `Arc`.
        static SIGNALS: ByHandlers<Signal<(Arc<Placed>,)>> = RefCell::default();
    }
    SIGNALS.with_borrow_mut(|signals| {
        let signal = signals.entry(N).or_insert_with(|| {
            let signal = Signal::new();
            for k in 0..N {
                signal.connect(move |placed: Arc<Placed>| sum::add(placed.b ^ k));
            }
            signal
        });
        repeat(times, |a| {
            sum::set(a);
            signal.emit(Arc::new(Placed { b: B }));
            sum::get()
        })
    })
}

fn tokio_broadcast<const N: u64>(times: u64) -> u64 {
    use tokio::sync::broadcast::{Receiver, Sender, channel};

    #[derive(Clone, Copy)]
    struct Placed {
        a: u64,
        b: u64,
    }
    thread_local! {
        static CHANNELS: ByHandlers<(Sender<Placed>, Vec<Receiver<Placed>>)> = RefCell::default();
    }
    CHANNELS.with_borrow_mut(|channels| {
        let (sender, receivers) = channels.entry(N).or_insert_with(|| {
            let (sender, first) = channel(16);
            let mut receivers = vec![first];
            receivers.resize_with(usize::try_from(N).unwrap_or(0), || sender.subscribe());
            (sender, receivers)
        });
        repeat(times, |a| {
            // Without receivers this is an error that contains the event.
            let _ = sender.send(Placed { a, b: B });
            let mut sum = a;
            for (receiver, k) in receivers.iter_mut().zip(0..) {
                let placed = receiver.try_recv();
                sum = sum.wrapping_add(placed.map_or(0, |placed| placed.a - a + (placed.b ^ k)));
            }
            sum
        })
    })
}
