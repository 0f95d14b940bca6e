//! The specification of events-core, as tests: one module per subject, one test per statement.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod async_cancellation;
mod async_emit;
mod async_failures;
mod async_nesting;
mod auth;
mod batch;
mod bridge_callbacks;
mod bridge_lifecycle;
mod bridges;
mod bridges_tokio;
mod builder;
mod concurrency_limit;
mod current_registry;
mod declared_topics;
mod default_registry;
mod deferred;
mod diff;
mod dropped_futures;
mod emit;
mod events;
mod failures;
mod flush;
mod json;
mod listener_options;
mod listeners;
mod nesting;
mod no_subscriber;
mod observers;
mod order;
mod predecessors;
mod queue;
mod receive;
mod record;
mod run_time_subscriptions;
mod runtimes;
mod settle;
mod shutdown;
mod subscribers;
mod thread_exit;
mod tidy;
mod topics;
mod workers;

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// What handlers did, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, entry: impl Into<String>) {
        self.0
            .lock()
            .expect("the lock is not poisoned")
            .push(entry.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("the lock is not poisoned"))
    }
}

/// Runs a future on this thread, without a runtime.
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

/// Futures that are ready once the gate is open.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().expect("the lock is not poisoned");
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = self.clone();
        std::future::poll_fn(move |context| {
            let mut state = gate.0.lock().expect("the lock is not poisoned");
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}
