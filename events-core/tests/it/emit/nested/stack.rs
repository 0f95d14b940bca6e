//! Section 2: endless nesting is refused before the stack overflows, however large the frames are.

use std::{
    future::{Future, poll_fn},
    hint::black_box,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use events_core::{Event, Registry, failures::TooDeep};

use crate::{Gate, Journal, block_on, panics::in_child, poll_once, with_stack_left};

#[derive(Event, Clone)]
#[event(topic = "stack.small")]
struct Small;

#[derive(Event, Clone)]
#[event(topic = "stack.large")]
struct Large([u8; 4096]);

/// Runs on a thread with the stack of 2 MiB that threads have by default, and returns the first refusal.
fn check(name: &str, runs: fn(&Registry) -> Option<TooDeep>) {
    let runs = move || runs(&Registry::new());
    let builder = thread::Builder::new().stack_size(2 << 20);
    let refusal = builder.spawn(runs).expect("a thread starts").join();
    let refusal = refusal.expect("nothing panics");
    let refusal = refusal.unwrap_or_else(|| panic!("{name}: no emit was refused"));
    let text = refusal.to_string();
    match refusal.stack_left() {
        Some(left) => {
            assert!(left < 256 * 1024, "{name}: {text}");
            assert!(text.contains("of the thread's stack"), "{name}: {text}");
            assert!(refusal.chain().len() > 16, "{name}: {text}");
        }
        // Without optimization the frames of handlers do not add up, and the depth limit comes first.
        None => assert!(
            name == "inlined sync handlers" && cfg!(debug_assertions),
            "{name}: {text}"
        ),
    }
}

/// Emits to a sync handler with that many bytes on its stack, which emits again, and returns the refusal.
fn nest<const BYTES: usize>(registry: &Registry) -> Option<TooDeep> {
    let (inner, (sender, receiver)) = (registry.clone(), mpsc::channel());
    let emits = move |_: &Small| {
        let mut large = [0_u8; BYTES];
        black_box(&mut large);
        if let Err(error) = inner.try_emit(Small) {
            _ = error.too_deep().map(|refusal| sender.send(refusal.clone()));
        }
        black_box(&mut large);
    };
    let _subscription = registry.on(emits);
    registry.emit(Small);
    receiver.try_recv().ok()
}

#[test]
fn an_emit_is_refused_when_little_of_the_stack_is_left() {
    check("inlined sync handlers", |registry| {
        for _ in 0..15 {
            let uses_stack = |_: &Small| _ = black_box(&mut [0_u8; 2048]);
            registry.on(uses_stack).detach();
        }
        nest::<2048>(registry)
    });
    check("a sync handler with a large frame", nest::<{ 64 * 1024 }>);
    check("async handlers", |registry| {
        let (inner, (sender, receiver)) = (registry.clone(), mpsc::channel());
        let emits = move |event: &Large| {
            let (inner, event, sender) = (inner.clone(), event.clone(), sender.clone());
            async move {
                let emitted = inner.try_emit_async(event).await;
                if let Err(error) = emitted {
                    _ = error.too_deep().map(|refusal| sender.send(refusal.clone()));
                }
            }
        };
        let _subscription = registry.on_async(emits);
        block_on(registry.emit_async(Large([0; 4096])));
        receiver.try_recv().ok()
    });
}

#[derive(Event, Clone)]
struct Countdown(usize);

type Emit = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Emits that are nested 120 deep, the innermost of which waits for the gate; each poll of a handler needs 12 KiB.
fn nested_emits(registry: &Registry, gate: &Gate, journal: &Journal) -> Emit {
    let (inner, gate, journal) = (registry.clone(), gate.clone(), journal.clone());
    let handler = move |event: &Countdown| {
        let (inner, gate, journal, left) = (inner.clone(), gate.clone(), journal.clone(), event.0);
        let mut future: Emit = Box::pin(async move {
            if left == 0 {
                return gate.wait().await;
            }
            if let Err(error) = inner.try_emit_async(Countdown(left - 1)).await {
                journal.note(error.to_string());
            }
        });
        poll_fn(move |context| {
            let mut large = [0_u8; 12 * 1024];
            black_box(&mut large);
            let polled = future.as_mut().poll(context);
            black_box(&mut large);
            polled
        })
    };
    registry.on_async(handler).detach();
    let emit = registry.emit_async(Countdown(120));
    Box::pin(async { _ = emit.await })
}

/// They begin on a large stack, which also the frames of a sanitizer fit into, and are resumed on one of 2 MiB, as a worker of a runtime has.
#[test]
fn emits_that_are_resumed_end_when_little_of_the_stack_is_left() {
    in_child(|| {
        let (registry, gate, journal) = (Registry::new(), Gate::default(), Journal::default());
        let emit = nested_emits(&registry, &gate, &journal);
        let poll = |stack, mut emit: Emit| {
            let builder = thread::Builder::new().stack_size(stack);
            let polls = move || (poll_once(&mut emit).is_ready(), emit);
            let polled = builder.spawn(polls).expect("a thread starts").join();
            polled.expect("nothing panics")
        };
        let (is_ready, emit) = poll(64 << 20, emit);
        assert!(!is_ready);
        gate.open();
        let (is_ready, _) = poll(2 << 20, emit);
        assert!(is_ready);
        let errors = journal.take();
        let [error] = &errors[..] else {
            panic!("{errors:?}")
        };
        assert!(error.contains("of the thread's stack are left"), "{error}");
    });
}

#[derive(Event, Clone)]
#[event(topic = "stack.queued")]
struct Queued;

#[derive(Event, Clone)]
#[event(topic = "stack.nested")]
struct Nested(u32);

/// A row of a table: its name, and what runs events of the queue.
type Row = (&'static str, fn(&Registry));

const RUNS: &[Row] = &[
    ("flush", |registry| _ = registry.queue().flush()),
    ("settle", |registry| {
        _ = registry.queue().settle(Duration::from_secs(60));
    }),
    ("work", |registry| _ = poll_once(registry.queue().work(1))),
];

/// Calls `runs` inside 20 nested emits where that much of the stack is left. Returns how many of two queued events
/// have run then, and how many after a flush outside of the emits.
fn ran_with_stack_left(left: usize, runs: fn(&Registry)) -> (usize, usize) {
    let (registry, count) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
    let counts = Arc::clone(&count);
    let counted = move |_: &Queued| _ = counts.fetch_add(1, Ordering::Relaxed);
    registry.on(counted).detach();
    let inner = registry.clone();
    let nests = move |event: &Nested| match event.0 {
        20 => with_stack_left(left, &|| runs(&inner)),
        number => _ = inner.emit(Nested(number + 1)),
    };
    registry.on(nests).detach();
    for _ in 0..2 {
        registry.enqueue(Queued).expect("there is room");
    }
    registry.emit(Nested(1));
    let inside = count.load(Ordering::Relaxed);
    registry.queue().flush();
    (inside, count.load(Ordering::Relaxed))
}

/// Less than 128 KiB: there no emit is nested.
#[test]
fn no_event_of_the_queue_is_lost_where_little_of_the_stack_is_left() {
    for (row, runs) in RUNS {
        let check = move || {
            for left in (112..144).map(|kib| kib * 1024) {
                let (inside, ran) = ran_with_stack_left(left, *runs);
                assert_eq!(ran, 2, "{row}, {left}");
                assert!(left > 128 * 1024 || inside == 0, "{row}, {left}");
            }
        };
        let builder = thread::Builder::new().stack_size(2 << 20);
        let thread = builder.spawn(check).expect("a thread starts");
        thread.join().expect("no event is lost");
    }
}
