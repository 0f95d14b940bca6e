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

/// Polls a task inside so many emits of another registry.
fn poll_at_depth(depth: u32, task: &Arc<Mutex<Task>>) {
    let registry = Registry::new();
    registry.set_depth_limit(256);
    let (inner, polled) = (registry.clone(), Arc::clone(task));
    let nests = move |event: &Nested| {
        if event.0 == depth {
            assert!(polled.lock().expect("no panic").poll());
        } else {
            inner.emit(Nested(event.0 + 1));
        }
    };
    let subscription = registry.on(nests);
    registry.emit(Nested(1));
    drop(subscription);
}

/// Enqueues an event on another thread when it is dropped.
struct Enqueues(Registry);

impl Wake for Enqueues {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Enqueues {
    fn drop(&mut self) {
        let registry = self.0.clone();
        let thread = thread::spawn(move || registry.enqueue(Quick).expect("there is room"));
        thread.join().expect("no panic");
    }
}

/// The worker has registered a waker, which is dropped in the poll.
#[test]
fn an_event_that_is_pushed_while_a_worker_is_polled_too_deep_stays_in_the_queue() {
    for depth in [8, 256] {
        let (registry, journal) = (Registry::new(), Journal::default());
        registry.set_depth_limit(depth);
        let notes = journal.clone();
        registry.on(move |_: &Quick| notes.note("quick")).detach();
        let mut task = Task::new(work(&registry));
        let waker = Waker::from(Arc::new(Enqueues(registry.clone())));
        let mut context = Context::from_waker(&waker);
        assert!(task.future.as_mut().poll(&mut context).is_pending());
        drop(waker);
        poll_at_depth(depth as u32, &Arc::new(Mutex::new(task)));
        let found = (registry.queue().len(), journal.take().len());
        assert_eq!(found, (1, 0), "{depth}");
    }
}

/// The event that ends has enqueued another one.
#[test]
fn a_settle_is_woken_when_a_worker_has_ended_its_event_and_can_start_no_other() {
    let (registry, gate) = (Registry::new(), Gate::default());
    registry.set_depth_limit(8);
    let (inner, waits) = (registry.clone(), gate.clone());
    let enqueues = move |_: &Slow| {
        let (inner, open) = (inner.clone(), waits.wait());
        async move {
            open.await;
            inner.enqueue(Quick).expect("there is room");
        }
    };
    registry.on_async(enqueues).detach();
    registry.on(|_: &Quick| ()).detach();
    let mut worker = Task::new(work(&registry));
    registry.enqueue(Slow).expect("there is room");
    assert!(worker.poll());
    let queue = registry.queue();
    let mut settle = Task::new(Box::pin(async move { assert!(queue.settle_async().await) }));
    assert!(settle.poll());
    gate.open();
    worker.take_wakes();
    let worker = Arc::new(Mutex::new(worker));
    poll_at_depth(8, &worker);
    assert_eq!(registry.queue().len(), 1);
    assert!(settle.take_wakes() + worker.lock().expect("no panic").take_wakes() > 0);
    assert!(!settle.poll());
}
