//! The unit of work that a thread has entered: what it emits without a handle is emitted in that unit.
//!
//! A program without scopes pays nothing beside the check whether there is one, which the scopes of registries have.

use std::{
    cell::{Cell, RefCell},
    fmt,
    marker::PhantomData,
    mem::ManuallyDrop,
    rc::Rc,
    sync::MutexGuard,
};

use super::handle::UnitHandle;
use crate::registry::{is_scoped, note_scope};

/// Scopes with their numbers, innermost last; without a unit, what is emitted in it belongs to none.
type Scopes = Vec<(u64, Option<Rc<UnitHandle>>)>;

thread_local! {
    /// The scopes of this thread. It has no destructor, so that the destructors of other thread-locals can
    /// enter units; without scopes it owns no memory.
    static ENTERED: RefCell<ManuallyDrop<Scopes>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };

    /// Whether the innermost one has a unit, which costs less to read.
    static IN_UNIT: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread has entered a unit.
#[inline]
pub(crate) fn is_in_unit() -> bool {
    is_scoped() && is_in_unit_of_scope()
}

/// The same where a scope is known to exist.
#[inline]
pub(crate) fn is_in_unit_of_scope() -> bool {
    IN_UNIT.get()
}

/// The innermost unit that this thread has entered.
pub(crate) fn entered_unit() -> Option<Rc<UnitHandle>> {
    if !is_scoped() {
        return None;
    }
    ENTERED.with_borrow(|entered| entered.last()?.1.clone())
}

impl UnitHandle {
    /// Until the guard is dropped, what this thread emits without a handle is emitted in this unit: it is copied for the
    /// subscribers that run after the commit or the rollback, if there are some. An event that cannot be copied is a failure
    /// of these.
    ///
    /// Scopes nest; guards that are dropped out of order leave the innermost remaining one. In a unit that was committed,
    /// events are emitted as without one. In one that was rolled back, each emit is a failure of the subscribers that do not
    /// run at once, and an event is not enqueued.
    ///
    /// ```
    /// use events_core::{Event, Registry, UnitOfWork};
    ///
    /// #[derive(Event, Clone)]
    /// struct Saved(u32);
    ///
    /// /// Knows no transaction.
    /// fn save(number: u32) {
    ///     Saved(number).emit();
    /// }
    ///
    /// let registry = Registry::new();
    /// let _current = registry.enter();
    /// let (numbers, saved) = std::sync::mpsc::channel();
    /// registry.subscribe(move |event: &Saved| numbers.send(event.0)).after_commit().register()?.detach();
    ///
    /// let work = UnitOfWork::begin();
    /// let in_unit = work.handle().enter();
    /// save(7);
    /// drop(in_unit);
    /// assert!(saved.try_recv().is_err());
    /// work.commit()?;
    /// assert_eq!(saved.try_recv(), Ok(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn enter(&self) -> EnteredUnit {
        EnteredUnit::push(Some(Rc::new(self.clone())))
    }
}

/// Keeps a unit of work entered on this thread; see [`UnitHandle::enter`].
///
/// It stays on its thread, and is dropped there. Do not hold it across an `await`: use
/// [`with_unit`](super::WithUnit::with_unit).
///
/// ```
/// use events_core::{UnitOfWork, units::EnteredUnit};
///
/// /// A unit that is entered as long as this exists.
/// struct Request {
///     _entered: EnteredUnit,
///     work: UnitOfWork,
/// }
///
/// let work = UnitOfWork::begin();
/// let request = Request { _entered: work.handle().enter(), work };
/// request.work.commit()?;
/// # Ok::<(), events_core::units::CommitError>(())
/// ```
#[must_use = "the unit is entered only until this guard is dropped"]
pub struct EnteredUnit {
    number: u64,
    /// Makes the guard `!Send` and `Sync`: it must be dropped on this thread.
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl EnteredUnit {
    pub(super) fn push(unit: Option<Rc<UnitHandle>>) -> Self {
        thread_local! {
            static NEXT: Cell<u64> = const { Cell::new(0) };
        }
        let number = NEXT.get();
        NEXT.set(number + 1);
        note_scope();
        IN_UNIT.set(unit.is_some());
        ENTERED.with_borrow_mut(|entered| entered.push((number, unit)));
        Self {
            number,
            this_thread: PhantomData,
        }
    }

    /// Leaves the units that this thread has entered, if there is one, until the guard is dropped.
    pub(crate) fn none() -> Option<Self> {
        is_in_unit().then(|| Self::push(None))
    }
}

impl Drop for EnteredUnit {
    fn drop(&mut self) {
        let removed = ENTERED.with_borrow_mut(|entered| {
            let is_this = |(number, _): &(u64, _)| *number == self.number;
            let index = entered.iter().rposition(is_this)?;
            let removed = entered.remove(index);
            IN_UNIT.set(matches!(entered.last(), Some((_, Some(_)))));
            if entered.is_empty() {
                **entered = Vec::new();
            }
            Some(removed)
        });
        // This may be the last reference to the unit: not while `ENTERED` is borrowed.
        drop(removed);
    }
}

impl fmt::Debug for EnteredUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EnteredUnit").field(&self.number).finish()
    }
}
