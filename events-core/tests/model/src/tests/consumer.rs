//! The items that tests push into a queue, and consumers that block until an item is pushed.

use std::{
    sync::Arc,
    task::{Poll, Wake, Waker},
    thread::panicking,
};

use shuttle::sync::{Condvar, Mutex};

use crate::{
    bounded_queue::BoundedQueue,
    context::EventChain,
    popped::Popped,
    primitives::Waiter,
    sides::{PushError, PushErrorKind},
};

/// Takes out an item of one type.
#[derive(Clone, Copy)]
pub(super) struct Vtable(fn(Popped<'_, Vtable>) -> Option<Item>);

pub(super) type Queue = Arc<BoundedQueue<Vtable>>;

/// An item of a producer: the third one of the second producer is `Item(1, 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item(pub(super) usize, pub(super) usize);

/// An item as it is stored in the queue: each producer has a type of its own.
struct Typed<const PRODUCER: usize>(usize);

fn take<const PRODUCER: usize>(popped: Popped<'_, Vtable>) -> Option<Item> {
    let Typed::<PRODUCER>(number) = popped.take()?;
    Some(Item(PRODUCER, number))
}

/// Pushes an item; an error has the kind of the push error, and whether the queue is unattended.
pub(super) fn push(queue: &Queue, item: Item, from_job: bool) -> Result<(), (PushErrorKind, bool)> {
    push_in(queue, item, from_job.then_some(EventChain::NONE))
}

/// Pushes an item; `from_job` is the chain of the job that pushes it.
pub(super) fn push_in(
    queue: &Queue,
    item: Item,
    from_job: Option<EventChain>,
) -> Result<(), (PushErrorKind, bool)> {
    match item.0 {
        0 => push_typed::<0>(queue, item.1, from_job),
        1 => push_typed::<1>(queue, item.1, from_job),
        _ => panic!("there are two producers"),
    }
}

fn push_typed<const PRODUCER: usize>(
    queue: &Queue,
    number: usize,
    from_job: Option<EventChain>,
) -> Result<(), (PushErrorKind, bool)> {
    let pushed = queue.push(
        Vtable(take::<PRODUCER>),
        Typed::<PRODUCER>(number),
        from_job,
    );
    pushed.map_err(|error| {
        let PushError {
            item,
            kind,
            unattended,
        } = error;
        assert_eq!(item.0, number);
        (kind, unattended)
    })
}

/// Pushes an item of the first producer that is due; returns a waiter.
pub(super) fn due_push(queue: &Queue, item: Item) -> Option<Waker> {
    queue.push_due(Vtable(take::<0>), Typed::<0>(item.1), None)
}

pub(super) fn taken(popped: Popped<'_, Vtable>) -> Item {
    (popped.front().0.0)(popped).expect("the vtable is that of the item's type")
}

pub(super) fn pop(queue: &Queue) -> Option<Item> {
    queue.pop().map(taken)
}

/// The numbers of queued items of the two producers.
pub(super) fn counts(queue: &Queue) -> [usize; 2] {
    let mut counts = [0, 0];
    queue.for_each_lane(|_, items| {
        counts[0] += items.iter::<Typed<0>>().len();
        counts[1] += items.iter::<Typed<1>>().len();
    });
    counts
}

/// A waker that unblocks the thread that waits for it.
///
/// Like the wakers of users it may run any code when it is woken or dropped: it uses the queue, so that
/// the checker finds a lock that is still held.
pub(super) struct TestWaker {
    queue: Queue,
    /// Whether it pops an item when it is woken or dropped.
    pops: bool,
    woken: Mutex<bool>,
    changed: Condvar,
}

impl TestWaker {
    pub(super) fn new(queue: &Queue) -> Arc<Self> {
        Self::with(queue, true)
    }

    /// One that uses the queue, and pops no item.
    pub(super) fn new_silent(queue: &Queue) -> Arc<Self> {
        Self::with(queue, false)
    }

    fn with(queue: &Queue, pops: bool) -> Arc<Self> {
        Arc::new(Self {
            queue: Arc::clone(queue),
            pops,
            woken: Mutex::new(false),
            changed: Condvar::new(),
        })
    }

    pub(super) fn is_woken(&self) -> bool {
        *self.woken.lock().expect("no step panics")
    }

    /// Whether it was woken since the last call.
    pub(super) fn take_woken(&self) -> bool {
        std::mem::take(&mut self.woken.lock().expect("no step panics"))
    }

    pub(super) fn wait(&self) {
        let mut woken = self.woken.lock().expect("no step panics");
        while !*woken {
            woken = self.changed.wait(woken).expect("no step panics");
        }
    }

    fn use_queue(&self) {
        if !panicking() {
            self.queue.len();
            if self.pops {
                drop(self.queue.pop());
            }
        }
    }
}

impl Wake for TestWaker {
    fn wake(self: Arc<Self>) {
        self.use_queue();
        *self.woken.lock().expect("no step panics") = true;
        self.changed.notify_all();
    }
}

impl Drop for TestWaker {
    fn drop(&mut self) {
        self.use_queue();
    }
}

/// Polls the queue once.
pub(super) fn poll(
    queue: &Queue,
    waiter: &mut Waiter,
    test_waker: &Arc<TestWaker>,
) -> Poll<Option<Item>> {
    let mut wakers = vec![Arc::clone(test_waker).into()];
    queue
        .poll_pop(waiter, &mut wakers, || true)
        .map(|popped| popped.map(taken))
}

/// Blocks until an item is popped, or the queue has ended. Each poll has a waker of its own: waking an
/// older one does not unblock the thread.
pub(super) fn wait(queue: &Queue, waiter: &mut Waiter) -> Option<Item> {
    loop {
        let test_waker = TestWaker::new(queue);
        match poll(queue, waiter, &test_waker) {
            Poll::Ready(item) => return item,
            Poll::Pending => test_waker.wait(),
        }
    }
}
