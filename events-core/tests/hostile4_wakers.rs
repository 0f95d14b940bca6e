//! Fourth hostile round: wakers that are dropped, and destructors of thread-locals.
#![allow(missing_docs)]

use std::{
    cell::RefCell,
    future::{Future, pending},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

#[derive(Event, Clone)]
struct Quick;
#[derive(Event, Clone)]
struct Slow;

struct OnDrop<F: Fn()>(F);
impl<F: Fn() + Send + Sync + 'static> Wake for OnDrop<F> {
    fn wake(self: Arc<Self>) {}
}
impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The last reference of a task's waker drops the task: that is outside of the queue and its registry.
fn on_drop<T: Send + 'static>(f: impl Fn(&Registry) -> T + Send + Sync + 'static) -> T {
    let registry = Registry::new();
    registry.on(|_: &Quick| ()).detach();
    let mut work = Box::pin(registry.queue().work(1));
    let (result, inner) = (Arc::new(Mutex::new(None)), registry.clone());
    let stored = Arc::clone(&result);
    let waker = Waker::from(Arc::new(OnDrop(move || *stored.lock().unwrap() = Some(f(&inner)))));
    assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    _ = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    result.lock().unwrap().take().expect("it is dropped")
}

#[test]
fn a_waker_that_a_worker_replaces_is_dropped_outside_of_its_registry() {
    assert!(on_drop(|registry| events_core::registry() != *registry));
}

#[test]
fn a_waker_that_a_worker_replaces_is_dropped_outside_of_its_events() {
    let flushed = on_drop(|registry| {
        registry.enqueue(Quick).expect("there is room");
        registry.queue().flush().left()
    });
    assert_eq!(flushed, 0, "a flush there runs nothing, as inside an event");
}

/// What runs in the destructor of a thread-local.
struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);
impl Drop for AtExit {
    fn drop(&mut self) {
        for f in self.0.take() {
            f();
        }
    }
}
thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

#[test]
fn all_works_in_the_destructor_of_a_thread_local() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&done);
    thread::spawn(move || {
        AT_EXIT.with(|at| {
            at.0.borrow_mut().push(Box::new(move || {
                let registry = Registry::new();
                registry.on(|_: &Quick| panic!("a handler")).detach();
                let slow = registry.on_async(|_: &Slow| pending::<()>());
                registry.set_unheard_hook(|_| panic!("a hook"));
                registry.enqueue(Quick).unwrap();
                notes.lock().unwrap().push(format!("{}", registry.queue().flush()));
                let error = registry.try_emit(Quick).err().unwrap().to_string();
                notes.lock().unwrap().push(error.replace('\n', " "));
                let mut emit: Pin<Box<dyn Future<Output = Slow>>> = Box::pin(registry.emit_async(Slow));
                assert!(emit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                drop(emit);
                slow.stop();
                registry.emit(Slow);
                assert!(registry.queue().settle(Duration::from_secs(10)));
                let worker = registry.queue().spawn_thread();
                worker.stop();
                registry.enqueue(Quick).unwrap();
                notes.lock().unwrap().push(format!("{}", registry.queue().shutdown(Duration::from_secs(10))));
            }));
        });
    })
    .join()
    .unwrap();
    assert_eq!(done.lock().unwrap().len(), 3, "{done:?}");
    println!("{done:?}");
}
