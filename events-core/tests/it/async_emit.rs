//! Section 4: async subscribers, and emits that wait for them.

use std::{
    future::{Future, pending},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use events_core::{
    Emission, EmitAsync, Event, Registry, State, WithRegistry, subscriber, subscribers,
};

use crate::{Gate, Journal, block_on};

#[derive(Event, Clone, Debug, PartialEq)]
struct Greeting {
    text: String,
    journal: Journal,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}

impl PartialEq for Journal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn greeting(journal: &Journal) -> Greeting {
    Greeting {
        text: "hello".into(),
        journal: journal.clone(),
    }
}

struct Mailer(&'static str);

#[subscriber]
async fn mail(event: &Greeting, mailer: State<'_, Mailer>) -> Result<(), String> {
    std::future::ready(()).await;
    event.journal.note(format!("{}: {}", mailer.0, event.text));
    Ok(())
}

#[subscriber]
fn shout(event: &mut Greeting) {
    event.text = event.text.to_uppercase();
}

fn desk() {}

#[subscriber(origin = desk, when = |event: &Greeting| event.text != "HUSH", once)]
async fn filtered(event: &Greeting, emission: &Emission) {
    let from = emission.origin().map(ToString::to_string);
    event
        .journal
        .note(format!("{} from {from:?}", emission.topic()));
}

fn polled<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn an_async_function_is_a_subscriber_with_states_and_results() {
    let registry = Registry::new();
    let scanner = registry.scanner().state(Mailer("post"));
    scanner.subscribers(subscribers![mail, shout]).run();
    let journal = Journal::default();
    let event = block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(event.text, "HELLO");
    assert_eq!(journal.take(), ["post: HELLO"]);

    let alone = mail(&event, State::from(&Mailer("hand")));
    assert_eq!(block_on(alone), Ok(()));
}

#[test]
fn the_filters_of_an_async_subscriber_hold() {
    let registry = Registry::with(subscribers![filtered]);
    let journal = Journal::default();
    let hush = Greeting {
        text: "HUSH".into(),
        ..greeting(&journal)
    };
    block_on(registry.emit_async(greeting(&journal)));
    block_on(registry.emit_async_from(hush, desk));
    assert!(journal.take().is_empty());
    block_on(registry.emit_async_from(greeting(&journal), desk));
    block_on(registry.emit_async_from(greeting(&journal), desk));
    assert_eq!(
        journal.take(),
        [format!(
            "{} from Some(\"{}\")",
            Greeting::topic(),
            "it::async_emit::desk"
        )]
    );
}

#[test]
fn sync_subscribers_run_first_in_order_and_then_the_async_ones() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .subscribe_async(|event: &Greeting| {
            let (journal, text) = (event.journal.clone(), event.text.clone());
            async move { journal.note(format!("async {text}")) }
        })
        .priority(100)
        .register()
        .expect("no other has its id")
        .detach();
    for name in ["one", "two"] {
        let note = move |event: &mut Greeting| {
            event.text = name.into();
            event.journal.note(name);
        };
        registry.on(note).detach();
    }
    block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(journal.take(), ["one", "two", "async two"]);
}

#[test]
fn async_subscribers_run_beside_one_another_on_the_callers_task() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    for number in 0..3 {
        let gate = gate.clone();
        registry
            .on_async(move |event: &Greeting| {
                let (journal, gate) = (event.journal.clone(), gate.clone());
                async move {
                    journal.note(format!("{number} begins"));
                    gate.wait().await;
                    journal.note(format!(
                        "{number} ends on {:?}",
                        std::thread::current().id()
                    ));
                }
            })
            .detach();
    }
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["0 begins", "1 begins", "2 begins"]);
    gate.open();
    assert!(polled(emit).is_ready());
    let here = std::thread::current().id();
    let ends = [0, 1, 2].map(|number| format!("{number} ends on {here:?}"));
    assert_eq!(journal.take(), ends);
}

/// Futures of many sizes: some find room in the emit, some need a box.
#[test]
fn many_subscribers_of_all_sizes_wait_beside_one_another() {
    fn waits<const SIZE: usize>(registry: &Registry, gate: &Gate) {
        let gate = gate.clone();
        registry
            .on_async(move |event: &Greeting| {
                let (journal, gate) = (event.journal.clone(), gate.clone());
                async move {
                    let bytes = [7_u8; SIZE];
                    gate.wait().await;
                    let sum: usize = bytes.iter().map(|&byte| usize::from(byte)).sum();
                    journal.note(format!("{SIZE}: {}", sum == 7 * SIZE));
                }
            })
            .detach();
    }
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    waits::<0>(&registry, &gate);
    waits::<100>(&registry, &gate);
    waits::<1>(&registry, &gate);
    waits::<5000>(&registry, &gate);
    waits::<17>(&registry, &gate);
    waits::<90>(&registry, &gate);
    waits::<64>(&registry, &gate);
    let mut emit = Box::pin(registry.emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    gate.open();
    assert!(polled(emit.as_mut()).is_ready());
    let expected = [0, 100, 1, 5000, 17, 90, 64].map(|size| format!("{size}: true"));
    assert_eq!(journal.take(), expected);
}

#[test]
fn one_that_fails_or_panics_disturbs_nobody_and_is_told_in_order() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let slow = gate.clone();
    registry.on(|_: &Greeting| Err::<(), _>("sync")).detach();
    registry
        .on_async(move |_: &Greeting| {
            let gate = slow.clone();
            async move {
                gate.wait().await;
                Err::<(), _>("late")
            }
        })
        .detach();
    registry
        .on_async(|event: &Greeting| {
            let is_hello = event.text == "hello";
            async move { assert!(!is_hello, "at once") }
        })
        .detach();
    registry
        .on_async(|event: &Greeting| -> std::future::Ready<()> { panic!("before {}", event.text) })
        .detach();
    registry
        .on_async(|event: &Greeting| {
            let journal = event.journal.clone();
            async move { journal.note("fine") }
        })
        .detach();
    let mut emit = pin!(registry.try_emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    gate.open();
    let error = block_on(emit).expect_err("four fail");
    let told: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.cause().to_string())
        .collect();
    assert_eq!(told.len(), 4);
    for (told, end) in told
        .iter()
        .zip(["sync", "late", ": at once", ": before hello"])
    {
        assert!(told.ends_with(end), "{told}");
    }
    assert_eq!((error.ran(), journal.take()), (5, vec!["fine".to_owned()]));
    assert_eq!(error.into_event().text, "hello");
}

#[test]
fn a_filter_that_panics_is_a_failure_of_its_subscriber() {
    let registry = Registry::new();
    registry
        .subscribe_async(|_: &Greeting| async {})
        .when(|_: &Greeting| panic!("no condition"))
        .register()
        .expect("no other has its id")
        .detach();
    let error = block_on(registry.try_emit_async(greeting(&Journal::default())));
    assert_eq!(error.expect_err("the filter panics").failures().len(), 1);
}

/// Handlers begin one another, a stretch of them without a return: each still ends by itself.
#[test]
fn among_many_async_subscribers_each_is_told_for_itself() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    for number in 0..40 {
        let gate = gate.clone();
        registry
            .subscribe_async(move |event: &Greeting| {
                let (journal, gate) = (event.journal.clone(), gate.clone());
                async move {
                    match number % 5 {
                        0 => gate.wait().await,
                        1 => return Err("late"),
                        2 => panic!("at once"),
                        _ => {}
                    }
                    journal.note(number.to_string());
                    Ok(())
                }
            })
            .when(move |_| match number % 5 {
                3 => panic!("before it"),
                4 => number > 20,
                _ => true,
            })
            .id(number.to_string())
            .register()
            .expect("no other has its id")
            .detach();
    }
    let mut emit = pin!(registry.try_emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["24", "29", "34", "39"]);
    gate.open();
    let error = block_on(emit).expect_err("many fail");
    assert_eq!(
        journal.take(),
        ["0", "5", "10", "15", "20", "25", "30", "35"]
    );
    let failed: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.subscriber().name.to_string())
        .collect();
    let expected: Vec<_> = (0..40)
        .filter(|number| (1..=3).contains(&(number % 5)))
        .map(|number| number.to_string())
        .collect();
    assert_eq!(failed, expected);
    assert_eq!(error.ran(), 8 + 24 + 4);
}

#[test]
fn a_stop_by_a_sync_subscriber_holds_for_the_async_ones() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|_: &Greeting| std::ops::ControlFlow::Break(()))
        .detach();
    registry
        .on_async(|event: &Greeting| {
            let journal = event.journal.clone();
            async move { journal.note("reached") }
        })
        .detach();
    let emitted = block_on(registry.try_emit_async(greeting(&journal))).expect("nobody fails");
    assert!(emitted.stopped_by().is_some());
    assert_eq!(emitted.ran(), 1);
    registry.emit(greeting(&journal));
    assert_eq!(registry.queue().len(), 0);
    assert!(journal.take().is_empty());
}

#[test]
fn emitted_counts_async_subscribers() {
    let registry = Registry::new();
    let unheard = block_on(registry.try_emit_async(greeting(&Journal::default())));
    assert!(unheard.expect("nobody fails").is_unheard());
    registry.on(|_: &Greeting| ()).detach();
    registry.on_async(|_: &Greeting| async {}).detach();
    let emitted = block_on(registry.try_emit_async(greeting(&Journal::default())));
    let emitted = emitted.expect("nobody fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (2, 0));
}

#[test]
fn a_future_that_is_dropped_leaves_everything_usable() {
    let registry = Registry::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let counter = Arc::clone(&dropped);
    registry
        .on_async(move |_: &Greeting| {
            let counts = Counts(Arc::clone(&counter));
            async move {
                let _counts = counts;
                pending::<()>().await;
            }
        })
        .detach();
    let journal = Journal::default();
    for rounds in 1..=3 {
        assert!(polled(registry.emit_async(greeting(&journal))).is_pending());
        assert_eq!(dropped.load(Ordering::Relaxed), rounds);
    }
    drop(registry.emit_async(greeting(&journal)));
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
    assert_eq!(Arc::strong_count(&journal.0), 1);
}

#[test]
#[should_panic(expected = "polled after it was ready")]
fn polling_again_after_the_end_panics() {
    let mut emit = pin!(Registry::new().emit_async(greeting(&Journal::default())));
    assert!(polled(emit.as_mut()).is_ready());
    let _ = polled(emit);
}

#[test]
fn a_future_that_panics_when_it_is_dropped_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let registry = Registry::new();
    registry
        .on_async(|_: &Greeting| {
            let bomb = Bomb;
            async move {
                let _bomb = bomb;
                pending::<()>().await;
            }
        })
        .detach();
    assert!(polled(registry.emit_async(greeting(&Journal::default()))).is_pending());
}

#[test]
fn nothing_happens_before_the_first_poll() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Greeting| event.journal.note("sync"))
        .detach();
    let emit = registry.emit_async(greeting(&journal));
    assert!(journal.take().is_empty());
    block_on(emit);
    assert_eq!(journal.take(), ["sync"]);
}

#[test]
fn a_subscriber_that_unsubscribes_meanwhile_is_not_begun() {
    let registry = Registry::new();
    let journal = Journal::default();
    let note = |text: &'static str| {
        move |event: &Greeting| {
            let journal = event.journal.clone();
            async move { journal.note(text) }
        }
    };
    let second = Arc::new(std::sync::Mutex::new(None));
    let drops = Arc::clone(&second);
    registry
        .on(move |_: &Greeting| drop(drops.lock().expect("nobody panics").take()))
        .detach();
    registry.on_async(note("first")).detach();
    *second.lock().expect("nobody panics") = Some(registry.on_async(note("second")));
    block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(journal.take(), ["first"]);
}

#[test]
fn an_emit_under_way_keeps_its_subscribers_alive() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    let subscription = registry.on_async(move |event: &Greeting| {
        let (journal, gate) = (event.journal.clone(), waits.clone());
        async move {
            gate.wait().await;
            journal.note("ended");
        }
    });
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    drop(subscription);
    drop(registry);
    gate.open();
    block_on(emit);
    assert_eq!(journal.take(), ["ended"]);
}

#[derive(Event)]
struct Borrowed<'a> {
    text: &'a mut String,
}

#[subscriber]
fn exclaim(event: &mut Borrowed<'_>) {
    event.text.push('!');
}

#[test]
fn events_that_borrow_can_be_emitted_async() {
    let registry = Registry::with(subscribers![exclaim]);
    let mut text = "hello".to_owned();
    let event = Borrowed { text: &mut text };
    block_on(registry.emit_async(event));
    let told = block_on(registry.try_emit_async(Borrowed { text: &mut text }));
    assert_eq!(told.expect("nobody fails").ran(), 1);
    assert_eq!(text, "hello!!");
}

#[derive(Event)]
struct Local(std::rc::Rc<std::cell::Cell<u32>>);

#[subscriber]
fn count(event: &Local) {
    event.0.set(event.0.get() + 1);
}

#[test]
fn an_event_that_is_not_send_can_be_emitted_async() {
    let registry = Registry::with(subscribers![count]);
    let event = block_on(registry.emit_async(Local(std::rc::Rc::default())));
    assert_eq!(event.0.get(), 1);
}

#[test]
fn the_future_of_an_event_that_is_send_is_send() {
    fn is_send(_: &impl Send) {}
    is_send(&Registry::new().emit_async(greeting(&Journal::default())));
    is_send(&greeting(&Journal::default()).emit_async());
    is_send(&greeting(&Journal::default()).try_emit_async());
}

#[test]
fn the_registry_is_the_one_that_was_current_at_the_call() {
    let registry = Registry::with(subscribers![shout]);
    let journal = Journal::default();
    let emit: EmitAsync<Greeting> =
        events_core::with_registry(&registry, || greeting(&journal).emit_async());
    assert_eq!(block_on(emit).text, "HELLO");
    let inside = async { greeting(&journal).emit_async().await.text };
    assert_eq!(block_on(inside.with_registry(registry)), "HELLO");
    assert_eq!(block_on(greeting(&journal).emit_async()).text, "hello");
}

#[test]
fn the_builder_emits_async() {
    let registry = Registry::with(subscribers![shout]);
    let _scope = registry.enter();
    let journal = Journal::default();
    let builder = Greeting::builder().text("hi".to_owned()).journal(journal);
    assert_eq!(block_on(builder.emit_async()).text, "HI");
}

#[derive(Event, Clone)]
struct Deeper {
    left: usize,
    deepest: Arc<AtomicUsize>,
}

/// A registry in which each `Deeper` emits the next one and waits for it.
fn deeper() -> Registry {
    let registry = Registry::new();
    let inside = registry.clone();
    registry
        .on_async(move |event: &Deeper| {
            event.deepest.fetch_add(1, Ordering::Relaxed);
            let (registry, left) = (inside.clone(), event.left.checked_sub(1));
            let deepest = Arc::clone(&event.deepest);
            async move {
                let Some(left) = left else { return Ok(()) };
                let next = Deeper { left, deepest };
                let emitted = Box::pin(registry.try_emit_async(next)).await;
                emitted.map(|_| ()).map_err(|error| error.to_string())
            }
        })
        .detach();
    registry
}

#[test]
fn async_emits_inside_one_another_meet_the_same_limit_as_sync_ones() {
    let deepest = Arc::new(AtomicUsize::new(0));
    let event = |left| Deeper {
        left,
        deepest: Arc::clone(&deepest),
    };
    assert!(block_on(deeper().try_emit_async(event(127))).is_ok());
    assert_eq!(deepest.swap(0, Ordering::Relaxed), 128);

    let error = block_on(deeper().try_emit_async(event(128))).expect_err("it is too deep");
    assert_eq!(deepest.load(Ordering::Relaxed), 128);
    let text = error.to_string();
    let chain = format!("the chain is {} (x129)", Deeper::topic());
    assert!(text.contains(&chain), "{text}");
}

#[test]
fn a_limit_on_depth_holds_for_later_polls_too() {
    let registry = Registry::new();
    registry.set_depth_limit(2);
    let gate = Gate::default();
    let (inside, waits) = (registry.clone(), gate.clone());
    registry
        .on_async(move |event: &Deeper| {
            let (registry, gate, event) = (inside.clone(), waits.clone(), event.clone());
            async move {
                gate.wait().await;
                event.deepest.fetch_add(1, Ordering::Relaxed);
                Box::pin(registry.emit_async(event)).await;
            }
        })
        .detach();
    let deepest = Arc::new(AtomicUsize::new(0));
    let event = Deeper {
        left: 0,
        deepest: Arc::clone(&deepest),
    };
    let mut emit = pin!(registry.emit_async(event));
    assert!(polled(emit.as_mut()).is_pending());
    gate.open();
    block_on(emit);
    assert_eq!(deepest.load(Ordering::Relaxed), 2);
}

#[test]
fn an_async_subscriber_may_ask_for_its_emission() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    registry
        .on(|event: &Greeting, emission: &Emission| event.journal.note(emission.id().to_string()))
        .detach();
    let (inside, waits) = (registry.clone(), gate.clone());
    registry
        .on_async(move |event: &Greeting, emission: &Emission| {
            event.journal.note(emission.id().to_string());
            let (registry, gate, journal) = (inside.clone(), waits.clone(), event.journal.clone());
            async move {
                gate.wait().await;
                registry.emit(Parented(journal));
            }
        })
        .detach();
    registry
        .on(|event: &Parented, emission: &Emission| {
            event.0.note(
                emission
                    .parent()
                    .map_or("no parent".into(), |id| id.to_string()),
            );
        })
        .detach();
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
    gate.open();
    block_on(emit);
    let ids = journal.take();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[derive(Event)]
struct Parented(Journal);

#[test]
fn at_most_so_many_calls_of_a_limited_subscriber_are_under_way() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let waits = gate.clone();
    let limited = registry.subscribe_async(move |event: &Greeting| {
        let (event, gate) = (event.clone(), waits.clone());
        async move {
            event.journal.note(format!("{} begins", event.text));
            gate.wait().await;
            event.journal.note(format!("{} ends", event.text));
        }
    });
    let subscription = limited
        .concurrency(1)
        .register()
        .expect("no other has its id");
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: journal.clone(),
    };
    let mut first = Box::pin(registry.emit_async(event("first")));
    let mut second = Box::pin(registry.emit_async(event("second")));
    let mut third = Box::pin(registry.emit_async(event("third")));
    for emit in [&mut first, &mut second, &mut third] {
        assert!(polled(emit.as_mut()).is_pending());
    }
    assert_eq!(journal.take(), ["first begins"]);
    // One that goes away while it waits does not hold up those behind it.
    drop(second);
    gate.open();
    block_on(first);
    block_on(third);
    assert_eq!(journal.take(), ["first ends", "third begins", "third ends"]);
    drop(subscription);
}

#[test]
fn a_limit_of_calls_is_given_back_by_one_that_panics_or_is_dropped() {
    let registry = Registry::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&calls);
    registry
        .subscribe_async(move |event: &Greeting| {
            counts.fetch_add(1, Ordering::Relaxed);
            let text = event.text.clone();
            async move {
                match text.as_str() {
                    "panic" => panic!("as told"),
                    "wait" => pending().await,
                    _ => {}
                }
            }
        })
        .concurrency(1)
        .register()
        .expect("no other has its id")
        .detach();
    let event = |text: &str| Greeting {
        text: text.into(),
        journal: Journal::default(),
    };
    block_on(registry.emit_async(event("panic")));
    assert!(polled(registry.emit_async(event("wait"))).is_pending());
    block_on(registry.emit_async(event("fine")));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}
