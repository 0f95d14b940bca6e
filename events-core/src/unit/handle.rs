//! A handle on a unit of work.

use std::{fmt, future::Future, sync::Arc};

use super::{
    before_commit::BeforeCommit,
    error::UnitEnded,
    ledger::{HeldItem, Ledger, Placed},
};
use crate::result::BoxError;

/// A handle on a [unit of work](crate::UnitOfWork), with which events are emitted in it, from any thread. It is cheap to
/// clone. It does not keep its unit open: with a handle that outlives its unit, an emit is an error.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork, units::UnitHandle};
///
/// #[derive(Event)]
/// struct SeatTaken {
///     seat: u32,
/// }
///
/// /// Writes in a transaction, which its caller commits.
/// fn take_seat(registry: &Registry, unit: &UnitHandle, seat: u32) {
///     registry.emit_in(unit, SeatTaken { seat });
/// }
///
/// let registry = Registry::new();
/// let work = UnitOfWork::begin();
/// take_seat(&registry, &work.handle(), 12);
/// work.commit()?;
/// # Ok::<(), events_core::units::CommitError>(())
/// ```
#[derive(Clone)]
pub struct UnitHandle(pub(super) Arc<Ledger>);

impl UnitHandle {
    /// A place for what an emit holds.
    pub(crate) fn open_place(&self) -> Result<Placed, UnitEnded> {
        self.0.open_place()
    }

    /// How the unit has ended; `None` if it is open.
    pub(crate) fn ended(&self) -> Option<UnitEnded> {
        self.0.ended()
    }

    /// Holds this, if the unit is open. Else it is returned.
    pub(crate) fn hold_if_open<H: HeldItem + 'static>(&self, held: H) -> Result<(), H> {
        self.0.hold_if_open(held)
    }

    /// Whether the unit has neither been committed nor rolled back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }

    /// Calls the function before the commit; see [`UnitOfWork::before_commit`](crate::UnitOfWork::before_commit).
    ///
    /// # Errors
    ///
    /// When the unit has ended. The function is dropped.
    pub fn before_commit(
        &self,
        f: impl FnOnce(&Self) -> Result<(), BoxError> + Send + 'static,
    ) -> Result<(), UnitEnded> {
        let handle = self.clone();
        let step = BeforeCommit::Sync(Box::new(move || f(&handle)));
        self.0.add_before_commit(step)
    }

    /// Awaits the function before the commit; see
    /// [`UnitOfWork::before_commit_async`](crate::UnitOfWork::before_commit_async).
    ///
    /// # Errors
    ///
    /// When the unit has ended. The function is dropped.
    pub fn before_commit_async<R>(
        &self,
        f: impl FnOnce(Self) -> R + Send + 'static,
    ) -> Result<(), UnitEnded>
    where
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let handle = self.clone();
        let step = BeforeCommit::Async(Box::new(move || Box::pin(f(handle))));
        self.0.add_before_commit(step)
    }
}

/// Two handles are equal when they are handles on the same unit.
impl UnitHandle {
    /// Attaches a value to the unit, for what is emitted in it: an integration attaches its connection, and a store of events
    /// looks for it. It replaces one of the same type, and is dropped with the unit and its handles. It must not have a handle
    /// of the unit itself, or neither is dropped.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use events_core::UnitOfWork;
    ///
    /// struct Connection(u32);
    ///
    /// let work = UnitOfWork::begin();
    /// work.handle().attach(Arc::new(Connection(7)));
    /// assert_eq!(work.handle().attached::<Connection>().map(|it| it.0), Some(7));
    /// ```
    pub fn attach<T: Send + Sync + 'static>(&self, value: Arc<T>) {
        self.0.1.attach(value);
    }

    /// The value of this type that is attached to the unit.
    #[must_use]
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.1.get()
    }
}

impl PartialEq for UnitHandle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for UnitHandle {}

impl fmt::Debug for UnitHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (savepoints, held) = self.0.counts();
        f.debug_struct("UnitHandle")
            .field("is_open", &self.is_open())
            .field("savepoints", &savepoints)
            .field("held", &held)
            .finish()
    }
}

// The panic of a function that is held is caught, and none runs under the lock.
impl std::panic::UnwindSafe for Ledger {}
impl std::panic::RefUnwindSafe for Ledger {}
