//! What emitters and takers of one store may see of each other.

use std::{sync::Arc, task::Poll};

use shuttle::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    check_schedules,
    taker::{Bell, Queue, Thing, poll, pop, push, wait},
};
use crate::{
    bounded_queue::{BoundedQueue, PushErrorKind},
    waiters::Waiter,
};

/// Counts up; somebody waits for it.
struct Count {
    count: Mutex<usize>,
    grows: Condvar,
}

impl Count {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            count: Mutex::new(0),
            grows: Condvar::new(),
        })
    }

    fn grow(&self) {
        *self.count.lock().expect("no step panics") += 1;
        self.grows.notify_all();
    }

    fn wait(&self, until: usize) {
        let mut count = self.count.lock().expect("no step panics");
        while *count < until {
            count = self.grows.wait(count).expect("no step panics");
        }
    }
}

fn spawn<T: Send + 'static>(
    store: &Queue,
    run: impl FnOnce(&Queue) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    let store = Arc::clone(store);
    thread::spawn(move || run(&store))
}

fn join<T>(threads: Vec<thread::JoinHandle<T>>) -> Vec<T> {
    let joined = threads.into_iter().map(thread::JoinHandle::join);
    joined.map(|end| end.expect("no thread panics")).collect()
}

/// Everything that so many emitters push is taken once, and each taker sees what comes from one
/// emitter in order. The store drains only when everything was taken, so no sleeper who is
/// forgotten is woken by that.
fn check_delivery(emitters: usize, each: usize, takers: usize) {
    check_schedules(move || {
        let store: Queue = Arc::new(BoundedQueue::new());
        let taken = Count::new();
        let takers: Vec<_> = (0..takers)
            .map(|_| {
                let taken = Arc::clone(&taken);
                spawn(&store, move |store| {
                    let mut waiter = Waiter::new();
                    let mut things = Vec::new();
                    while let Some(thing) = wait(store, &mut waiter) {
                        things.push(thing);
                        taken.grow();
                    }
                    store.leave(&mut waiter);
                    things
                })
            })
            .collect();
        let pushing = (0..emitters).map(|emitter| {
            spawn(&store, move |store| {
                for number in 0..each {
                    push(store, Thing(emitter, number), false).expect("there is room");
                }
            })
        });
        join(pushing.collect());
        taken.wait(emitters * each);
        store.drain();
        let taken = join(takers);
        for things in &taken {
            for emitter in 0..emitters {
                let of_one = things.iter().filter(|thing| thing.0 == emitter);
                assert!(of_one.is_sorted(), "{things:?}");
            }
        }
        let mut all = taken.concat();
        all.sort();
        let pushed = (0..emitters).flat_map(|emitter| (0..each).map(move |n| Thing(emitter, n)));
        assert_eq!(all, pushed.collect::<Vec<_>>());
    });
}

#[test]
fn one_taker_takes_what_two_emitters_push() {
    check_delivery(2, 3, 1);
}

#[test]
fn two_takers_share_what_one_emitter_pushes() {
    check_delivery(1, 3, 2);
}

#[test]
fn two_takers_share_what_two_emitters_push() {
    check_delivery(2, 2, 2);
}

/// Who counts what is pushed and taken: before it happens, and after.
struct Tally {
    pushes: AtomicUsize,
    pushed: AtomicUsize,
    takes: AtomicUsize,
    taken: AtomicUsize,
}

/// Emitters and takers try a few times. No more may wait than the capacity allows, and where a push
/// is refused as many must have waited.
fn check_capacity(capacity: usize, emitters: usize, takers: usize) {
    check_schedules(move || {
        let store: Queue = Arc::new(BoundedQueue::new());
        store.set_capacity(capacity);
        let tally = Arc::new(Tally {
            pushes: AtomicUsize::new(0),
            pushed: AtomicUsize::new(0),
            takes: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
        });
        let pushing = (0..emitters).map(|emitter| {
            let tally = Arc::clone(&tally);
            spawn(&store, move |store| {
                for number in 0..2 * capacity + 2 {
                    try_push(store, &tally, Thing(emitter, number), capacity);
                }
            })
        });
        let taking = (0..takers).map(|_| {
            let tally = Arc::clone(&tally);
            spawn(&store, move |store| {
                for _ in 0..capacity + 2 {
                    tally.takes.fetch_add(1, Ordering::SeqCst);
                    match pop(store) {
                        Some(_) => tally.taken.fetch_add(1, Ordering::SeqCst),
                        None => tally.takes.fetch_sub(1, Ordering::SeqCst),
                    };
                }
            })
        });
        let threads: Vec<_> = pushing.chain(taking).collect();
        join(threads);
    });
}

fn try_push(store: &Queue, tally: &Tally, thing: Thing, capacity: usize) {
    let taken = tally.taken.load(Ordering::SeqCst);
    tally.pushes.fetch_add(1, Ordering::SeqCst);
    match push(store, thing, false) {
        Ok(()) => {
            let pushed = tally.pushed.fetch_add(1, Ordering::SeqCst) + 1;
            let takes = tally.takes.load(Ordering::SeqCst);
            assert!(pushed <= capacity + takes, "{pushed} pushed, {takes} taken");
            assert!(store.len() <= capacity);
        }
        Err((why, _)) => {
            assert_eq!(why, PushErrorKind::Full { capacity });
            let pushes = tally.pushes.fetch_sub(1, Ordering::SeqCst) - 1;
            assert!(pushes >= capacity + taken, "there was room");
        }
    }
}

#[test]
fn one_emitter_fills_it_while_one_taker_empties_it() {
    check_capacity(1, 1, 1);
    check_capacity(2, 1, 1);
}

#[test]
fn two_emitters_fill_it_while_two_takers_empty_it() {
    check_capacity(2, 2, 2);
}

/// While two emitters push, the second from inside, the store drains and then closes, or closes at
/// once: what is let in is taken, and what is refused is not. The taker stays until it has taken
/// everything, but for what comes from inside after that.
fn check_end(drains: bool) {
    check_schedules(move || {
        let store: Queue = Arc::new(BoundedQueue::new());
        let pushing = (0..2).map(|emitter| {
            spawn(&store, move |store| {
                let things = (0..3).map(|number| Thing(emitter, number));
                let is_let_in = |thing: &Thing| match push(store, *thing, emitter == 1) {
                    Ok(()) => true,
                    Err((why, _)) => {
                        assert_eq!(why, PushErrorKind::ShutDown);
                        false
                    }
                };
                things.filter(is_let_in).collect::<Vec<_>>()
            })
        });
        let pushing: Vec<_> = pushing.collect();
        let taking = spawn(&store, |store| {
            let mut waiter = Waiter::new();
            let things = std::iter::from_fn(|| wait(store, &mut waiter)).collect::<Vec<_>>();
            store.leave(&mut waiter);
            things
        });
        if drains {
            store.drain();
            let late = push(&store, Thing(0, 9), false);
            assert_eq!(late, Err((PushErrorKind::ShutDown, false)));
        }
        store.close();
        let late = push(&store, Thing(1, 9), true);
        assert_eq!(late, Err((PushErrorKind::ShutDown, false)));
        let mut taken = join(vec![taking]).concat();
        let mut pushed = join(pushing).concat();
        let mut rest: Vec<_> = std::iter::from_fn(|| pop(&store)).collect();
        assert!(rest.iter().all(|thing| drains && thing.0 == 1), "{rest:?}");
        taken.append(&mut rest);
        taken.sort();
        pushed.sort();
        assert_eq!(taken, pushed);
        assert_eq!(store.len(), 0);
    });
}

#[test]
fn what_is_let_in_before_the_end_is_taken() {
    check_end(true);
    check_end(false);
}

/// One taker looks once and leaves, whether or not it was woken meanwhile. Another takes one thing:
/// there is one for it, whether or not the first took one.
#[test]
fn a_taker_that_leaves_strands_nothing() {
    check_schedules(|| {
        let store: Queue = Arc::new(BoundedQueue::new());
        let pushing = spawn(&store, |store| {
            push(store, Thing(0, 0), false).expect("there is room");
        });
        let leaving = spawn(&store, |store| {
            let bell = Bell::new(store);
            let mut waiter = Waiter::new();
            let took = poll(store, &mut waiter, &bell).is_ready();
            store.leave(&mut waiter);
            took
        });
        let staying = spawn(&store, |store| wait(store, &mut Waiter::new()));
        join(vec![pushing]);
        if join(vec![leaving])[0] {
            push(&store, Thing(0, 1), false).expect("there is room");
        }
        assert!(join(vec![staying])[0].is_some());
    });
}

/// A taker that sleeps looks again unasked, and finds what another was woken for. It is busy with
/// that until a third has taken the next thing, for which it must not be woken itself; nor must the
/// second, which leaves.
#[test]
fn a_busy_taker_is_not_woken_instead_of_a_sleeper() {
    check_schedules(|| {
        let store: Queue = Arc::new(BoundedQueue::new());
        let (looks, pushes, takes) = (Count::new(), Count::new(), Count::new());
        let look = |again: bool| {
            let looks = Arc::clone(&looks);
            let (pushes, takes) = (Arc::clone(&pushes), Arc::clone(&takes));
            spawn(&store, move |store| {
                let mut waiter = Waiter::new();
                let bell = Bell::new(store);
                assert_eq!(poll(store, &mut waiter, &bell), Poll::Pending);
                looks.grow();
                pushes.wait(1);
                if again {
                    let took = poll(store, &mut waiter, &bell).is_ready();
                    looks.grow();
                    takes.wait(usize::from(took));
                } else {
                    looks.wait(3);
                }
                store.leave(&mut waiter);
            })
        };
        let (busy, leaving) = (look(true), look(false));
        let staying = {
            let takes = Arc::clone(&takes);
            spawn(&store, move |store| {
                assert!(wait(store, &mut Waiter::new()).is_some());
                takes.grow();
            })
        };
        looks.wait(2);
        push(&store, Thing(0, 0), false).expect("there is room");
        pushes.grow();
        looks.wait(3);
        push(&store, Thing(0, 1), false).expect("there is room");
        join(vec![busy, leaving, staying]);
    });
}
