//! The last middleware around calls is removed while the handlers of an emission start.

use std::sync::{Arc, Mutex};

use events_core::{Event, Registry, Subscription, middleware::Middleware};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Started;

struct Around;

impl Middleware for Around {}

/// A registry whose first background handler removes the only middleware.
fn registry() -> (Registry, Journal) {
    let (registry, journal) = (Registry::new(), Journal::default());
    let guard: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let held = Arc::clone(&guard);
    let first = registry.subscribe_async(move |_: &Started| {
        drop(held.lock().expect("not poisoned").take());
        async {}
    });
    first
        .id("first")
        .priority(1)
        .register()
        .expect("registered")
        .detach();
    let note = |id: &'static str| {
        let noted = journal.clone();
        registry
            .subscribe_async(move |_: &Started| {
                noted.note(id);
                async {}
            })
            .id(id)
    };
    note("runs").register().expect("registered").detach();
    note("skipped")
        .when(|_| false)
        .register()
        .expect("registered")
        .detach();
    let panics = note("filter panics").when(|_| panic!("no condition"));
    panics.register().expect("registered").detach();
    let fails = registry.subscribe_async(async |_: &Started| Err::<(), _>("refused"));
    fails.id("fails").register().expect("registered").detach();
    *guard.lock().expect("not poisoned") = Some(registry.wrap(Around));
    (registry, journal)
}

#[test]
fn the_handlers_behind_it_end_as_without_middleware() {
    let (registry, journal) = registry();
    let error = block_on(registry.try_emit_async(Started)).expect_err("two fail");
    let outcomes: Vec<_> = error
        .outcomes()
        .map(|(subscriber, outcome)| {
            let text = outcome.to_string();
            format!(
                "{} {}",
                subscriber.name,
                text.lines().next().unwrap_or_default()
            )
        })
        .collect();
    let is = |start: &str| outcomes.iter().any(|outcome| outcome.starts_with(start));
    assert!(is("first ran"), "{outcomes:?}");
    assert!(is("runs ran"), "{outcomes:?}");
    assert!(is("skipped was skipped"), "{outcomes:?}");
    assert!(is("filter panics panicked"), "{outcomes:?}");
    assert!(is("fails returned an error: refused"), "{outcomes:?}");
    assert_eq!(error.ran(), 4);
    assert_eq!(journal.take(), ["runs"]);
    // From the queue as well.
    let (registry, journal) = self::registry();
    registry.enqueue(Started).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 2));
    assert_eq!(journal.take(), ["runs"]);
}
