//! A panic in a destructor or a waker that no caller receives is logged at `error`.

use std::{
    fmt,
    future::pending,
    pin::pin,
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Duration,
};

use events_core::{Event, Registry};
use tracing::Level;

use crate::logged;

#[derive(Event, Clone)]
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("an event is dropped");
    }
}

#[derive(Debug)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a closure is dropped");
    }
}

#[derive(Event, Clone)]
struct Work;

/// An error that panics when it is dropped or shown.
#[derive(Debug)]
struct FragileError(Bomb);

impl fmt::Display for FragileError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("an error is shown")
    }
}

impl std::error::Error for FragileError {}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a task is woken");
    }
}

fn enqueue(registry: &Registry) {
    assert!(registry.enqueue(Fragile).is_ok(), "there is room");
}

fn fragile(bomb: Bomb) -> impl Fn(&Fragile) + Send + Sync + 'static {
    move |_| _ = &bomb
}

/// What panics, what it does, and the message of the panic.
type Row = (&'static str, fn(&Registry), &'static str);

const ROWS: &[Row] = &[
    (
        "a flush",
        |registry| {
            registry.on(|_: &Fragile| {}).detach();
            enqueue(registry);
            registry.queue().flush();
        },
        "an event is dropped",
    ),
    (
        "the unfinished event of a shutdown",
        |registry| {
            enqueue(registry);
            drop(registry.queue().shutdown(Duration::ZERO));
        },
        "an event is dropped",
    ),
    (
        "a snapshot",
        |registry| {
            registry.on_deferred(|_: &Fragile| {}).detach();
            std::mem::forget(registry.emit(Fragile));
            registry.queue().flush();
        },
        "an event is dropped",
    ),
    (
        "a handler",
        |registry| drop(registry.on(fragile(Bomb))),
        "a closure is dropped",
    ),
    (
        "a background handler",
        |registry| drop(registry.on_deferred(fragile(Bomb))),
        "a closure is dropped",
    ),
    (
        "the future of a handler",
        |registry| {
            let handler = |_: &Fragile| async {
                let _bomb = Bomb;
            };
            registry.on_async(handler).detach();
            enqueue(registry);
            registry.queue().flush();
        },
        "a closure is dropped",
    ),
    (
        "the error of a handler",
        |registry| {
            let fails = |_: &Work| Err::<(), _>(FragileError(Bomb));
            registry.on(fails).detach();
            registry.emit(Work);
        },
        "a closure is dropped",
    ),
    (
        "the text of the error of a handler",
        |registry| {
            let fails = |_: &Work| Err::<(), _>(FragileError(Bomb));
            registry.on(fails).detach();
            registry.emit(Work);
        },
        "its Display panicked",
    ),
    (
        "the waker of a worker",
        |registry| {
            let bad = Waker::from(Arc::new(Panics));
            let mut work = pin!(registry.queue().work(1));
            assert!(
                work.as_mut()
                    .poll(&mut Context::from_waker(&bad))
                    .is_pending()
            );
            enqueue(registry);
            let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
            let context = &mut Context::from_waker(Waker::noop());
            assert!(shutdown.as_mut().poll(context).is_pending());
        },
        "a task is woken",
    ),
];

#[test]
fn a_panic_that_no_caller_receives_is_logged_at_error() {
    for (row, run, message) in ROWS {
        let log = logged(Level::ERROR, || run(&Registry::new()));
        let is_record = |line: &&String| {
            line.starts_with("ERROR events_core: ")
                && line.contains("panicked")
                && line.contains(message)
        };
        assert!(log.iter().any(|line| is_record(&line)), "{row}: {log:#?}");
    }
}
