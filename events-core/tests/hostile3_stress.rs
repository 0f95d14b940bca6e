//! Third hostile round: threads that flush, work, settle, drop workers and shut down at once. Each accepted event is
//! either run to its end or returned by a shutdown, once.

use std::{
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use events_core::{Event, Registry};

#[derive(Event, Clone, Debug)]
struct Numbered(usize);

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Pending some times; each time woken at once, or by another thread.
fn yields(times: u64, wakers: Arc<Mutex<Vec<Waker>>>) -> impl Future<Output = ()> + Send {
    let mut left = times;
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

type Counts = Arc<Mutex<BTreeMap<usize, (usize, usize)>>>;

fn round(seed: u64, capacity: Option<usize>) {
    let registry = Registry::new();
    if let Some(capacity) = capacity {
        registry.queue().set_capacity(capacity);
    }
    let wakers: Arc<Mutex<Vec<Waker>>> = Arc::default();
    let counts: Counts = Arc::default();
    let ends = Arc::new(AtomicBool::new(false));
    let (w, id) = (Arc::clone(&wakers), "first");
    registry
        .subscribe_async(move |event: &Numbered| yields(event.0 as u64 % 4, Arc::clone(&w)))
        .id(id)
        .register()
        .unwrap()
        .detach();
    let (w, done) = (Arc::clone(&wakers), Arc::clone(&counts));
    registry
        .subscribe_async(move |event: &Numbered| {
            let (number, done) = (event.0, Arc::clone(&done));
            let yields = yields(event.0 as u64 % 3, Arc::clone(&w));
            async move {
                yields.await;
                done.lock().unwrap().entry(number).or_default().0 += 1;
            }
        })
        .after(id)
        .concurrency(1)
        .register()
        .unwrap()
        .detach();
    let accepted = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    let mut role = |f: Box<dyn FnOnce(Registry, Rng) + Send>| {
        let (registry, n) = (registry.clone(), threads.len() as u64);
        let rng = Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(n * 77 + 1));
        threads.push(thread::spawn(move || f(registry, rng)));
    };
    let shut = |ends: &Arc<AtomicBool>| ends.load(Ordering::Relaxed);
    {
        let accepted = Arc::clone(&accepted);
        role(Box::new(move |registry, _| {
            let mut number = 0;
            while number < 400 {
                match registry.enqueue(Numbered(number)) {
                    Ok(()) => {
                        accepted.store(number + 1, Ordering::Relaxed);
                        number += 1;
                    }
                    Err(_) if registry.queue().is_shut_down() => return,
                    Err(_) => thread::yield_now(),
                }
            }
        }));
    }
    let (e, w) = (Arc::clone(&ends), Arc::clone(&wakers));
    role(Box::new(move |_, _| {
        while !shut(&e) {
            let woken = std::mem::take(&mut *w.lock().unwrap());
            woken.into_iter().for_each(Waker::wake);
            thread::yield_now();
        }
    }));
    for _ in 0..2 {
        let e = Arc::clone(&ends);
        role(Box::new(move |registry, mut rng| {
            while !shut(&e) && !registry.queue().is_shut_down() {
                match rng.below(4) {
                    0 => {
                        let mut flush = pin!(registry.queue().flush_async());
                        for _ in 0..rng.below(5) {
                            let context = &mut Context::from_waker(Waker::noop());
                            if flush.as_mut().poll(context).is_ready() {
                                break;
                            }
                        }
                    }
                    1 => {
                        let mut work = pin!(registry.queue().work(3));
                        for _ in 0..rng.below(5) {
                            let context = &mut Context::from_waker(Waker::noop());
                            if work.as_mut().poll(context).is_ready() {
                                break;
                            }
                        }
                    }
                    2 => {
                        let worker = registry.queue().spawn_thread_with(2);
                        thread::yield_now();
                        if rng.below(2) == 0 {
                            worker.stop();
                        } else {
                            drop(worker);
                        }
                    }
                    _ => _ = registry.queue().settle(Duration::from_micros(rng.below(500))),
                }
            }
        }));
    }
    let c = Arc::clone(&counts);
    role(Box::new(move |registry, mut rng| {
        thread::sleep(Duration::from_micros(rng.below(3000)));
        let at_most = [0, 1, 50][rng.below(3) as usize];
        for unfinished in registry.queue().shutdown(Duration::from_millis(at_most)).events {
            let event = unfinished.downcast::<Numbered>().unwrap();
            c.lock().unwrap().entry(event.0).or_default().1 += 1;
        }
    }));
    let shutdown = threads.pop().unwrap();
    shutdown.join().unwrap();
    let start = Instant::now();
    loop {
        // Later shutdowns return what the first could not take.
        let unfinished = registry.queue().shutdown(Duration::from_millis(20));
        let running = unfinished.running;
        for unfinished in unfinished.events {
            let event = unfinished.downcast::<Numbered>().unwrap();
            counts.lock().unwrap().entry(event.0).or_default().1 += 1;
        }
        let has_ended = threads[0].is_finished() && threads[2..].iter().all(|t| t.is_finished());
        if running == 0 && has_ended {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "seed {seed}: hangs, {running}");
    }
    ends.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    for unfinished in registry.queue().shutdown(Duration::from_millis(20)).events {
        let event = unfinished.downcast::<Numbered>().unwrap();
        counts.lock().unwrap().entry(event.0).or_default().1 += 1;
    }
    let counts = counts.lock().unwrap();
    for number in 0..accepted.load(Ordering::Relaxed) {
        let (done, returned) = counts.get(&number).copied().unwrap_or_default();
        assert_eq!(done + returned, 1, "seed {seed}: {number}: {done} {returned}");
    }
}

#[test]
fn each_event_ends_once() {
    let seconds = std::env::var("H3_SECONDS").map_or(5, |s| s.parse().unwrap());
    let start = Instant::now();
    let mut seed = 1;
    while start.elapsed() < Duration::from_secs(seconds) {
        round(seed, (seed % 3 == 0).then_some(1));
        seed += 1;
    }
    eprintln!("{seed} rounds");
}
