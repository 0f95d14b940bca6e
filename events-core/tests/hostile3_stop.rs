//! Third hostile round: threads that subscribe, stop, emit and work at once, with limits, `once` and dependencies. After
//! `stop` no call starts or runs, and no emit hangs.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use events_core::{Event, Registry, Subscription};

#[derive(Event, Clone)]
struct E(u64);

struct Rng(u64);
impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

type Wakers = Arc<Mutex<Vec<Waker>>>;

fn yields(mut left: u64, wakers: Wakers) -> impl Future<Output = ()> + Send {
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        if left % 2 == 0 {
            context.waker().wake_by_ref();
        } else {
            wakers.lock().unwrap().push(context.waker().clone());
        }
        Poll::Pending
    })
}

/// What a handler captures: it is stopped or not, and its calls.
struct Calls {
    is_stopped: AtomicBool,
    running: AtomicUsize,
    wrong: Arc<AtomicUsize>,
}

struct Call(Arc<Calls>);
impl Call {
    fn new(calls: &Arc<Calls>) -> Self {
        if calls.is_stopped.load(Ordering::SeqCst) {
            calls.wrong.fetch_add(1, Ordering::SeqCst);
        }
        calls.running.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(calls))
    }
}
impl Drop for Call {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn subscribe(registry: &Registry, calls: &Arc<Calls>, wakers: &Wakers, rng: &mut Rng, own: u64) -> Subscription {
    let (c, w) = (Arc::clone(calls), Arc::clone(wakers));
    match rng.below(5) {
        0 => {
            let new = registry.subscribe(move |_: &E| drop(Call::new(&c)));
            let new = if rng.below(3) == 0 { new.once() } else { new };
            new.register().unwrap()
        }
        1 => {
            let new = registry.subscribe_deferred(move |_: &E| drop(Call::new(&c)));
            let new = if rng.below(3) == 0 { new.once() } else { new };
            let new = if rng.below(2) == 0 { new.concurrency(1) } else { new };
            new.register().unwrap()
        }
        _ => {
            let times = rng.below(5);
            let new = registry.subscribe_async(move |_: &E| {
                let (call, w) = (Call::new(&c), Arc::clone(&w));
                async move {
                    yields(times, w).await;
                    drop(call);
                }
            });
            let new = if rng.below(3) == 0 { new.once() } else { new };
            let new = if rng.below(2) == 0 { new.concurrency(1 + own as usize % 2) } else { new };
            let new = if rng.below(4) == 0 { new.deferred() } else { new };
            let new = if rng.below(3) == 0 { new.after("base") } else { new };
            new.register().unwrap()
        }
    }
}

fn run(seed: u64, for_ms: u64) {
    let registry = Registry::new();
    registry.queue().set_capacity(32);
    let wakers = Wakers::default();
    let w = Arc::clone(&wakers);
    registry
        .subscribe_async(move |e: &E| yields(e.0 % 4, Arc::clone(&w)))
        .id("base")
        .concurrency(2)
        .register()
        .unwrap()
        .detach();
    let is_over = Arc::new(AtomicBool::new(false));
    let waker_over = Arc::new(AtomicBool::new(false));
    let wrong = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    let (w, o) = (Arc::clone(&wakers), Arc::clone(&waker_over));
    let waking = thread::spawn(move || {
        while !o.load(Ordering::Relaxed) {
            let woken = std::mem::take(&mut *w.lock().unwrap());
            woken.into_iter().for_each(Waker::wake);
            thread::yield_now();
        }
    });
    registry.queue().spawn_thread_with(2).detach();
    registry.queue().spawn_thread().detach();
    for n in 0..2_u64 {
        let (registry, o) = (registry.clone(), Arc::clone(&is_over));
        threads.push(thread::spawn(move || {
            let mut rng = Rng(seed * 31 + n + 1);
            while !o.load(Ordering::Relaxed) {
                match rng.below(4) {
                    0 => _ = registry.emit(E(rng.below(100))),
                    1 => _ = registry.enqueue(E(rng.below(100))),
                    2 => {
                        let mut emit = pin!(registry.emit_async(E(rng.below(100))));
                        for _ in 0..rng.below(4) {
                            let context = &mut Context::from_waker(Waker::noop());
                            if emit.as_mut().poll(context).is_ready() {
                                break;
                            }
                        }
                    }
                    _ => _ = block_on(registry.emit_async(E(rng.below(100)))),
                }
            }
        }));
    }
    for n in 0..2_u64 {
        let (registry, o, wakers, wrong) = (registry.clone(), Arc::clone(&is_over), Arc::clone(&wakers), Arc::clone(&wrong));
        threads.push(thread::spawn(move || {
            let mut rng = Rng(seed * 77 + n + 11);
            while !o.load(Ordering::Relaxed) {
                let calls = Arc::new(Calls {
                    is_stopped: AtomicBool::new(false),
                    running: AtomicUsize::new(0),
                    wrong: Arc::clone(&wrong),
                });
                let subscription = subscribe(&registry, &calls, &wakers, &mut rng, n);
                for _ in 0..rng.below(20) {
                    thread::yield_now();
                }
                subscription.stop();
                calls.is_stopped.store(true, Ordering::SeqCst);
                let running = calls.running.load(Ordering::SeqCst);
                if running > 0 || Arc::strong_count(&calls) > 1 {
                    eprintln!("running {running}, owners {}", Arc::strong_count(&calls));
                    wrong.fetch_add(1, Ordering::SeqCst);
                }
            }
        }));
    }
    thread::sleep(Duration::from_millis(for_ms));
    is_over.store(true, Ordering::Relaxed);
    let start = Instant::now();
    while !threads.iter().all(|t| t.is_finished()) {
        if start.elapsed() > Duration::from_secs(20) {
            let finished: Vec<_> = threads.iter().map(|t| t.is_finished()).collect();
            panic!("seed {seed}: hangs {finished:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    let unfinished = registry.queue().shutdown(Duration::from_secs(10));
    assert!(unfinished.is_empty(), "seed {seed}: {unfinished}");
    waker_over.store(true, Ordering::Relaxed);
    waking.join().unwrap();
    assert_eq!(wrong.load(Ordering::SeqCst), 0, "seed {seed}");
}

#[test]
fn no_call_after_stop_and_no_hang() {
    let seconds = std::env::var("H3_SECONDS").map_or(6, |s| s.parse().unwrap());
    let start = Instant::now();
    let mut seed = 1;
    while start.elapsed() < Duration::from_secs(seconds) {
        run(seed, 200);
        seed += 1;
    }
    eprintln!("{seed} rounds");
}
