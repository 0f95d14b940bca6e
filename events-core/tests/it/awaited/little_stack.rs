//! An emit that is suspended at an awaited subscriber, and resumed where little of the stack is left: it ends there.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{EmitError, Emitted, Event, Registry, failures::Cause};

use super::{Trail, registry_of};
use crate::{block_on, panics::in_child, poll_once, with_stack_left};

/// How many emits are nested.
#[derive(Event)]
struct Nest(usize);

type Result<T> = std::result::Result<T, EmitError<Trail>>;

type Emit = Pin<Box<dyn Future<Output = Result<Emitted<Trail>>> + Send>>;

/// Polls an emit inside of 20 others, where so many bytes of the stack are left.
fn poll_inside(emit: Emit, left: usize) -> Result<Emitted<Trail>> {
    let result = Arc::new(Mutex::new(Err(emit)));
    let registry = Registry::new();
    let (inner, shared) = (registry.clone(), Arc::clone(&result));
    let nests = move |nest: &Nest| match nest.0 {
        20 => with_stack_left(left, &|| {
            let mut shared = shared.lock().expect("not poisoned");
            if let Err(emit) = &mut *shared
                && let std::task::Poll::Ready(result) = poll_once(emit.as_mut())
            {
                *shared = Ok(result);
            }
        }),
        number => _ = inner.emit(Nest(number + 1)),
    };
    let nests = registry.on(nests);
    registry.emit(Nest(0));
    drop(nests);
    let result = Arc::into_inner(result).expect("the handler is dropped");
    match result.into_inner().expect("not poisoned") {
        Ok(result) => result,
        Err(emit) => block_on(emit),
    }
}

/// A line of subscribers, of which the emit is suspended at the first `y`.
const LINE: &str = "s y s y c d";

#[test]
fn the_handlers_that_are_not_complete_fail() {
    in_child(|| {
        let suspended = || {
            let registry = registry_of(LINE);
            let event = Trail::default();
            let journal = event.journal.clone();
            let mut emit: Emit = Box::pin(registry.try_emit_async(event));
            assert!(poll_once(emit.as_mut()).is_pending());
            (registry, emit, journal)
        };
        let (registry, emit, journal) = suspended();
        let error = poll_inside(emit, 100 << 10).expect_err("little of the stack is left");
        let failed = error.failures().iter().map(|failure| {
            assert!(matches!(failure.cause(), Cause::TooDeep(_)), "{failure}");
            &*failure.subscriber().name
        });
        assert_eq!(failed.collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
        assert_eq!((error.ran(), &*error.event().numbers), (1, "01"));
        assert_eq!(journal.take(), ["0", "1"]);
        registry.queue().flush();
        assert!(journal.take().is_empty(), "nothing is queued");

        let (_registry, emit, _) = suspended();
        let emitted = poll_inside(emit, 400 << 10).expect("there is room");
        assert_eq!((emitted.ran(), &*emitted.numbers), (5, "011233"));
    });
}

/// An event of the queue whose awaited subscriber emits it again, without an end.
#[test]
fn a_recursion_from_the_queue_meets_the_depth_limit() {
    let registry = Registry::new();
    registry.set_depth_limit(10);
    let (inner, refusals) = (registry.clone(), Arc::new(AtomicUsize::new(0)));
    let state = (inner, Arc::clone(&refusals));
    let handler = async |event: &mut Trail, state: &(Registry, Arc<AtomicUsize>)| {
        super::suspend().await;
        event.add("x");
        let nested: Emit = Box::pin(state.0.try_emit_async(event.clone()));
        if let Err(error) = nested.await {
            assert!(error.too_deep().is_some(), "{error}");
            state.1.fetch_add(1, Ordering::Relaxed);
        }
    };
    registry.on_awaited_with(state, handler).detach();
    let event = Trail::default();
    let journal = event.journal.clone();
    registry.enqueue(event).expect("there is room");
    registry.queue().flush();
    assert_eq!(refusals.load(Ordering::Relaxed), 1);
    assert_eq!(journal.take().len(), 10);
}
