//! Section 3: the destructors of thread-locals emit as code elsewhere does.

use std::{cell::RefCell, future::pending, task::Poll, thread, time::Duration};

use events_core::{
    AnyEvent, Emission, Event, Registry, args, queues::flush_after, scopes::WithRegistry,
    subscriber, subscribers, with_registry,
};

use crate::{Journal, block_on, panics::in_child, poll_once};

#[derive(Event, Clone)]
struct Ended;

type Exit = Box<dyn FnOnce()>;

/// Calls its function when the thread ends.
struct OnExit(Option<Exit>);

impl Drop for OnExit {
    fn drop(&mut self) {
        if let Some(exit) = self.0.take() {
            exit();
        }
    }
}

thread_local!(static ON_EXIT: RefCell<OnExit> = const { RefCell::new(OnExit(None)) });

/// Emits in the destructor of a thread-local that is initialised before this thread uses a registry, or
/// after that. The later ones are destroyed first.
fn check(way: &str, exit: impl Fn(&Registry) + Copy + Send + 'static) {
    for is_first in [true, false] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let note = journal.clone();
        registry.on(move |_: &Ended| note.note("received")).detach();
        let ends = thread::spawn(move || {
            let uses = || with_registry(&Registry::new(), || _ = Ended.emit());
            if !is_first {
                uses();
            }
            let exit = move || exit(&registry);
            ON_EXIT.with_borrow_mut(|on_exit| on_exit.0 = Some(Box::new(exit)));
            uses();
        });
        ends.join().expect("nothing panics");
        assert_eq!(journal.take(), ["received"], "{way}, first: {is_first}");
    }
}

#[test]
fn the_destructor_of_a_thread_local_emits_to_the_registry_that_it_enters() {
    check("enter", |registry| {
        let _scope = registry.enter();
        Ended.emit();
    });
    check("with_registry", |registry| {
        with_registry(registry, || _ = Ended.emit());
    });
    check("a method of the registry", |registry| {
        _ = registry.emit(Ended);
    });
    check("a flush", |registry| {
        registry.enqueue(Ended).expect("there is room");
        registry.queue().flush();
    });
    check("a cancelled future", |registry| {
        struct EmitsOnDrop;
        impl Drop for EmitsOnDrop {
            fn drop(&mut self) {
                Ended.emit();
            }
        }
        let emits = EmitsOnDrop;
        let future = async move { drop(emits) };
        drop(future.with_registry(registry.clone()));
    });
}

#[subscriber]
fn declared(_: &Ended, emission: &Emission) {
    assert!(emission.parent().is_none());
}

/// A row of a table: its name, and what the destructor does.
type Row = (&'static str, fn(&Registry));

/// Each emits once.
const EMITS: &[Row] = &[
    ("emit_mut", |registry| registry.emit_mut(&mut Ended)),
    ("try_emit", |registry| {
        let emitted = registry.try_emit(Ended).expect("no handler fails");
        assert_eq!(emitted.ran(), 1);
    }),
    ("emit_async", |registry| {
        assert!(poll_once(registry.emit_async(Ended)).is_ready());
    }),
    ("try_emit_async", |registry| {
        assert!(poll_once(registry.try_emit_async(Ended)).is_ready());
    }),
    ("enqueue of an entered registry", |registry| {
        let _scope = registry.enter();
        flush_after(|| Ended.enqueue().expect("there is room"));
    }),
    ("a handler that panics", |registry| {
        registry.on(|_: &Ended| panic!("on purpose")).detach();
        let error = registry.try_emit(Ended).expect_err("a handler fails");
        assert_eq!((error.ran(), error.failures().len()), (2, 1));
    }),
];

/// Each runs what is in the queue.
const RUNS: &[Row] = &[
    ("flush_async", |registry| {
        assert!(poll_once(registry.queue().flush_async()).is_ready());
    }),
    ("settle", |registry| {
        assert!(registry.queue().settle(Duration::MAX));
    }),
    ("settle_async", |registry| {
        assert_eq!(
            poll_once(registry.queue().settle_async()),
            Poll::Ready(true)
        );
    }),
    ("shutdown", |registry| {
        assert!(registry.queue().shutdown(Duration::MAX).is_empty());
    }),
    ("shutdown_async", |registry| {
        let shutdown = registry.queue().shutdown_async(pending::<()>());
        assert!(block_on(shutdown).is_empty());
    }),
    ("work", |registry| {
        assert!(poll_once(registry.queue().work(1)).is_pending());
    }),
    ("a worker thread", |registry| {
        let worker = registry.queue().spawn_thread();
        assert!(registry.queue().shutdown(Duration::MAX).is_empty());
        worker.stop();
    }),
];

/// None calls the handler of the event.
const OTHERS: &[Row] = &[
    ("on", |registry| {
        drop(registry.on(|_: &Ended| panic!("it is unsubscribed")));
    }),
    ("Subscription::stop", |registry| {
        registry.on(|_: &Ended| panic!("it is unsubscribed")).stop();
    }),
    ("on_topic, emit_topic", |registry| {
        let on = registry.on_topic("exit", |_: &dyn AnyEvent| ());
        let _subscription = on.expect("a pattern");
        let emitted = registry.try_emit_topic("exit", args! {});
        assert_eq!(emitted.expect("no handler fails").ran(), 1);
        registry.emit_topic("exit", args! {});
    }),
    ("an event that no subscriber received", |registry| {
        registry.set_unheard_hook(|_| ());
        registry.emit_topic("exit", args! {});
    }),
    ("a scan", |registry| {
        let scanner = registry.scanner().subscribers(subscribers![declared]);
        assert_eq!(scanner.run().subscribers().len(), 1);
    }),
    ("next", |registry| {
        assert!(poll_once(registry.next::<Ended>()).is_pending());
    }),
    ("stream", |registry| drop(registry.stream::<Ended>())),
    ("a bridge", |registry| {
        let bridge = events_core::bridge(tokio_stream::pending::<Ended>());
        assert!(poll_once(bridge.to::<Ended>().on(registry).run()).is_pending());
    }),
];

#[test]
fn every_call_works_in_the_destructor_of_a_thread_local() {
    in_child(|| {
        for (name, emits) in EMITS {
            check(name, *emits);
        }
        for (name, runs) in RUNS {
            check(name, |registry| {
                registry.enqueue(Ended).expect("there is room");
                runs(registry);
            });
        }
        for (name, calls) in OTHERS {
            check(name, |registry| {
                calls(registry);
                registry.emit(Ended);
            });
        }
    });
}
