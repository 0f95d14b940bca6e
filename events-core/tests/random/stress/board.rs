//! What the threads of a round share: who received which event, and which closures are alive.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Poll, Waker},
    thread,
};

/// The handlers that are there for the whole round.
pub(super) const RECORDERS: [&str; 4] = ["sync", "by topic", "async", "deferred"];
pub(super) const SYNC: usize = 0;
pub(super) const BY_TOPIC: usize = 1;
pub(super) const ASYNC: usize = 2;
pub(super) const DEFERRED: usize = 3;

/// So often other threads have the processor while closures are still there.
const MOST_WAITS: usize = 1_000_000;

/// What is to have happened to an event in a recorder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) received: usize,
    /// A shutdown handed it back.
    pub(super) handed_back: usize,
    /// The emit reported that it did not reach the recorder, or the queue refused the event.
    pub(super) refused: usize,
}

pub(super) struct Board {
    receipts: Vec<Mutex<[Receipt; RECORDERS.len()]>>,
    /// How often a declared handler received each event.
    scanned: Vec<AtomicUsize>,
    created: AtomicUsize,
    dropped: AtomicUsize,
    pub(super) answers: Answers,
}

impl Board {
    pub(super) fn new(events: usize) -> Arc<Self> {
        Arc::new(Self {
            receipts: (0..events).map(|_| Mutex::default()).collect(),
            scanned: (0..events).map(|_| AtomicUsize::new(0)).collect(),
            created: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            answers: Answers::default(),
        })
    }

    pub(super) fn receipt(&self, event: usize) -> MutexGuard<'_, [Receipt; RECORDERS.len()]> {
        lock(&self.receipts[event])
    }

    pub(super) fn received(&self, event: usize, recorder: usize) {
        self.receipt(event)[recorder].received += 1;
    }

    pub(super) fn scanned(&self, event: usize) {
        self.scanned[event].fetch_add(1, Ordering::Relaxed);
    }

    /// For a closure to hold.
    pub(super) fn closure(self: &Arc<Self>) -> Closure {
        self.created.fetch_add(1, Ordering::Relaxed);
        Closure(Arc::clone(self))
    }

    /// What is wrong when all threads have ended and the registry is gone.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        for event in 0..self.receipts.len() {
            for (name, receipt) in RECORDERS.iter().zip(*self.receipt(event)) {
                let Receipt {
                    received,
                    handed_back,
                    refused,
                } = receipt;
                if received + handed_back + refused != 1 {
                    found.push(format!(
                        "event {event} in the recorder `{name}`: {receipt:?}"
                    ));
                }
            }
            if self.scanned[event].load(Ordering::Relaxed) > 1 {
                found.push(format!("event {event} reached the declared handler twice"));
            }
        }
        let created = self.created.load(Ordering::Relaxed);
        let dropped = || self.dropped.load(Ordering::Acquire);
        // A thread of the queue that has ended its work may be the last one to drop the registry.
        let mut waits = 0..MOST_WAITS;
        while dropped() < created && waits.next().is_some() {
            thread::yield_now();
        }
        let dropped = dropped();
        if created != dropped {
            found.push(format!("of {created} closures {dropped} were freed"));
        }
        found
    }
}

/// Counts the end of the closure that holds it.
pub(super) struct Closure(Arc<Board>);

impl Closure {
    /// Has it captured by the closure that calls this.
    pub(super) fn touch(&self) {}
}

impl Drop for Closure {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Release);
    }
}

/// Futures that another thread completes.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<(Mutex<Questions>, Condvar)>);

#[derive(Default)]
struct Questions {
    waiting: VecDeque<Arc<Mutex<Question>>>,
    is_over: bool,
}

#[derive(Default)]
struct Question {
    is_answered: bool,
    waker: Option<Waker>,
}

impl Answers {
    /// Ready when it is answered.
    pub(super) fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let question = Arc::new(Mutex::new(Question::default()));
        let mut unasked = Some((self.clone(), Arc::clone(&question)));
        poll_fn(move |context| {
            let mut state = lock(&question);
            if state.is_answered {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            drop(state);
            if let Some((answers, question)) = unasked.take() {
                lock(&answers.0.0).waiting.push_back(question);
                answers.0.1.notify_one();
            }
            Poll::Pending
        })
    }

    /// Answers questions until it is over and there are none.
    pub(super) fn answer(&self) {
        let mut questions = lock(&self.0.0);
        loop {
            if let Some(question) = questions.waiting.pop_front() {
                drop(questions);
                let waker = {
                    let mut question = lock(&question);
                    question.is_answered = true;
                    question.waker.take()
                };
                waker.into_iter().for_each(Waker::wake);
                questions = lock(&self.0.0);
            } else if questions.is_over {
                return;
            } else {
                let waited = self.0.1.wait(questions);
                questions = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    pub(super) fn end(&self) {
        lock(&self.0.0).is_over = true;
        self.0.1.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
