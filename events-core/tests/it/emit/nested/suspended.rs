//! Section 2: emits that are nested and suspended, and then dropped or resumed where the stack is small.

use std::{
    future::{Future, pending},
    pin::Pin,
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

use crate::{panics::check_in_children, poll_once};

/// How many emits are nested further, and as many bytes.
#[derive(Event, Clone)]
struct Countdown<const BYTES: usize>(usize, [u8; BYTES]);

type Emit = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Each emit is awaited by a handler of the one around it; the innermost handler is pending.
fn subscribe<const BYTES: usize>(registry: &Registry) {
    let inner = registry.clone();
    let awaits = move |event: &Countdown<BYTES>| {
        let (inner, left) = (inner.clone(), event.0);
        async move {
            if left == 0 {
                return pending().await;
            }
            let next = Countdown::<BYTES>(left - 1, [0; BYTES]);
            if let Err(error) = inner.try_emit_async(next).await {
                assert!(error.too_deep().is_none(), "{error}");
            }
        }
    };
    let new = registry.subscribe_async(awaits).id("awaits");
    new.register().expect("the id is free").detach();
}

/// A job that depends on no async handler is queued last, with one that does: when the emit is dropped.
fn subscribe_last<const BYTES: usize>(registry: &Registry) {
    let deferred = || registry.subscribe_deferred(|_: &Countdown<BYTES>| ());
    let first = deferred().id("first").register();
    let second = deferred().after("awaits").after("first").register();
    for subscription in [first, second] {
        subscription.expect("there is an order").detach();
    }
}

fn on_thread<T: Send + 'static>(kib: usize, f: impl FnOnce() -> T + Send + 'static) -> T {
    let builder = thread::Builder::new().stack_size(kib << 10);
    let thread = builder.spawn(f).expect("a thread starts");
    thread.join().expect("nothing panics")
}

/// Where every emit has room.
const LARGE: usize = 64 << 10;

fn suspended<const BYTES: usize>(depth: usize, more: fn(&Registry)) -> Emit {
    on_thread(LARGE, move || {
        let registry = Registry::new();
        registry.set_depth_limit(depth);
        subscribe::<BYTES>(&registry);
        more(&registry);
        let emit = registry.emit_async(Countdown::<BYTES>(depth - 1, [0; BYTES]));
        let mut emit: Emit = Box::pin(async { _ = emit.await });
        assert!(poll_once(&mut emit).is_pending());
        emit
    })
}

fn check_drop<const BYTES: usize>(depth: usize, kib: usize, more: fn(&Registry)) {
    let emit = suspended::<BYTES>(depth, more);
    on_thread(kib, move || drop(emit));
}

/// Where little of the stack is left, the emits that are nested deeper are dropped.
fn check_resume<const BYTES: usize>(depth: usize, kib: usize) {
    let mut emit = suspended::<BYTES>(depth, |_| ());
    let emit = on_thread(kib, move || {
        _ = poll_once(&mut emit);
        emit
    });
    on_thread(LARGE, move || drop(emit));
}

/// A shutdown takes the event that a worker has suspended.
fn check_shutdown<const BYTES: usize>(depth: usize, kib: usize) {
    let registry = Registry::new();
    let queue = registry.queue();
    let work = on_thread(LARGE, move || {
        subscribe::<BYTES>(&registry);
        let event = Countdown::<BYTES>(depth - 1, [0; BYTES]);
        assert!(registry.enqueue(event).is_ok(), "there is room");
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        work
    });
    let unfinished = on_thread(kib, move || queue.shutdown(Duration::ZERO));
    assert_eq!(unfinished.events.len(), 1);
    drop(work);
}

const ROWS: &[(&str, fn())] = &[
    ("no fields, dropped on 128 KiB", || {
        check_drop::<0>(127, 128, |_| ());
    }),
    ("4 KiB, dropped on 512 KiB", || {
        check_drop::<4096>(127, 512, |_| ());
    }),
    ("16 KiB, dropped on 2 MiB", || {
        check_drop::<16384>(127, 2048, |_| ());
    }),
    ("4 KiB, dropped on 2 MiB at the highest limit", || {
        check_drop::<4096>(256, 2048, |_| ());
    }),
    ("4 KiB, with deferred handlers, dropped on 512 KiB", || {
        check_drop::<4096>(127, 512, subscribe_last::<4096>);
    }),
    ("no fields, resumed on 256 KiB", || {
        check_resume::<0>(127, 256);
    }),
    ("1 KiB, resumed on 2 MiB", || {
        check_resume::<1024>(127, 2048);
    }),
    ("4 KiB, resumed on 2 MiB", || check_resume::<4096>(40, 2048)),
    ("4 KiB, taken by a shutdown on 512 KiB", || {
        check_shutdown::<4096>(127, 512);
    }),
];

#[test]
fn suspended_emits_that_are_dropped_or_resumed_on_a_small_stack_do_not_overflow_it() {
    let test = "emit::nested::suspended::\
                suspended_emits_that_are_dropped_or_resumed_on_a_small_stack_do_not_overflow_it";
    check_in_children(test, ROWS);
}
