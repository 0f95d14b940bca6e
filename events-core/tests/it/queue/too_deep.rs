//! Section 5: workers and flushes that are polled where no emit may be nested, or where little of the stack is left. They
//! keep what they can run elsewhere.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
    thread,
};

use events_core::{Event, Registry};

use crate::{Gate, Journal, with_stack_left, worker::Waits};

#[derive(Event, Clone)]
struct Slow;

#[derive(Event, Clone)]
struct Quick;

/// Its handler polls something at the depth limit.
#[derive(Event)]
struct Polls;

#[derive(Event)]
struct Nested(u32);

/// Something has an event in progress, which is woken, and is polled where less of the stack is left than an emit needs:
/// far less, or less by a few frames of the poll itself.
fn check_resumed(row: &str, make: fn(&Registry) -> Waits, stack_left: usize) {
    let (registry, gate, has_ended) = (Registry::new(), Gate::default(), Arc::default());
    let (waits, ends) = (gate.clone(), Arc::clone(&has_ended));
    let slow = move |_: &Slow| {
        let (open, ends): (_, Arc<AtomicBool>) = (waits.wait(), Arc::clone(&ends));
        async move {
            open.await;
            ends.store(true, Ordering::Relaxed);
        }
    };
    registry.on_async(slow).detach();
    registry.enqueue(Slow).expect("there is room");
    let mut task = Task::new(make(&registry));
    assert!(task.poll());
    gate.open();
    task.take_wakes();
    let (task, wakes) = (Arc::new(Mutex::new(task)), Arc::new(Mutex::new(Vec::new())));
    let (inner, polled, taken) = (registry.clone(), Arc::clone(&task), Arc::clone(&wakes));
    let ended = Arc::clone(&has_ended);
    let nests = move |event: &Nested| match event.0 {
        20 => with_stack_left(stack_left, &|| {
            let mut task = polled.lock().expect("no panic");
            for _ in 0..2 {
                if !ended.load(Ordering::Relaxed) && task.poll() {
                    taken.lock().expect("no panic").push(task.take_wakes());
                }
            }
        }),
        number => _ = inner.emit(Nested(number + 1)),
    };
    registry.on(nests).detach();
    registry.emit(Nested(1));
    if !has_ended.load(Ordering::Relaxed) {
        // The wake that led to the first poll is used up, so it wakes its task once.
        assert_eq!(
            *wakes.lock().expect("no panic"),
            [1, 0],
            "{row}, {stack_left}"
        );
        task.lock().expect("no panic").poll();
        assert!(has_ended.load(Ordering::Relaxed), "{row}, {stack_left}");
    }
}

type Row = (&'static str, fn(&Registry) -> Waits);

const RESUMED: &[Row] = &[
    ("a worker", |registry| Box::pin(registry.queue().work(1))),
    ("a flush", |registry| {
        let flush = registry.queue().flush_async();
        Box::pin(async { _ = flush.await })
    }),
    ("a settle", |registry| {
        let settle = registry.queue().settle_async();
        Box::pin(async { _ = settle.await })
    }),
];

#[test]
fn an_event_that_cannot_be_resumed_here_is_resumed_by_a_later_poll() {
    let near = (0..8).map(|step| 128 * 1024 + step * 256);
    let run = || {
        for stack_left in near.chain([120 * 1024]) {
            for (row, make) in RESUMED {
                check_resumed(row, *make, stack_left);
            }
        }
    };
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(2 << 20);
        let thread = builder.spawn_scoped(scope, run).expect("a thread");
        thread.join().expect("it does not panic");
    });
}

/// A task with the number of its wakes.
struct Task {
    future: Waits,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Task {
    fn new(future: Waits) -> Self {
        let wakes = Arc::default();
        Self { future, wakes }
    }

    /// Whether it is pending after a poll.
    fn poll(&mut self) -> bool {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    }

    fn take_wakes(&self) -> usize {
        self.wakes.0.swap(0, Ordering::Relaxed)
    }
}

/// Polls those that are woken until none is; returns how many polls that were.
fn run(tasks: &mut [Task]) -> usize {
    let mut polls = 0;
    while let Some(task) = tasks.iter_mut().find(|task| task.take_wakes() > 0) {
        assert!(task.poll(), "a worker has ended");
        polls += 1;
        assert!(polls < 100, "they wake one another for ever");
    }
    polls
}

fn work(registry: &Registry) -> Waits {
    Box::pin(registry.queue().work(2))
}

/// Idle workers, or workers with an event in progress, of which each may be woken for an event, at the depth limit.
#[test]
fn workers_that_are_polled_too_deep_stay_and_come_to_rest() {
    for (workers, suspended) in [(1, 0), (2, 0), (3, 0), (2, 2), (3, 1)] {
        let (registry, journal) = (Registry::new(), Journal::default());
        registry.set_depth_limit(1);
        let gate = Gate::default();
        let waits = gate.clone();
        registry.on_async(move |_: &Slow| waits.wait()).detach();
        let notes = journal.clone();
        registry.on(move |_: &Quick| notes.note("quick")).detach();
        let mut tasks: Vec<_> = (0..workers).map(|_| Task::new(work(&registry))).collect();
        for (index, task) in tasks.iter_mut().enumerate() {
            if index < suspended {
                registry.enqueue(Slow).expect("there is room");
            }
            assert!(task.poll());
        }
        let tasks = Arc::new(Mutex::new(tasks));
        let (inner, polled) = (registry.clone(), Arc::clone(&tasks));
        let polls = move |_: &Polls| {
            inner.enqueue(Quick).expect("there is room");
            assert!(run(&mut polled.lock().expect("no panic")) >= 1);
        };
        registry.on(polls).detach();
        let row = (workers, suspended);
        for _ in 0..2 {
            registry.emit(Polls);
        }
        assert_eq!(
            (registry.queue().len(), journal.take().len()),
            (2, 0),
            "{row:?}"
        );
        // A later push wakes one, which runs all.
        registry.enqueue(Quick).expect("there is room");
        let mut tasks = tasks.lock().expect("no panic");
        assert!(run(&mut tasks) >= 1, "{row:?}");
        assert_eq!(
            (registry.queue().len(), journal.take().len()),
            (0, 3),
            "{row:?}"
        );
        gate.open();
        run(&mut tasks);
    }
}
