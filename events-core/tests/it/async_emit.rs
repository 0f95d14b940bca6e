//! Section 4: async subscribers, and emits that wait for them.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use events_core::{
    Emission, Event, Registry, State, emitting::EmitAsync, scopes::WithRegistry, subscriber,
    subscribers,
};

use crate::{Gate, Journal, block_on};

#[derive(Event, Clone, Debug, PartialEq)]
pub(super) struct Greeting {
    pub(super) text: String,
    pub(super) journal: Journal,
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

pub(super) fn greeting(journal: &Journal) -> Greeting {
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

pub(super) fn polled<F: Future>(future: F) -> Poll<F::Output> {
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
