//! The order in which `emit`, `emit_async` and `enqueue` start sync, async and deferred subscribers.

use events_core::{Event, Registry, subscriber, subscribers};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Ordered(Journal);

#[subscriber(deferred, priority = 9)]
fn deferred(event: &Ordered) {
    event.0.note("deferred");
}

#[subscriber(priority = 8)]
async fn asynchronous(event: &Ordered) {
    event.0.note("async");
}

#[subscriber]
fn sync(event: &Ordered) {
    event.0.note("sync");
}

#[subscriber(deferred, priority = 7)]
async fn deferred_async(event: &Ordered) {
    event.0.note("deferred async");
}

#[test]
fn sync_subscribers_are_first_and_in_the_queue_async_and_deferred_ones_have_one_order() {
    type Call = fn(&Registry, Ordered);
    let cases: [(Call, &[&str], &[&str]); 3] = [
        (
            |registry, event| _ = registry.emit(event),
            &["sync"],
            &["deferred", "async", "deferred async"],
        ),
        (
            |registry, event| _ = block_on(registry.emit_async(event)),
            &["sync", "async"],
            &["deferred", "deferred async"],
        ),
        (
            |registry, event| registry.enqueue(event).expect("the queue has room"),
            &[],
            &["sync", "deferred", "async", "deferred async"],
        ),
    ];
    for (call, at_once, from_the_queue) in cases {
        let all = subscribers![deferred, asynchronous, sync, deferred_async];
        let (registry, journal) = (Registry::with(all), Journal::default());
        call(&registry, Ordered(journal.clone()));
        assert_eq!(journal.take(), at_once);
        assert_eq!(registry.queue().flush().failures(), 0);
        assert_eq!(journal.take(), from_the_queue);
    }
}
