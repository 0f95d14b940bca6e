//! Section 4: async subscribers, and emits that await them.

use std::{pin::pin, sync::Arc};

use events_core::{
    Emission, Event, Registry, State,
    emitting::EmitAsync,
    scopes::WithRegistry,
    subscriber, subscribers,
    subscribing::{BackgroundKind, NewSubscription},
};

use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone, Debug, PartialEq)]
pub(crate) struct Greeting {
    pub(crate) text: String,
    pub(crate) journal: Journal,
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

pub(crate) fn greeting(journal: &Journal) -> Greeting {
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

#[test]
fn an_async_function_can_take_states_and_return_a_result() {
    let registry = Registry::new();
    let scanner = registry.scanner().state(Mailer("post"));
    scanner.subscribers(subscribers![mail, shout]).run();
    let journal = Journal::default();
    let event = block_on(registry.emit_async(greeting(&journal)));
    assert_eq!(event.text, "HELLO");
    assert_eq!(journal.take(), ["post: HELLO"]);

    let called_directly = mail(&event, State::from(&Mailer("hand")));
    assert_eq!(block_on(called_directly), Ok(()));
}

#[test]
fn origin_when_and_once_apply_to_async_subscribers() {
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
            "it::emit::async_emit::desk"
        )]
    );
}

#[test]
fn async_subscribers_run_after_all_sync_ones_whatever_their_priority() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .subscribe_async(|event: &Greeting| {
            let (journal, text) = (event.journal.clone(), event.text.clone());
            async move { journal.note(format!("async {text}")) }
        })
        .priority(100)
        .register()
        .expect("no options clash")
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
fn async_subscribers_run_concurrently_on_the_callers_task() {
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
    assert!(poll_once(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["0 begins", "1 begins", "2 begins"]);
    gate.open();
    assert!(poll_once(emit).is_ready());
    let here = std::thread::current().id();
    let ends = [0, 1, 2].map(|number| format!("{number} ends on {here:?}"));
    assert_eq!(journal.take(), ends);
}

/// Small handler futures are stored inline in the emit future; large ones are boxed.
#[test]
fn handler_futures_of_all_sizes_run_concurrently() {
    fn subscribe_with_future_of<const SIZE: usize>(registry: &Registry, gate: &Gate) {
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
    subscribe_with_future_of::<0>(&registry, &gate);
    subscribe_with_future_of::<100>(&registry, &gate);
    subscribe_with_future_of::<1>(&registry, &gate);
    subscribe_with_future_of::<5000>(&registry, &gate);
    subscribe_with_future_of::<17>(&registry, &gate);
    subscribe_with_future_of::<90>(&registry, &gate);
    subscribe_with_future_of::<64>(&registry, &gate);
    let mut emit = Box::pin(registry.emit_async(greeting(&journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    assert!(poll_once(emit.as_mut()).is_ready());
    let expected = [0, 100, 1, 5000, 17, 90, 64].map(|size| format!("{size}: true"));
    assert_eq!(journal.take(), expected);
}

#[test]
fn a_stop_by_a_sync_subscriber_skips_the_async_ones() {
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
    let emitted = block_on(registry.try_emit_async(greeting(&journal))).expect("no handler fails");
    assert!(emitted.stopped_by().is_some());
    assert_eq!(emitted.ran(), 1);
    registry.emit(greeting(&journal));
    assert_eq!(registry.queue().len(), 0);
    assert!(journal.take().is_empty());
}

#[test]
fn emitted_counts_async_subscribers() {
    let registry = Registry::new();
    let emitted = block_on(registry.try_emit_async(greeting(&Journal::default())));
    assert!(emitted.expect("no handler fails").is_unheard());
    registry.on(|_: &Greeting| ()).detach();
    registry.on_async(|_: &Greeting| async {}).detach();
    let emitted = block_on(registry.try_emit_async(greeting(&Journal::default())));
    let emitted = emitted.expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (2, 0));
}

/// Only one that is `after` an async subscriber waits for the end of that.
#[test]
fn a_deferred_subscriber_is_in_the_queue_while_an_async_one_is_pending() {
    type Defer =
        fn(NewSubscription<Greeting, BackgroundKind>) -> NewSubscription<Greeting, BackgroundKind>;
    let rows: [(&str, Defer, usize); 2] = [
        ("unordered", |new| new, 1),
        ("after it", |new| new.after("slow"), 0),
    ];
    for (row, order, queued) in rows {
        let (registry, gate) = (Registry::new(), Gate::default());
        let waits = gate.clone();
        let slow = registry.subscribe_async(move |_: &Greeting| waits.wait());
        slow.id("slow").register().expect("the only one").detach();
        let deferred = order(registry.subscribe_deferred(|_: &Greeting| ()));
        deferred.register().expect("an order").detach();
        let mut emit = pin!(registry.emit_async(greeting(&Journal::default())));
        assert!(poll_once(emit.as_mut()).is_pending(), "{row}");
        assert_eq!(registry.queue().len(), queued, "{row}");
        gate.open();
        assert!(poll_once(emit).is_ready(), "{row}");
        assert_eq!(registry.queue().len(), 1, "{row}");
    }
}

#[test]
fn an_async_emit_runs_nothing_before_its_first_poll() {
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
    let emitted = block_on(registry.try_emit_async(Borrowed { text: &mut text }));
    assert_eq!(emitted.expect("no handler fails").ran(), 1);
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
fn the_emit_future_of_a_send_event_is_send() {
    fn assert_send(_: &impl Send) {}
    assert_send(&Registry::new().emit_async(greeting(&Journal::default())));
    assert_send(&greeting(&Journal::default()).emit_async());
    assert_send(&greeting(&Journal::default()).try_emit_async());
}

#[test]
fn an_async_emit_uses_the_registry_that_was_current_at_the_call() {
    let registry = Registry::with(subscribers![shout]);
    let journal = Journal::default();
    let emit: EmitAsync<Greeting> =
        events_core::with_registry(&registry, || greeting(&journal).emit_async());
    assert_eq!(block_on(emit).text, "HELLO");
    let inside = async { greeting(&journal).emit_async().await.text };
    assert_eq!(block_on(inside.with_registry(registry)), "HELLO");
    assert_eq!(block_on(greeting(&journal).emit_async()).text, "hello");
}

#[derive(Event)]
struct Nested(Journal);

/// What its handlers emit in turn reaches its own registry too, which is the current one while they run.
#[test]
fn an_async_emit_with_another_registry_attached_keeps_its_own() {
    fn registry(name: &'static str) -> Registry {
        let registry = Registry::new();
        let nested = move |event: &Nested| event.0.note(format!("nested, {name}"));
        registry.on(nested).detach();
        let sync = move |event: &Greeting| {
            event.journal.note(format!("sync, {name}"));
            Nested(event.journal.clone()).emit();
        };
        registry.on(sync).detach();
        let later = move |event: &Greeting| {
            let journal = event.journal.clone();
            async move {
                tokio::task::yield_now().await;
                journal.note(format!("async, {name}"));
                Nested(journal.clone()).emit();
                Nested(journal).emit_async().await;
            }
        };
        registry.on_async(later).detach();
        registry
    }
    type Emits = fn(Greeting, Registry);
    let rows: [(&str, Emits); 2] = [
        ("emit_async", |event, attached| {
            block_on(event.emit_async().with_registry(attached));
        }),
        ("try_emit_async", |event, attached| {
            let emitted = block_on(event.try_emit_async().with_registry(attached));
            assert_eq!(emitted.expect("no handler fails").ran(), 2);
        }),
    ];
    for (row, emits) in rows {
        let (own, attached) = (registry("own"), registry("attached"));
        let journal = Journal::default();
        events_core::with_registry(&own, || emits(greeting(&journal), attached));
        let nested = "nested, own";
        assert_eq!(
            journal.take(),
            ["sync, own", nested, "async, own", nested, nested],
            "{row}"
        );
    }
}

#[test]
fn the_builder_emits_async() {
    let registry = Registry::with(subscribers![shout]);
    let _scope = registry.enter();
    let journal = Journal::default();
    let builder = Greeting::builder().text("hi".to_owned()).journal(journal);
    assert_eq!(block_on(builder.emit_async()).text, "HI");
}
