//! Large events and large units: what is held is freed one by one, and takes time in proportion to its number.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{Event, Registry, UnitOfWork};

use super::Moved;
use crate::{awaited::suspend, block_on, poll_once};

const MANY: usize = 100_000;

#[derive(Event, Clone)]
struct Big {
    bytes: [u8; 16 * 1024],
    count: Arc<()>,
}

#[test]
fn an_event_of_many_bytes_is_held_and_copied() {
    let registry = Registry::new();
    let sum = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sum);
    let committed = registry.subscribe(move |event: &Big| {
        let bytes = event.bytes.iter().map(|byte| usize::from(*byte));
        counted.fetch_add(bytes.sum(), Ordering::Relaxed);
    });
    committed
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    registry.on_deferred(|_: &Big| ()).detach();
    let count = Arc::new(());
    let big = || Big {
        bytes: [1; 16 * 1024],
        count: Arc::clone(&count),
    };
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), big());
    block_on(registry.emit_in_async(&work.handle(), big()));
    let entered = work.handle().enter();
    registry.emit(big());
    drop(block_on(registry.emit_async(big())));
    drop(entered);
    assert_eq!(Arc::strong_count(&count), 5);
    assert_eq!(sum.load(Ordering::Relaxed), 0);
    work.commit().expect("it is committed");
    assert_eq!(sum.load(Ordering::Relaxed), 4 * 16 * 1024);
    registry.queue().flush();
    assert_eq!(Arc::strong_count(&count), 1);
}

#[derive(Event)]
struct Counted(usize, Arc<()>);

/// A registry whose subscribers count the events that they receive, and check their order.
fn counting(received: &Arc<AtomicUsize>) -> Registry {
    let registry = Registry::new();
    let received = Arc::clone(received);
    registry
        .on(move |event: &Counted| {
            let number = received.fetch_add(1, Ordering::Relaxed);
            assert_eq!(event.0, number);
        })
        .detach();
    registry
}

#[test]
fn many_events_are_held_and_freed_one_by_one() {
    let received = Arc::new(AtomicUsize::new(0));
    let (registry, count) = (counting(&received), Arc::new(()));
    let (seen, last) = (Arc::clone(&count), Arc::new(AtomicUsize::new(0)));
    let left = Arc::clone(&last);
    let committed = registry.subscribe_topic(".*Counted", move |_: &dyn events_core::AnyEvent| {
        left.store(Arc::strong_count(&seen), Ordering::Relaxed);
    });
    let committed = committed.expect("it is a pattern").after_commit();
    committed.register().expect("it is subscribed").detach();
    for is_committed in [true, false] {
        received.store(0, Ordering::Relaxed);
        let work = UnitOfWork::begin();
        let unit = work.handle();
        let mut point = work.savepoint();
        for number in 0..MANY {
            registry.emit_in(&unit, Counted(number, Arc::clone(&count)));
            if number % 10 == 0 {
                point.release().expect("it is the innermost one");
                point = work.savepoint();
            }
        }
        point.release().expect("it is the innermost one");
        assert_eq!(Arc::strong_count(&count), MANY + 2);
        if is_committed {
            work.commit().expect("it is committed");
            assert_eq!(
                last.load(Ordering::Relaxed),
                3,
                "only the last event is left"
            );
        } else {
            work.rollback();
        }
        assert_eq!(Arc::strong_count(&count), 2);
        registry.emit_in(&UnitOfWork::begin().handle(), Moved("ended"));
    }
}

/// From the first on; the places behind it are not moved.
#[test]
fn many_emits_that_are_cut_off_free_their_places() {
    let registry = Registry::new();
    registry
        .on_awaited(async |_: &mut Counted| suspend().await)
        .detach();
    let count = Arc::new(());
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let mut emits: Vec<Pin<Box<_>>> = Vec::new();
    for number in 0..MANY {
        let emit = registry.emit_in_async(&unit, Counted(number, Arc::clone(&count)));
        emits.push(Box::pin(emit));
    }
    emits
        .iter_mut()
        .for_each(|emit| assert!(poll_once(emit.as_mut()).is_pending()));
    assert!(
        format!("{unit:?}").contains(&format!("held: {MANY}")),
        "{unit:?}"
    );
    let mut last = emits.pop().expect("there are many");
    emits.into_iter().for_each(drop);
    assert!(format!("{unit:?}").contains("held: 1"), "{unit:?}");
    assert!(poll_once(last.as_mut()).is_ready());
    drop(last);
    assert_eq!(Arc::strong_count(&count), 2);
    drop(work);
    assert_eq!(Arc::strong_count(&count), 1);
}
