//! events-core with another kind of event, registry or subscription than in `ours`, with four handlers
//! each.

use std::{
    hint::black_box,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use events_core::{AnyEvent, Event, Registry, args, emit_mut, registry, subscriber};
use seq_macro::seq;

use crate::{
    case::{B, Case, repeat, step},
    events, params,
};

/// A registry other than the default one, scanned.
static INSTANCE: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    params::scan(&registry);
    registry
});

/// A registry with four subscribers to a pattern of topics.
static BY_PATTERN: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    for k in 0..4 {
        let handler = move |_: &dyn AnyEvent| {
            ADDED.store(step(ADDED.load(Relaxed), B, k), Relaxed);
        };
        let subscription = registry.on_topic("bench::.*", handler);
        subscription.expect("a pattern").detach();
    }
    registry
});

/// A registry with four subscribers to a pattern of topics, each of which reads the last of eight fields by
/// its name.
static FIELD_BY_NAME: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    for k in 0..4 {
        let handler = move |event: &dyn AnyEvent| {
            let b = event.arg(black_box("eighth")).copied().unwrap_or_default();
            ADDED.store(step(ADDED.load(Relaxed), b, k), Relaxed);
        };
        let subscription = registry.on_topic("bench::.*", handler);
        subscription.expect("a pattern").detach();
    }
    registry
});

/// The sum of the pattern subscribers, which only read their event.
static ADDED: AtomicU64 = AtomicU64::new(0);

#[derive(Event)]
#[event(topic = "bench::typed")]
struct Typed;

#[derive(Event, Default)]
#[event(topic = "bench::fields")]
struct Fields {
    first: u64,
    second: u64,
    third: u64,
    fourth: u64,
    fifth: u64,
    sixth: u64,
    seventh: u64,
    eighth: u64,
}

/// An event without link-time subscribers.
#[derive(Event)]
struct RunTime {
    a: u64,
    b: u64,
}

#[derive(Event)]
struct Generic<T> {
    a: T,
    b: T,
}

/// Of the same size as the owned event.
#[derive(Event)]
struct Borrowed<'e> {
    a: u64,
    b: &'e u64,
}

#[derive(Event)]
struct Large {
    a: u64,
    b: u64,
    rest: [u64; 30],
}

#[derive(Event)]
struct Filtered {
    a: u64,
    b: u64,
}

/// An event with four subscribers, one of which has a filter.
#[derive(Event)]
struct Mixed {
    a: u64,
    b: u64,
}

#[derive(Event)]
struct Conditional {
    a: u64,
    b: u64,
}

#[derive(Event)]
struct Fallible {
    a: u64,
    b: u64,
}

/// The origin of the filtered events.
fn producer() {}

seq!(K in 0..4 {
    #(
        #[subscriber]
        fn generic~K(event: &mut Generic<u64>) {
            event.a = step(event.a, event.b, K);
        }

        #[subscriber]
        fn borrowed~K(event: &mut Borrowed<'_>) {
            event.a = step(event.a, *event.b, K);
        }

        #[subscriber]
        fn large~K(event: &mut Large) {
            event.a = step(event.a, event.b, K);
        }

        #[subscriber(origin = producer)]
        fn filtered~K(event: &mut Filtered) {
            event.a = step(event.a, event.b, K);
        }

        #[subscriber(when = |event: &Conditional| event.b != 7)]
        fn conditional~K(event: &mut Conditional) {
            event.a = step(event.a, event.b, K);
        }

        #[subscriber]
        fn fallible~K(event: &mut Fallible) -> Result<(), &'static str> {
            if event.b == 7 {
                return Err("seven");
            }
            event.a = step(event.a, event.b, K);
            Ok(())
        }
    )*
});

#[subscriber(origin = producer)]
fn mixed0(event: &mut Mixed) {
    event.a = step(event.a, event.b, 0);
}

seq!(K in 1..4 {
    #(
        #[subscriber]
        fn mixed~K(event: &mut Mixed) {
            event.a = step(event.a, event.b, K);
        }
    )*
});

/// Registers all subscribers that are registered at run time.
pub(crate) fn subscribe() {
    for k in 0..4 {
        registry()
            .on(move |event: &mut RunTime| event.a = step(event.a, event.b, k))
            .detach();
    }
    LazyLock::force(&INSTANCE);
    LazyLock::force(&BY_PATTERN);
    LazyLock::force(&FIELD_BY_NAME);
}

/// `has_subscribers` of types with subscribers, which must be true, and of types without, which must be false.
pub(crate) fn questions() -> [Case; 6] {
    macro_rules! questions {
        ($($series:literal $has:expr, $expected:literal;)*) => {
            [$(Case::new($series, 0, |times| repeat(times, |a| a + u64::from($has != $expected))),)*]
        };
    }
    questions! {
        "has" events::four::Pair::has_subscribers(), true;
        "has-not" events::zero::Pair::has_subscribers(), false;
        "has-of-default" registry().has_subscribers::<events::four::Pair>(), true;
        "has-in-table" INSTANCE.has_subscribers::<events::four::Pair>(), true;
        "has-not-in-table" INSTANCE.has_subscribers::<events::zero::Pair>(), false;
        "has-pattern" BY_PATTERN.has_subscribers::<Typed>(), true;
    }
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("run-time", 4, |times| {
            repeat(times, |a| RunTime { a, b: B }.emit().a)
        }),
        Case::new("instance", 4, |times| {
            let registry = &*INSTANCE;
            repeat(times, |a| registry.emit(events::four::Pair { a, b: B }).a)
        }),
        Case::new("by pattern, typed", 4, |times| {
            let registry = &*BY_PATTERN;
            repeat(times, |a| {
                ADDED.store(a, Relaxed);
                registry.emit(Typed);
                ADDED.load(Relaxed)
            })
        }),
        Case::new("by pattern, topic event", 4, |times| {
            let registry = &*BY_PATTERN;
            repeat(times, |a| {
                ADDED.store(a, Relaxed);
                registry.emit_topic(black_box("bench::topic"), args! {});
                ADDED.load(Relaxed)
            })
        }),
        Case::new("arg", 4, |times| {
            let registry = &*FIELD_BY_NAME;
            let mut event = Fields {
                eighth: B,
                ..Fields::default()
            };
            repeat(times, |a| {
                ADDED.store(a, Relaxed);
                registry.emit_mut(&mut event);
                ADDED.load(Relaxed)
            })
        }),
        Case::new("generic", 4, |times| {
            repeat(times, |a| Generic { a, b: B }.emit().a)
        }),
        Case::new("borrowed", 4, |times| {
            let b = B;
            repeat(times, |a| Borrowed { a, b: &b }.emit().a)
        }),
        Case::new("mut 16 bytes", 4, |times| {
            let mut event = events::four::Pair { a: 0, b: B };
            repeat(times, |a| {
                event.a = a;
                emit_mut(&mut event);
                event.a
            })
        }),
        Case::new("mut 256 bytes", 4, |times| {
            let mut event = Large {
                a: 0,
                b: B,
                rest: [1; 30],
            };
            let sum = repeat(times, |a| {
                event.a = a;
                emit_mut(&mut event);
                event.a
            });
            assert_eq!(event.rest, [1; 30]);
            sum
        }),
        Case::new("emit_from", 4, |times| {
            repeat(times, |a| {
                events::four::Pair { a, b: B }.emit_from(producer).a
            })
        }),
        Case::new("emit_from, origin filter", 4, |times| {
            repeat(times, |a| Filtered { a, b: B }.emit_from(producer).a)
        }),
        Case::new("emit_from, one origin filter", 4, |times| {
            repeat(times, |a| Mixed { a, b: B }.emit_from(producer).a)
        }),
        Case::new("when", 4, |times| {
            repeat(times, |a| Conditional { a, b: B }.emit().a)
        }),
        Case::new("result", 4, |times| {
            repeat(times, |a| Fallible { a, b: B }.emit().a)
        }),
    ]
}
