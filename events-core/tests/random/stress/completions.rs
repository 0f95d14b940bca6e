//! Futures that another thread completes.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// The pending futures, which the thread in `run` completes.
#[derive(Clone, Default)]
pub(super) struct Completions(Arc<(Mutex<Pending>, Condvar)>);

#[derive(Default)]
struct Pending {
    futures: VecDeque<Arc<Mutex<Completion>>>,
    is_over: bool,
}

/// The state of one future.
#[derive(Default)]
struct Completion {
    is_complete: bool,
    waker: Option<Waker>,
}

impl Completions {
    /// A future that is pending until the thread completes it.
    pub(super) fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let completion = Arc::new(Mutex::new(Completion::default()));
        let mut unqueued = Some((self.clone(), Arc::clone(&completion)));
        poll_fn(move |context| {
            let mut state = lock(&completion);
            if state.is_complete {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            drop(state);
            if let Some((completions, completion)) = unqueued.take() {
                lock(&completions.0.0).futures.push_back(completion);
                completions.0.1.notify_one();
            }
            Poll::Pending
        })
    }

    /// Completes futures until `end` was called and none is pending.
    pub(super) fn run(&self) {
        let mut pending = lock(&self.0.0);
        loop {
            if let Some(completion) = pending.futures.pop_front() {
                drop(pending);
                let waker = {
                    let mut completion = lock(&completion);
                    completion.is_complete = true;
                    completion.waker.take()
                };
                waker.into_iter().for_each(Waker::wake);
                pending = lock(&self.0.0);
            } else if pending.is_over {
                return;
            } else {
                let waited = self.0.1.wait(pending);
                pending = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    pub(super) fn end(&self) {
        lock(&self.0.0).is_over = true;
        self.0.1.notify_all();
    }
}

/// Locks also after a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
