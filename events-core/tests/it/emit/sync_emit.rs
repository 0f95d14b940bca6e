//! Section 4: sync emits, and changes of the subscribers during one.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Barrier, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use events_core::{Event, Origin, Registry, Subscription, emit_mut, subscriber, subscribers};

use crate::Journal;

#[derive(Event, Debug, Default, Clone, PartialEq)]
struct Count(u32);

#[subscriber]
fn add_one(event: &mut Count) {
    event.0 += 1;
}

#[test]
fn an_emit_returns_the_changed_event() {
    let registry = Registry::with(subscribers![add_one]);
    let _scope = registry.enter();
    assert_eq!(Count(1).emit(), Count(2));
    assert_eq!(Count(1).emit_from("here"), Count(2));
    assert_eq!(*Count(1).try_emit().expect("no handler fails"), Count(2));
    assert_eq!(
        Count(1)
            .try_emit_from("here")
            .expect("no handler fails")
            .into_event(),
        Count(2)
    );
    let mut event = Count(1);
    emit_mut(&mut event);
    assert_eq!(event, Count(2));
}

#[test]
fn every_emit_function_is_also_a_method_of_a_registry() {
    let registry = Registry::with(subscribers![add_one]);
    assert_eq!(registry.emit(Count(1)), Count(2));
    assert_eq!(
        registry.emit_from(Count(1), Origin::of::<Count>()),
        Count(2)
    );
    assert_eq!(
        *registry
            .try_emit(Count(1))
            .expect("no handler fails")
            .event(),
        Count(2)
    );
    let tried = registry.try_emit_from(Count(1), "here");
    assert_eq!(tried.expect("no handler fails").into_event(), Count(2));
    let mut event = Count(1);
    registry.emit_mut(&mut event);
    assert_eq!(event, Count(2));
}

#[test]
fn sync_subscribers_run_on_the_callers_thread() {
    let registry = Registry::new();
    let caller = thread::current().id();
    let _on = registry.on(move |event: &mut Count| {
        event.0 = u32::from(thread::current().id() == caller);
    });
    assert_eq!(registry.emit(Count(9)), Count(1));
}

#[test]
fn emitted_reports_how_many_subscribers_ran_and_which_one_stopped_the_event() {
    let registry = Registry::new();
    let on = |flow: ControlFlow<()>| registry.on(move |_: &Count| flow);
    let _before = on(ControlFlow::Continue(()));
    let stop = registry
        .subscribe(|_: &Count| ControlFlow::Break(()))
        .id("stop")
        .register();
    let _after = on(ControlFlow::Continue(()));
    let emitted = registry.try_emit(Count(0)).expect("no handler fails");
    assert_eq!(emitted.ran(), 2);
    assert_eq!(emitted.stopped_by().expect("it was stopped").name, "stop");
    assert!(!emitted.is_unheard());
    drop(stop);
    let emitted = registry.try_emit(Count(0)).expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.stopped_by().is_none()), (2, true));
}

#[test]
fn a_stop_skips_any_number_of_remaining_handlers() {
    for count in [1, 2, 15, 16, 17, 32, 33, 100] {
        for stop in [0, 1, 14, 15, 16, 17, 31, 99]
            .into_iter()
            .filter(|&stop| stop < count)
        {
            let registry = Registry::new();
            let _all: Vec<Subscription> = (0..count)
                .map(|index| {
                    registry.on(move |event: &mut Count| {
                        event.0 += 1;
                        if index == stop {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    })
                })
                .collect();
            let emitted = registry.try_emit(Count(0)).expect("no handler fails");
            assert_eq!(emitted.ran(), stop + 1, "{stop} of {count}");
            assert_eq!(emitted.0 as usize, stop + 1, "{stop} of {count}");
        }
    }
}

#[test]
fn is_unheard_reports_that_no_subscriber_received_the_event() {
    let registry = Registry::new();
    assert!(
        registry
            .try_emit(Count(0))
            .expect("no handler fails")
            .is_unheard()
    );
    let on = registry.on(add_one);
    assert!(
        !registry
            .try_emit(Count(0))
            .expect("no handler fails")
            .is_unheard()
    );
    drop(on);
    assert!(
        registry
            .try_emit(Count(0))
            .expect("no handler fails")
            .is_unheard()
    );
}

#[test]
fn debug_output_contains_no_field_of_the_event() {
    #[derive(Event)]
    struct Login(#[event(secret)] &'static str);
    let registry = Registry::new();
    let emitted = registry
        .try_emit(Login("hunter2"))
        .expect("no handler fails");
    assert_eq!(
        format!("{emitted:?}"),
        "Emitted { ran: 0, deferred: 0, retrying: 0, stopped_by: None, .. }"
    );
    let _fails = registry.on(|_: &Login| Err::<(), _>("wrong"));
    let error = registry
        .try_emit(Login("hunter2"))
        .expect_err("a handler fails");
    assert!(!format!("{error:?} {error} {emitted:?}").contains("hunter2"));
    assert_eq!(error.into_event().0, "hunter2");
}

#[test]
fn handlers_can_subscribe_unsubscribe_scan_and_emit() {
    let registry = Registry::new();
    let inside = registry.clone();
    let _all = registry.on(move |event: &mut Count| {
        if event.0 == 0 {
            let kept = inside.on(|event: &mut Count| event.0 += 10);
            drop(inside.on(|event: &mut Count| event.0 += 100));
            inside.scanner().subscribers(subscribers![add_one]).run();
            event.0 = inside.emit(Count(1)).0;
            kept.detach();
        }
    });
    assert_eq!(registry.emit(Count(0)), Count(12));
    assert_eq!(registry.emit(Count(5)), Count(16));
}

#[test]
fn a_subscriber_added_during_an_emit_runs_from_the_next_emit_on() {
    let registry = Registry::new();
    let inside = registry.clone();
    let _adds = registry.on(move |_: &Count| {
        inside
            .subscribe(|event: &mut Count| event.0 += 1)
            .priority(-1)
            .register()
            .expect("no options clash")
            .detach();
    });
    assert_eq!(registry.emit(Count(0)), Count(0));
    assert_eq!(registry.emit(Count(0)), Count(1));
    assert_eq!(registry.emit(Count(0)), Count(2));
}

#[test]
fn a_subscriber_removed_during_an_emit_is_not_started_by_it() {
    let registry = Registry::new();
    let victim = Arc::new(std::sync::Mutex::new(None::<Subscription>));
    let removes = Arc::clone(&victim);
    let _first = registry
        .on(move |_: &Count| drop(removes.lock().expect("the lock is not poisoned").take()));
    *victim.lock().expect("the lock is not poisoned") = Some(registry.on(add_one));
    let emitted = registry.try_emit(Count(0)).expect("no handler fails");
    assert_eq!((emitted.0, emitted.ran()), (0, 1));
}

#[test]
fn a_subscriber_can_remove_itself_and_its_closure_is_freed() {
    let registry = Registry::new();
    let own = Arc::new(std::sync::Mutex::new(None::<Subscription>));
    let held = Arc::new(());
    let (inside, alive) = (Arc::clone(&own), Arc::downgrade(&held));
    *own.lock().expect("the lock is not poisoned") = Some(registry.on(move |event: &mut Count| {
        drop(inside.lock().expect("the lock is not poisoned").take());
        event.0 += u32::try_from(Arc::strong_count(&held)).expect("one");
    }));
    assert_eq!(registry.emit(Count(0)), Count(1));
    assert_eq!(alive.strong_count(), 0);
    assert_eq!(registry.emit(Count(0)), Count(0));
}

#[test]
fn an_unsubscribe_on_another_thread_takes_effect_in_a_running_emit() {
    let registry = Registry::new();
    let (started, removed) = (Barrier::new(2), Barrier::new(2));
    let barriers = Arc::new((started, removed));
    let inside = Arc::clone(&barriers);
    let _blocking = registry.on(move |_: &Count| {
        inside.0.wait();
        inside.1.wait();
    });
    let victim = registry.on(add_one);
    thread::scope(|scope| {
        let emit = scope.spawn(|| registry.emit(Count(0)));
        barriers.0.wait();
        drop(victim);
        barriers.1.wait();
        assert_eq!(emit.join().expect("no handler panics"), Count(0));
    });
}

#[test]
fn no_lock_is_held_while_a_handler_runs() {
    let registry = Registry::new();
    let barriers = Arc::new((Barrier::new(2), Barrier::new(2)));
    let inside = Arc::clone(&barriers);
    let waited = AtomicBool::new(false);
    let _blocking = registry.on(move |event: &mut Count| {
        if event.0 == 0 && !waited.swap(true, Ordering::Relaxed) {
            inside.0.wait();
            inside.1.wait();
        }
    });
    thread::scope(|scope| {
        let emit = scope.spawn(|| registry.emit(Count(0)));
        barriers.0.wait();
        // While that handler blocks, this thread can subscribe, emit and scan.
        let on = registry.on(add_one);
        assert_eq!(registry.emit(Count(1)), Count(2));
        registry.scanner().subscribers(subscribers![add_one]).run();
        drop(on);
        assert_eq!(registry.emit(Count(1)), Count(2));
        barriers.1.wait();
        assert_eq!(emit.join().expect("no handler panics"), Count(0));
    });
}

#[test]
fn concurrent_emits_and_subscribes_neither_lose_nor_repeat_a_handler() {
    let registry = Registry::with(subscribers![add_one]);
    let (calls, freed) = (Arc::new(AtomicUsize::new(0)), Arc::new(()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..2_000 {
                    let count = registry.emit(Count(0)).0;
                    assert!((1..=4).contains(&count), "{count}");
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let (counted, held) = (Arc::clone(&calls), Arc::clone(&freed));
                    let _on = registry.on(move |event: &mut Count| {
                        let _held = &held;
                        counted.fetch_add(1, Ordering::Relaxed);
                        event.0 += 1;
                    });
                    let before = calls.load(Ordering::Relaxed);
                    assert!(registry.emit(Count(0)).0 >= 2);
                    assert!(calls.load(Ordering::Relaxed) > before);
                }
            });
        }
    });
    assert_eq!(registry.emit(Count(0)), Count(1));
    assert_eq!(Arc::strong_count(&freed), 1, "every closure is freed");
}

#[test]
fn a_dropped_subscription_frees_its_closure_during_concurrent_emits() {
    /// Ends the emitting threads when it is dropped, also after a failed assertion.
    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let registry = Registry::with(subscribers![add_one]);
    let done = AtomicBool::new(false);
    let emits = [const { AtomicUsize::new(0) }; 2];
    // Returns when the emits that run now, and one more on each thread, have finished.
    let await_emits = || {
        for emits in &emits {
            let before = emits.load(Ordering::Acquire);
            while emits.load(Ordering::Acquire) < before + 2 {
                thread::yield_now();
            }
        }
    };
    thread::scope(|scope| {
        for emits in &emits {
            let (registry, done) = (&registry, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    registry.emit(Count(0));
                    emits.fetch_add(1, Ordering::Release);
                }
            });
        }
        let _done = Done(&done);
        for _ in 0..30 {
            let (held, ran) = (Arc::new(()), Arc::new(AtomicBool::new(false)));
            let (alive, inside) = (Arc::downgrade(&held), Arc::clone(&ran));
            let subscription = registry.on(move |_: &Count| {
                let _held = &held;
                inside.store(true, Ordering::Relaxed);
            });
            await_emits();
            assert!(
                ran.load(Ordering::Relaxed),
                "the other threads emit all the time"
            );
            drop(subscription);
            await_emits();
            assert_eq!(alive.strong_count(), 0, "the closure is freed");
        }
    });
}

#[test]
fn a_closure_is_freed_by_the_last_emit_that_holds_it() {
    struct Noisy(Journal);
    impl Drop for Noisy {
        fn drop(&mut self) {
            self.0.note("freed");
        }
    }
    let registry = Registry::new();
    let journal = Journal::default();
    let noisy = Noisy(journal.clone());
    let own = Arc::new(std::sync::Mutex::new(None::<Subscription>));
    let inside = Arc::clone(&own);
    *own.lock().expect("the lock is not poisoned") = Some(registry.on(move |_: &Count| {
        drop(inside.lock().expect("the lock is not poisoned").take());
        noisy.0.note("still here");
    }));
    registry.emit(Count(0));
    assert_eq!(journal.take(), ["still here", "freed"]);
}

#[test]
fn a_registry_is_freed_with_its_handlers() {
    let held = Arc::new(());
    let alive: Weak<()> = Arc::downgrade(&held);
    let registry = Registry::new();
    registry
        .on(move |_: &Count| drop(Arc::clone(&held)))
        .detach();
    let outlives = registry.on(add_one);
    drop(registry);
    assert_eq!(alive.strong_count(), 0);
    drop(outlives);
}
