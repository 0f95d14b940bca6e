//! Section 2: a method of a listener is not started if its own condition has dropped the subscription.

use std::cell::RefCell;

use events_core::{AnyEvent, Event, Registry, Subscription, listener};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Typed;

#[derive(Event, Clone)]
struct OfSeveral;

#[derive(Event, Clone)]
#[event(topic = "unsubscribing.by_topic")]
struct ByTopic;

#[derive(Event, Clone)]
struct Async;

#[derive(Event, Clone)]
struct Deferred;

thread_local! {
    static SUBSCRIPTION: RefCell<Option<Subscription>> = const { RefCell::new(None) };
}

fn unsubscribes() -> bool {
    drop(SUBSCRIPTION.take());
    true
}

struct Methods(Journal);

#[listener]
impl Methods {
    #[on(when = |_: &Typed| unsubscribes())]
    fn typed(&self, _: &Typed) {
        self.0.note("typed");
    }

    #[on(OfSeveral, ByTopic, when = |_: &dyn AnyEvent| unsubscribes())]
    fn of_several(&self, _: &dyn AnyEvent) {
        self.0.note("of several types");
    }

    #[on(topic = r"unsubscribing\.by_.*", when = |_: &dyn AnyEvent| unsubscribes())]
    fn by_topic(&self, _: &dyn AnyEvent) {
        self.0.note("by topic");
    }

    #[on(when = |_: &Async| unsubscribes())]
    async fn asynchronous(&self, _: &Async) {
        self.0.note("async");
    }

    #[on(deferred, when = |_: &Deferred| unsubscribes())]
    fn deferred(&self, _: &Deferred) {
        self.0.note("deferred");
    }
}

fn check<E: Event + Clone + Send>(event: &E) {
    type Emit<E> = fn(&Registry, E);
    let emits: [(&str, Emit<E>); 2] = [
        ("emit", |registry, event| drop(registry.emit(event))),
        ("emit_async", |registry, event| {
            drop(block_on(registry.emit_async(event)));
        }),
    ];
    for (name, emit) in emits {
        let (registry, journal) = (Registry::new(), Journal::default());
        let subscription = registry.add(Methods(journal.clone()));
        SUBSCRIPTION.set(Some(subscription));
        emit(&registry, event.clone());
        registry.queue().flush();
        assert!(SUBSCRIPTION.take().is_none(), "{}", E::topic());
        assert!(journal.take().is_empty(), "{name} of {}", E::topic());
    }
}

#[test]
fn a_condition_of_a_method_that_unsubscribes_its_listener_keeps_the_method_from_starting() {
    check(&Typed);
    check(&OfSeveral);
    check(&ByTopic);
    check(&Async);
    check(&Deferred);
}
