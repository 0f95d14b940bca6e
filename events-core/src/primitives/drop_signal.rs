//! A signal that a value was dropped, for tasks that wait for it.

use std::task::{Poll, Waker};

use super::{
    catch::{drop_catching, wake_each},
    sync::{Mutex, lock},
    wait::wait,
    waker_list::{Waiter, WakerList},
};

/// A signal that a value was dropped. The value and the tasks that wait share it.
#[derive(Default)]
pub(crate) struct DropSignal(Mutex<State>);

#[derive(Default)]
struct State {
    is_dropped: bool,
    wakers: WakerList,
}

impl DropSignal {
    /// The value is dropped: wakes the tasks.
    pub(crate) fn set(&self) {
        let wakers = {
            let mut state = lock(&self.0);
            state.is_dropped = true;
            state.wakers.take_all()
        };
        wake_each(wakers);
    }

    /// Waits until the value is dropped.
    pub(crate) async fn wait(&self) {
        wait(
            |waiter, waker| self.poll(waiter, waker),
            |waiter| self.remove(waiter),
        )
        .await;
    }

    fn poll(&self, waiter: &mut Waiter, waker: &Waker) -> Poll<()> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = lock(&self.0);
            if state.is_dropped {
                (Poll::Ready(()), Some(waker))
            } else {
                (Poll::Pending, state.wakers.add(waiter, waker))
            }
        };
        drop_catching(unused);
        polled
    }

    fn remove(&self, waiter: &mut Waiter) {
        let waker = lock(&self.0).wakers.remove(waiter);
        drop_catching(waker);
    }
}
