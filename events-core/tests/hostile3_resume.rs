//! Third hostile round: workers that are polled in places where they should not resume, or are polled inside a job.

use std::{
    env,
    future::{Future, pending, poll_fn},
    hint::black_box,
    pin::{Pin, pin},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
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

#[derive(Default)]
struct Gate(Mutex<(bool, Vec<Waker>)>);
impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(self: &Arc<Self>) -> impl Future<Output = ()> + Send + use<> {
        let gate = Arc::clone(self);
        poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

#[derive(Event, Clone)]
struct Slow;
#[derive(Event, Clone)]
struct Nested(u32);
#[derive(Event, Clone)]
struct Polls;
#[derive(Event, Clone)]
struct Opens;

/// Calls a function where no more than that many bytes of the stack are left.
fn with_stack_left(left: usize, calls: &dyn Fn()) {
    let frame = black_box([0_u8; 256]);
    if stacker::remaining_stack().is_some_and(|now| now > left) {
        with_stack_left(left, calls);
    } else {
        calls();
    }
    black_box(frame);
}

/// A worker, a flush and a settle whose event is woken, polled where little of the stack is left: the event is not
/// given up, since it can be resumed by a later poll elsewhere.
fn resumed_deep(make: fn(&Registry) -> Task) -> (usize, usize) {
    let run = move || {
        let (registry, gate, ended) = (Registry::new(), Arc::new(Gate::default()), Arc::new(AtomicUsize::new(0)));
        let (g, e) = (Arc::clone(&gate), Arc::clone(&ended));
        registry
            .on_async(move |_: &Slow| {
                let (wait, e) = (g.wait(), Arc::clone(&e));
                async move {
                    wait.await;
                    e.fetch_add(1, Ordering::Relaxed);
                }
            })
            .detach();
        registry.enqueue(Slow).unwrap();
        let mut task = make(&registry);
        assert!(poll_once(&mut task).is_pending());
        gate.open();
        let task = Arc::new(Mutex::new(task));
        let (inner, polled) = (registry.clone(), Arc::clone(&task));
        let is_ready = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let over = Arc::clone(&is_ready);
        registry
            .on(move |event: &Nested| match event.0 {
                20 => with_stack_left(120 * 1024, &|| {
                    let ready = poll_once(&mut *polled.lock().unwrap()).is_ready();
                    over.store(ready, Ordering::Relaxed);
                }),
                number => _ = inner.emit(Nested(number + 1)),
            })
            .detach();
        registry.emit(Nested(1));
        let inside = ended.load(Ordering::Relaxed);
        if ended.load(Ordering::Relaxed) == 0 && !is_ready.load(Ordering::Relaxed) {
            let _ = poll_once(&mut *task.lock().unwrap());
        }
        (inside, ended.load(Ordering::Relaxed))
    };
    let builder = thread::Builder::new().stack_size(2 << 20);
    builder.spawn(run).unwrap().join().unwrap()
}

#[test]
fn a_worker_does_not_give_an_event_up_that_it_cannot_resume_here() {
    assert_eq!(resumed_deep(|registry| Box::pin(registry.queue().work(1))).1, 1);
}

#[test]
fn a_flush_does_not_give_an_event_up_that_it_cannot_resume_here() {
    let flush = |registry: &Registry| -> Task {
        let flush = registry.queue().flush_async();
        Box::pin(async { _ = flush.await })
    };
    assert_eq!(resumed_deep(flush).1, 1);
}

struct Counts(AtomicUsize);
impl Wake for Counts {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A worker with room that is polled inside an event of its queue while the queue drains is woken by later events.
#[test]
fn a_draining_worker_that_was_polled_inside_an_event_is_woken_by_later_events() {
    let (registry, gate) = (Registry::new(), Arc::new(Gate::default()));
    let g = Arc::clone(&gate);
    registry.on_async(move |_: &Slow| g.wait()).detach();
    let g = Arc::clone(&gate);
    registry.on(move |_: &Opens| g.open()).detach();
    // It has one event in progress, and room for another.
    let wakes = Arc::new(Counts(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let work: Arc<Mutex<Task>> = Arc::new(Mutex::new(Box::pin(registry.queue().work(2))));
    registry.enqueue(Slow).unwrap();
    let poll = move || {
        let mut work = work.lock().unwrap();
        work.as_mut().poll(&mut Context::from_waker(&waker))
    };
    let poll = Arc::new(poll);
    assert!(poll().is_pending());
    // The event of another worker polls the first one, enqueues an event, and waits for its effect.
    let (inner, polls, g) = (registry.clone(), Arc::clone(&poll), Arc::clone(&gate));
    registry
        .on_async(move |_: &Polls| {
            let (inner, polls, wait) = (inner.clone(), Arc::clone(&polls), g.wait());
            async move {
                assert!(polls().is_pending());
                inner.enqueue(Opens).unwrap();
                wait.await;
            }
        })
        .detach();
    let mut other = Box::pin(registry.queue().work(1));
    registry.enqueue(Polls).unwrap();
    let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
    assert!(poll_once(&mut shutdown).is_pending());
    wakes.0.store(0, Ordering::Relaxed);
    assert!(poll_once(&mut other).is_pending());
    assert_eq!(registry.queue().len(), 1);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1, "the worker that has room is not woken");
    assert!(poll().is_ready());
}

#[derive(Event, Clone)]
struct Large<const BYTES: usize>([u8; BYTES]);

/// Endless nesting of async emits of a large event on a stack of 2 MiB.
fn endless<const BYTES: usize>() {
    let run = || {
        let registry = Registry::new();
        let inner = registry.clone();
        registry
            .on_async(move |_: &Large<BYTES>| {
                let inner = inner.clone();
                async move { _ = Box::pin(inner.try_emit_async(Large([0; BYTES]))).await }
            })
            .detach();
        assert!(poll_once(Box::pin(registry.emit_async(Large([0; BYTES])))).is_ready());
    };
    let builder = thread::Builder::new().stack_size(2 << 20);
    builder.spawn(run).unwrap().join().unwrap();
}

fn child(test: &str) -> bool {
    let mut command = Command::new(env::current_exe().expect("known"));
    command.args(["--exact", test, "--nocapture"]).env("H3", "1");
    let output = command.output().expect("runs");
    output.status.success()
}

macro_rules! endless {
    ($($name:ident $bytes:literal)*) => {$(
        #[test]
        fn $name() {
            if env::var_os("H3").is_some() {
                return endless::<$bytes>();
            }
            assert!(child(stringify!($name)), "aborts");
        }
    )*};
}

endless! { endless_4_kib 4096 endless_8_kib 8192 endless_16_kib 16384 endless_32_kib 32768 }

/// A shutdown inside the drop of a worker, by a destructor on another thread.
#[test]
fn a_shutdown_of_another_thread_in_the_destructor_of_a_dropped_worker_has_a_deadline() {
    struct Blocks(Registry, Arc<AtomicUsize>);
    impl Drop for Blocks {
        fn drop(&mut self) {
            let (registry, running) = (self.0.clone(), Arc::clone(&self.1));
            thread::spawn(move || {
                let unfinished = registry.queue().shutdown(Duration::from_millis(50));
                running.store(unfinished.running + 10 * unfinished.events.len(), Ordering::Relaxed);
            })
            .join()
            .unwrap();
        }
    }
    let (registry, running) = (Registry::new(), Arc::new(AtomicUsize::new(99)));
    let (inner, r) = (registry.clone(), Arc::clone(&running));
    registry
        .on_async(move |_: &Slow| {
            let blocks = Blocks(inner.clone(), Arc::clone(&r));
            async move {
                let _blocks = blocks;
                pending::<()>().await;
            }
        })
        .detach();
    registry.enqueue(Slow).unwrap();
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    drop(work);
    assert_eq!(running.load(Ordering::Relaxed), 1);
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert_eq!((unfinished.events.len(), unfinished.running), (1, 0));
}

/// A worker without an event in progress that is polled inside an event of its queue while the queue drains does not
/// end before that event has: "ready when .. no other worker, flush or shutdown has an event in progress".
#[test]
fn a_draining_worker_that_is_polled_inside_an_event_does_not_end() {
    let (registry, gate) = (Registry::new(), Arc::new(Gate::default()));
    let g = Arc::clone(&gate);
    registry.on(move |_: &Opens| g.open()).detach();
    let work: Arc<Mutex<Task>> = Arc::new(Mutex::new(Box::pin(registry.queue().work(1))));
    assert!(poll_once(&mut *work.lock().unwrap()).is_pending());
    let (inner, polled, g) = (registry.clone(), Arc::clone(&work), Arc::clone(&gate));
    registry
        .on_async(move |_: &Polls| {
            let (inner, polled, wait) = (inner.clone(), Arc::clone(&polled), g.wait());
            async move {
                assert!(poll_once(&mut *polled.lock().unwrap()).is_pending(), "it has ended");
                inner.enqueue(Opens).unwrap();
                wait.await;
            }
        })
        .detach();
    let mut other = Box::pin(registry.queue().work(1));
    registry.enqueue(Polls).unwrap();
    let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
    assert!(poll_once(&mut shutdown).is_pending());
    assert!(poll_once(&mut other).is_pending());
    assert_eq!(registry.queue().len(), 1);
    assert!(poll_once(&mut *work.lock().unwrap()).is_pending());
    assert_eq!(registry.queue().len(), 0);
    assert!(poll_once(&mut other).is_ready());
}
