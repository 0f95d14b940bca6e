//! The specification of events-core, as tests: one module per subject, one test per statement.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod awaited;
mod bridge;
mod builtin;
mod copies;
mod current;
mod durable;
mod emission;
mod emit;
mod event;
mod explain;
mod later_calls;
mod lost;
mod macros;
mod order;
mod panics;
mod params;
mod policy;
mod queue;
mod subscribe;
mod texts;
mod time;
mod topic;
mod unit;
mod worker;

use std::{
    error::Error,
    fmt,
    future::Future,
    hint::black_box,
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

/// Polls a future once, with a waker that does nothing. A future that is passed by value is dropped then.
fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
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

/// Calls a function where no more than that many bytes of the stack are left.
pub(crate) fn with_stack_left(left: usize, calls: &dyn Fn()) {
    let frame = black_box([0_u8; 256]);
    if stacker::remaining_stack().is_some_and(|now| now > left) {
        with_stack_left(left, calls);
    } else {
        calls();
    }
    black_box(frame);
}

/// An error with a value, which is dropped with it.
#[derive(Clone)]
struct ErrorWith<T>(T);

impl<T> fmt::Debug for ErrorWith<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErrorWith")
    }
}

impl<T> fmt::Display for ErrorWith<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }
}

impl<T> Error for ErrorWith<T> {}
