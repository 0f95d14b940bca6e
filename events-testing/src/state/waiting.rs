//! Waiting until a mock has recorded an event: by a blocked thread, with a condition variable, and by a task, with
//! its waker.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::PoisonError,
    task::Waker,
    time::Instant,
};

use super::{mock_data::MockData, mock_state::MockState, rule::EventSelector};

/// The search for an event, which compares each recorded event once.
#[derive(Default)]
pub(crate) struct Search {
    /// The number of the first event that was not compared yet.
    next: u64,
}

impl Search {
    fn finds(&mut self, data: &MockData, selector: &EventSelector) -> bool {
        let first = data
            .events
            .partition_point(|event| event.number < self.next);
        self.next = data.next_number;
        let mut new = data.events[first..].iter();
        new.any(|event| event.is_counted() && selector.selects(event.family, &event.topic))
    }
}

impl MockState {
    /// Wakes the threads and tasks that wait, after an event was recorded.
    pub(super) fn notify_waiting(&self) {
        self.arrived.notify_all();
        let wakers = mem::take(&mut self.lock().waiting.wakers);
        for (_, waker) in wakers {
            // A waker may be code of the user, whose panic must not fail the code that emits.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                mem::forget(payload);
            }
        }
    }

    /// Blocks the thread until such an event is recorded, or the deadline has passed; whether there is one.
    pub(crate) fn wait_until(&self, selector: &EventSelector, deadline: Option<Instant>) -> bool {
        let mut search = Search::default();
        let mut data = self.lock();
        loop {
            if search.finds(&data, selector) {
                return true;
            }
            let now = Instant::now();
            data = match deadline {
                Some(deadline) if deadline <= now => return false,
                Some(deadline) => {
                    let waited = self.arrived.wait_timeout(data, deadline - now);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.arrived.wait(data);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    /// Whether such an event is recorded. If not, the waker is called with the next event; it replaces the one
    /// that was stored under this key.
    pub(crate) fn poll_until(
        &self,
        selector: &EventSelector,
        search: &mut Search,
        key: &mut Option<u64>,
        waker: &Waker,
    ) -> bool {
        let waker = waker.clone();
        let mut data = self.lock();
        if search.finds(&data, selector) {
            drop(data);
            return true;
        }
        let tasks = &mut data.waiting;
        let key = *key.get_or_insert_with(|| {
            tasks.next_key += 1;
            tasks.next_key
        });
        let replaced = tasks.remove(key);
        tasks.wakers.push((key, waker));
        drop(data);
        drop(replaced);
        false
    }

    /// Removes the waker of a future that is dropped.
    pub(crate) fn remove_waker(&self, key: u64) {
        let removed = self.lock().waiting.remove(key);
        drop(removed);
    }
}
