//! The values that are given with the emissions in progress on a thread.
//!
//! An emit with values is entered here around the emit itself, and an async one around each poll of it. The values
//! belong to the emission that begins directly inside: a handler that emits in turn gives its own values, or none.

use std::{
    cell::RefCell,
    marker::PhantomData,
    mem::{self, ManuallyDrop},
    sync::{
        Arc, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use super::by_type::ValuesByType;
use crate::context::emit_stack;

/// Whether any emit has given values. It is never cleared, so that emits write nothing that others read.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// The values of one emission.
struct Given {
    /// How many emits are around the emission.
    depth: usize,
    /// The topic of its event type.
    topic: &'static str,
    values: Arc<ValuesByType>,
}

thread_local! {
    /// Innermost last. It has no destructor, so that it can be used in those of other thread-locals. It owns no memory
    /// while it is empty.
    static GIVEN: RefCell<ManuallyDrop<Vec<Given>>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Until this is dropped, values are given with an emission.
pub(crate) struct GivenGuard {
    /// Makes the guard `!Send`: it must be dropped on this thread.
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

/// Gives the values with the emission of an event type with this topic that begins inside.
pub(crate) fn give(values: &Arc<ValuesByType>, topic: &'static str) -> GivenGuard {
    IS_USED.store(true, Ordering::Relaxed);
    let given = Given {
        depth: emit_stack::depth(),
        topic,
        values: Arc::clone(values),
    };
    GIVEN.with_borrow_mut(|all| all.push(given));
    GivenGuard {
        this_thread: PhantomData,
    }
}

impl Drop for GivenGuard {
    fn drop(&mut self) {
        let given = GIVEN.with_borrow_mut(|all| {
            let given = all.pop();
            if all.is_empty() {
                drop(mem::take(&mut **all));
            }
            given
        });
        // This may be the last reference to the values, whose `Drop` is user code: not while `GIVEN` is borrowed.
        drop(given);
    }
}

/// The values of the innermost emission of this thread.
#[inline]
pub(crate) fn given() -> Option<Arc<ValuesByType>> {
    if IS_USED.load(Ordering::Relaxed) {
        find()
    } else {
        None
    }
}

#[cold]
#[inline(never)]
fn find() -> Option<Arc<ValuesByType>> {
    let topic = emit_stack::innermost_topic()?;
    GIVEN.with_borrow(|all| {
        let given = all.last()?;
        let is_innermost = given.depth + 1 == emit_stack::depth();
        let is_it = is_innermost && given.topic == topic;
        is_it.then(|| Arc::clone(&given.values))
    })
}
