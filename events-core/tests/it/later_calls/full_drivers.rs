//! An event that waits for a permit is resumed by a driver that can start no further event.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
};

use events_core::{Event, Registry};

use super::Work;
use crate::{Gate, Journal, block_on, poll_once};

/// A worker that was woken is polled as long as it is.
struct HandPolled {
    work: Pin<Box<events_core::queues::Work>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl HandPolled {
    fn new(registry: &Registry, concurrency: usize) -> Self {
        Self {
            work: Box::pin(registry.queue().work(concurrency)),
            woken: Arc::new(Woken(AtomicBool::new(true))),
        }
    }

    fn run(&mut self) {
        let waker = Waker::from(Arc::clone(&self.woken));
        while self.woken.0.swap(false, Ordering::Relaxed) {
            let polled = self.work.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
    }
}

/// The permit is granted to the event that is parked; the event for which the only driver is busy waits behind it.
#[test]
fn a_driver_that_can_start_no_further_event_resumes_the_one_that_its_own_waits_for() {
    #[derive(Event, Clone)]
    struct Outer(Journal);

    let registry = Registry::new();
    let gate = Gate::default();
    let opened = gate.clone();
    let handler = move |work: &Work| {
        let (gate, work) = (gate.clone(), work.clone());
        async move {
            if work.number == 1 {
                gate.wait().await;
            }
            work.journal.note(work.number.to_string());
        }
    };
    let new = registry.subscribe_async(handler).concurrency(1);
    new.register().expect("it is valid").detach();
    let inner = registry.clone();
    let outer = move |outer: &Outer| {
        let (registry, journal) = (inner.clone(), outer.0.clone());
        async move {
            registry.emit_async(Work::new(3, 0, &journal)).await;
            journal.note("outer");
        }
    };
    registry.on_async(outer).detach();

    let journal = Journal::default();
    let mut worker = HandPolled::new(&registry, 1);
    let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut first).is_pending());
    registry
        .enqueue(Work::new(2, 0, &journal))
        .expect("there is room");
    worker.run();
    registry
        .enqueue(Outer(journal.clone()))
        .expect("there is room");
    worker.run();
    assert_eq!(journal.take().len(), 0);
    opened.open();
    block_on(first);
    worker.run();
    assert_eq!(journal.take(), ["1", "2", "3", "outer"]);
    assert!(registry.queue().is_empty());
}
