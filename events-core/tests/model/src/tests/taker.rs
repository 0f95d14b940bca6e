//! What the tests push into a store, and how takers wait for it.

use std::{
    sync::Arc,
    task::{Context, Poll, Wake},
    thread::panicking,
};

use shuttle::sync::{Condvar, Mutex};

use crate::{
    bounded_queue::{BoundedQueue, Popped, PushError, PushErrorKind},
    waiters::Waiter,
};

/// How a thing of one type is taken out.
#[derive(Clone, Copy)]
pub(super) struct Kind(fn(Popped<'_, Kind>) -> Option<Thing>);

pub(super) type Queue = Arc<BoundedQueue<Kind>>;

/// The third thing that the second emitter pushes is `Thing(1, 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing(pub(super) usize, pub(super) usize);

/// A thing as it waits: each emitter has a type of its own.
struct Typed<const EMITTER: usize>(usize);

fn take<const EMITTER: usize>(popped: Popped<'_, Kind>) -> Option<Thing> {
    let Typed::<EMITTER>(number) = popped.take()?;
    Some(Thing(EMITTER, number))
}

/// Pushes a thing; what is refused is the same thing, and why, and whether nobody is attached.
pub(super) fn push(store: &Queue, thing: Thing, inside: bool) -> Result<(), (PushErrorKind, bool)> {
    match thing.0 {
        0 => push_typed::<0>(store, thing.1, inside),
        1 => push_typed::<1>(store, thing.1, inside),
        _ => panic!("there are two emitters"),
    }
}

fn push_typed<const EMITTER: usize>(
    store: &Queue,
    number: usize,
    inside: bool,
) -> Result<(), (PushErrorKind, bool)> {
    let pushed = store.push(Kind(take::<EMITTER>), Typed::<EMITTER>(number), inside);
    pushed.map_err(|refused| {
        let PushError {
            item,
            why,
            unattended,
        } = refused;
        assert_eq!(item.0, number);
        (why, unattended)
    })
}

fn taken(popped: Popped<'_, Kind>) -> Thing {
    (popped.kind().0)(popped).expect("the kind knows the type")
}

pub(super) fn pop(store: &Queue) -> Option<Thing> {
    store.pop().map(taken)
}

/// Wakes whoever waits for it. Like the wakers of users it may do anything when it is woken or
/// dropped, such as to ask the store something; the checker finds that a lock is still held.
pub(super) struct Bell {
    store: Queue,
    rung: Mutex<bool>,
    rings: Condvar,
}

impl Bell {
    pub(super) fn new(store: &Queue) -> Arc<Self> {
        Arc::new(Self {
            store: Arc::clone(store),
            rung: Mutex::new(false),
            rings: Condvar::new(),
        })
    }

    pub(super) fn has_rung(&self) -> bool {
        *self.rung.lock().expect("no step panics")
    }

    fn wait(&self) {
        let mut rung = self.rung.lock().expect("no step panics");
        while !*rung {
            rung = self.rings.wait(rung).expect("no step panics");
        }
    }

    fn meddle(&self) {
        if !panicking() {
            self.store.len();
            drop(self.store.pop());
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.meddle();
        *self.rung.lock().expect("no step panics") = true;
        self.rings.notify_all();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.meddle();
    }
}

/// Looks once; the bell rings if there was nothing.
pub(super) fn poll(store: &Queue, waiter: &mut Waiter, bell: &Arc<Bell>) -> Poll<Option<Thing>> {
    let waker = Arc::clone(bell).into();
    let context = Context::from_waker(&waker);
    store
        .poll_pop(waiter, &context)
        .map(|popped| popped.map(taken))
}

/// Sleeps until there is something. Each look has a bell of its own: what rings an older one does
/// not wake it.
pub(super) fn wait(store: &Queue, waiter: &mut Waiter) -> Option<Thing> {
    loop {
        let bell = Bell::new(store);
        match poll(store, waiter, &bell) {
            Poll::Ready(thing) => return thing,
            Poll::Pending => bell.wait(),
        }
    }
}
