//! What middleware around emissions does inside of them: nested emits, subscriptions, limits.

use std::sync::{Arc, Mutex, OnceLock};

use events_core::{
    Emission, Event, Registry, Subscription,
    middleware::{
        BoxFuture, EmitMiddleware, EmitOutcome, Middleware, Next, NextEmit, NextEmitAsync,
    },
    outcomes::SubscriberOutcome,
};

use super::wrap_emit::{Typed, WAYS};
use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "nested::noted")]
struct Noted;

type Do = Box<dyn Fn(&Emission) + Send + Sync>;

/// Does something around each emission with a topic that begins with `wrapped`.
struct Both(Do);

impl EmitMiddleware for Both {
    fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        if emission.topic().starts_with("wrapped") {
            (self.0)(emission);
            let outcome = next.run();
            (self.0)(emission);
            return outcome;
        }
        next.run()
    }

    fn call_async<'a>(
        &'a self,
        emission: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            (self.0)(emission);
            let outcome = next.run().await;
            (self.0)(emission);
            outcome
        })
    }
}

#[test]
fn what_a_middleware_emits_is_nested_in_the_emission() {
    for (way, _, emit) in WAYS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let noted = journal.clone();
        registry
            .on(move |_: &Noted, emission: &Emission| {
                noted.note(format!("{:?}", emission.parent()));
            })
            .detach();
        let (own, seen) = (registry.downgrade(), journal.clone());
        let nested = move |emission: &Emission| {
            own.upgrade().expect("it exists").emit(Noted);
            seen.note(format!("{:?}", Some(emission.id())));
        };
        registry.wrap_emit(Both(Box::new(nested))).detach();
        emit(&registry);
        let noted = journal.take();
        assert_eq!(noted.len(), 4, "{way}");
        assert!(noted.iter().all(|id| *id == noted[0]), "{way}: {noted:?}");
    }
}

#[test]
fn a_middleware_that_emits_without_end_meets_the_depth_limit() {
    struct Again(OnceLock<Registry>, Journal);
    impl Again {
        fn again(&self) {
            let registry = self.0.get().expect("it is set");
            if registry.try_emit(Typed("a")).is_err() {
                self.1.note("refused");
            }
        }
    }
    impl EmitMiddleware for Again {
        fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
            self.again();
            next.run()
        }

        fn call_async<'a>(
            &'a self,
            _: &'a Emission,
            next: NextEmitAsync<'a>,
        ) -> BoxFuture<'a, EmitOutcome> {
            self.again();
            next.run()
        }
    }
    for (way, _, emit) in WAYS {
        let (registry, journal) = (Registry::new(), Journal::default());
        registry.set_depth_limit(5);
        let own = OnceLock::from(registry.clone());
        let guard = registry.wrap_emit(Again(own, journal.clone()));
        emit(&registry);
        assert_eq!(journal.take(), ["refused"], "{way}");
        drop(guard);
    }
}

#[test]
fn a_middleware_may_unsubscribe_itself_and_add_another_while_it_runs() {
    for (way, _, emit) in WAYS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let guard: Arc<Mutex<Option<Subscription>>> = Arc::default();
        let (own, held, noted) = (registry.downgrade(), Arc::clone(&guard), journal.clone());
        let exchange = move |_: &Emission| {
            noted.note("first");
            drop(held.lock().expect("not poisoned").take());
            let seen = noted.clone();
            let second = Both(Box::new(move |_| seen.note("second")));
            let registry = own.upgrade().expect("it exists");
            *held.lock().expect("not poisoned") = Some(registry.wrap_emit(second));
        };
        let first = registry.wrap_emit(Both(Box::new(exchange)));
        *guard.lock().expect("not poisoned") = Some(first);
        emit(&registry);
        assert_eq!(journal.take(), ["first"; 2], "{way}");
        emit(&registry);
        assert_eq!(journal.take(), ["second"; 2], "{way}");
        guard.lock().expect("not poisoned").take();
        emit(&registry);
        assert_eq!(journal.take(), [""; 0], "{way}");
    }
}

/// Notes each call of a subscriber.
struct Calls(Journal);

impl Middleware for Calls {
    fn call(&self, _: &events_core::info::SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        self.0.note("call");
        next.run()
    }
}

#[test]
fn it_is_around_the_middleware_of_the_calls() {
    for (way, ..) in WAYS.iter().filter(|(_, kind, _)| *kind != "queue") {
        let (registry, journal) = (Registry::new(), Journal::default());
        registry
            .on_topic("wrapped::.*", |_: &dyn events_core::AnyEvent| ())
            .expect("a pattern")
            .detach();
        registry.wrap(Calls(journal.clone())).detach();
        let noted = journal.clone();
        registry
            .wrap_emit(Both(Box::new(move |_| noted.note("emission"))))
            .detach();
        let emit = WAYS
            .iter()
            .find(|(name, ..)| name == way)
            .expect("it is one")
            .2;
        emit(&registry);
        assert_eq!(journal.take(), ["emission", "call", "emission"], "{way}");
    }
}

#[test]
fn subscribers_that_run_later_are_counted_and_their_calls_are_no_emissions() {
    struct Later(Journal);
    impl EmitMiddleware for Later {
        fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
            let outcome = next.run();
            self.0.note(format!("{} later", outcome.deferred()));
            outcome
        }

        fn call_async<'a>(
            &'a self,
            _: &'a Emission,
            next: NextEmitAsync<'a>,
        ) -> BoxFuture<'a, EmitOutcome> {
            Box::pin(async move {
                let outcome = next.run().await;
                self.0.note(format!("{} later", outcome.deferred()));
                outcome
            })
        }
    }
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on_deferred(|_: &Typed| ()).detach();
    registry.on_async(async |_: &Typed| ()).detach();
    registry.wrap_emit(Later(journal.clone())).detach();
    registry.emit(Typed("a"));
    assert_eq!(journal.take(), ["2 later"]);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), [""; 0]);
    block_on(registry.emit_async(Typed("a")));
    assert_eq!(journal.take(), ["1 later"]);
    registry.queue().flush();
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn the_future_of_an_emit_is_as_it_is_without_middleware() {
    fn is_send(future: impl Future + Send) -> impl Future + Send {
        future
    }
    let registry = Registry::new();
    drop(is_send(registry.emit_async(Typed("a"))));

    // An event that is not `Send`, on this thread.
    #[derive(Event)]
    struct Local(std::rc::Rc<u32>);
    registry.wrap_emit(Both(Box::new(|_| ()))).detach();
    registry
        .on(|event: &mut Local| event.0 = std::rc::Rc::new(8))
        .detach();
    assert_eq!(
        *block_on(registry.emit_async(Local(std::rc::Rc::new(7)))).0,
        8
    );
}
