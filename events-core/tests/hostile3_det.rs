//! Third hostile round: deterministic tests.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Event, Clone)]
struct Typed;

#[derive(Event, Clone)]
struct Other;

#[derive(Event, Clone)]
struct Produce;

#[derive(Event, Clone)]
struct Item(usize);

/// "Events that other threads enqueue are no chain: a flush runs them as long as they come."
#[test]
fn a_flush_is_not_cut_off_by_events_that_an_event_of_a_worker_enqueues() {
    const ITEMS: usize = 1500;
    let registry = Registry::new();
    let (started, start) = mpsc::channel();
    let (ran, has_run) = mpsc::channel();
    let (inner, has_run) = (registry.clone(), Mutex::new(has_run));
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Item(0)).unwrap();
            started.send(()).unwrap();
            // One after the other, each when the flush has run the one before.
            for number in 1..ITEMS {
                let received = has_run.lock().unwrap().recv_timeout(Duration::from_secs(2));
                if received.is_err() {
                    return;
                }
                inner.enqueue(Item(number)).unwrap();
            }
        })
        .detach();
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    // An item ends only when the next one is queued, so that the flush never finds the queue empty.
    let inner = registry.clone();
    registry
        .on(move |item: &Item| {
            counts.fetch_add(1, Ordering::Relaxed);
            ran.send(()).unwrap();
            while item.0 + 1 < ITEMS && inner.queue().is_empty() {
                thread::yield_now();
            }
        })
        .detach();
    registry.enqueue(Produce).unwrap();
    let worker = registry.queue().spawn_thread();
    start.recv().unwrap();
    let flushed = registry.queue().flush();
    worker.detach();
    assert_eq!((flushed.left(), count.load(Ordering::Relaxed)), (0, ITEMS), "{flushed}");
}

/// Polls its task in each call of its waker.
struct Inline(Mutex<Option<Task>>);

impl Wake for Inline {
    fn wake(self: Arc<Self>) {
        let Ok(mut task) = self.0.try_lock() else {
            return;
        };
        let waker = Waker::from(Arc::clone(&self));
        let future = task.as_mut().map(Pin::as_mut);
        let polled = future.map(|future| future.poll(&mut Context::from_waker(&waker)));
        if polled.is_some_and(|polled| polled.is_ready()) {
            *task = None;
        }
    }
}

/// A task that is polled by its waker, and waits for the queue, is not inside the registry of the queue.
fn current_in_a_task_woken_by(runs: fn(&Registry)) -> bool {
    let registry = Registry::new();
    let suspended = Arc::new(AtomicUsize::new(0));
    let is_open = Arc::clone(&suspended);
    registry
        .on_async(move |_: &Typed| {
            let is_open = Arc::clone(&is_open);
            poll_fn(move |context| {
                context.waker().wake_by_ref();
                match is_open.load(Ordering::Relaxed) {
                    0 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            })
        })
        .detach();
    registry.enqueue(Typed).unwrap();
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    let found = Arc::new(Mutex::new(None));
    let (settle, result) = (registry.queue().settle_async(), Arc::clone(&found));
    let task = async move {
        settle.await;
        *result.lock().unwrap() = Some(events_core::registry());
    };
    let inline = Arc::new(Inline(Mutex::new(Some(Box::pin(task)))));
    Arc::clone(&inline).wake();
    assert!(found.lock().unwrap().is_none());
    suspended.store(1, Ordering::Relaxed);
    runs(&registry);
    let _ = poll_once(&mut work);
    drop(work);
    let current = found.lock().unwrap().take().expect("it is settled");
    current != registry
}

#[test]
fn a_task_that_a_worker_wakes_is_outside_of_its_registry() {
    assert!(current_in_a_task_woken_by(|_| ()));
}

/// An executor that polls its tasks while any is woken; returns how many polls it made, up to a limit.
struct Flag(AtomicUsize);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn run_until_stalled(tasks: &mut [(Task, Arc<Flag>)], limit: usize) -> usize {
    let mut polls = 0;
    loop {
        let mut is_stalled = true;
        for (task, flag) in &mut *tasks {
            if flag.0.swap(0, Ordering::Relaxed) > 0 {
                is_stalled = false;
                polls += 1;
                let waker = Waker::from(Arc::clone(flag));
                let _ = task.as_mut().poll(&mut Context::from_waker(&waker));
            }
        }
        if is_stalled || polls >= limit {
            return polls;
        }
    }
}

/// Two workers, each with an event in progress, polled at the depth limit, do not wake each other for ever.
#[test]
fn two_workers_that_are_polled_too_deep_come_to_rest() {
    let registry = Registry::new();
    registry.on_async(|_: &Typed| pending::<()>()).detach();
    registry.on(|_: &Other| ()).detach();
    registry.set_depth_limit(1);
    for _ in 0..2 {
        registry.enqueue(Typed).unwrap();
    }
    let task = || -> (Task, Arc<Flag>) {
        (
            Box::pin(registry.queue().work(2)),
            Arc::new(Flag(AtomicUsize::new(1))),
        )
    };
    // Each takes one event.
    let mut tasks = vec![task(), task()];
    {
        let second = Arc::clone(&tasks[1].1);
        second.0.store(0, Ordering::Relaxed);
    }
    // The first takes both events, as its concurrency allows; so give the second one of its own.
    run_until_stalled(&mut tasks, 100);
    registry.enqueue(Typed).unwrap();
    tasks[1].1.0.store(1, Ordering::Relaxed);
    run_until_stalled(&mut tasks[1..], 100);
    let polls = Arc::new(AtomicUsize::new(0));
    let (inner, tasks, counted) = (registry.clone(), Mutex::new(tasks), Arc::clone(&polls));
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Other).unwrap();
            let polls = run_until_stalled(&mut tasks.lock().unwrap(), 1000);
            counted.store(polls, Ordering::Relaxed);
        })
        .detach();
    registry.emit(Produce);
    let polls = polls.load(Ordering::Relaxed);
    assert!(polls < 100, "{polls} polls");
}

/// A worker without an event in progress that is polled too deep once still runs later events.
#[test]
fn an_idle_worker_that_is_polled_too_deep_is_not_over() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    registry
        .on(move |_: &Other| _ = counts.fetch_add(1, Ordering::Relaxed))
        .detach();
    let work = Arc::new(Mutex::new(Box::pin(registry.queue().work(1))));
    assert!(poll_once(&mut *work.lock().unwrap()).is_pending());
    let (inner, polled, is_over) = (registry.clone(), Arc::clone(&work), Arc::new(AtomicUsize::new(0)));
    let over = Arc::clone(&is_over);
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Other).unwrap();
            let ready = poll_once(&mut *polled.lock().unwrap()).is_ready();
            over.store(ready.into(), Ordering::Relaxed);
        })
        .detach();
    registry.emit(Produce);
    assert_eq!(is_over.load(Ordering::Relaxed), 0, "the worker has ended");
    let _ = poll_once(&mut *work.lock().unwrap());
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

/// Another thread enqueues events, each of which enqueues one more, which enqueues none: there is no chain of more than
/// two events.
#[test]
fn a_flush_is_not_cut_off_by_short_chains_of_events_of_another_thread() {
    const ITEMS: usize = 1500;
    let registry = Registry::new();
    let (ran, has_run) = mpsc::channel();
    let producer = registry.clone();
    let producing = thread::spawn(move || {
        for number in 1..ITEMS {
            if has_run.recv_timeout(Duration::from_secs(2)).is_err() {
                return;
            }
            producer.enqueue(Item(number)).unwrap();
        }
    });
    let (inner, enqueued) = (registry.clone(), Arc::new(AtomicUsize::new(0)));
    registry.on(|_: &Other| ()).detach();
    registry
        .on(move |item: &Item| {
            inner.enqueue(Other).unwrap();
            ran.send(()).unwrap();
            // Until the other thread has enqueued the next one.
            while item.0 + 1 < ITEMS && inner.queue().len() < 2 {
                thread::yield_now();
            }
            enqueued.fetch_add(1, Ordering::Relaxed);
        })
        .detach();
    registry.enqueue(Item(0)).unwrap();
    let flushed = registry.queue().flush();
    assert_eq!((flushed.left(), flushed.ran()), (0, 2 * ITEMS), "{flushed}");
    producing.join().unwrap();
}
