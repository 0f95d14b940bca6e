//! Futures that have a unit of work.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use super::{
    entered::{EnteredUnit, entered_unit},
    handle::UnitHandle,
};

/// Until the guard is dropped, what this thread emits without a handle is emitted in no unit of work: for a write that is not
/// part of the transaction which the thread has entered.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork, units::without_unit};
///
/// #[derive(Event, Clone)]
/// struct LoginFailed;
///
/// let registry = Registry::new();
/// let (log, lines) = std::sync::mpsc::channel();
/// registry.subscribe(move |_: &LoginFailed| log.send("a login failed")).after_commit().register()?.detach();
///
/// let work = UnitOfWork::begin();
/// let _in_unit = work.handle().enter();
/// {
///     let _outside = without_unit();
///     registry.emit(LoginFailed);
/// }
/// work.rollback();
/// assert_eq!(lines.try_iter().count(), 1);
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
pub fn without_unit() -> EnteredUnit {
    EnteredUnit::push(None)
}

/// The unit of work that this thread has entered, innermost first, if it is open: that of the emit in a subscriber, as
/// [`CallContext::unit`](crate::handlers::CallContext::unit) for its parameters.
///
/// ```
/// use events_core::{UnitOfWork, units::current_unit};
///
/// let work = UnitOfWork::begin();
/// assert_eq!(current_unit(), None);
/// let _in_unit = work.handle().enter();
/// assert_eq!(current_unit(), Some(work.handle()));
/// ```
#[must_use]
pub fn current_unit() -> Option<UnitHandle> {
    let unit = UnitHandle::clone(&*entered_unit()?);
    unit.is_open().then_some(unit)
}

/// Attaches a unit of work to a future.
pub trait WithUnit: Sized {
    /// Enters the unit whenever this future is polled, on any thread, and while it is dropped; see [`UnitHandle::enter`].
    ///
    /// The future of an async emit belongs to the unit that is entered at the call.
    ///
    /// ```
    /// use events_core::{Event, Registry, UnitOfWork, units::WithUnit};
    ///
    /// #[derive(Event, Clone)]
    /// struct Saved;
    ///
    /// let registry = Registry::new();
    /// let (log, lines) = std::sync::mpsc::channel();
    /// registry.subscribe(move |_: &Saved| log.send("saved")).after_commit().register()?.detach();
    ///
    /// let work = UnitOfWork::begin();
    /// let save = async { registry.emit_async(Saved).await };
    /// smol::block_on(save.with_unit(work.handle()));
    /// assert!(lines.try_recv().is_err());
    /// work.commit()?;
    /// assert_eq!(lines.try_recv(), Ok("saved"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn with_unit(self, unit: UnitHandle) -> InUnit<Self>;

    /// Leaves the units that are entered, whenever this future is polled; see [`without_unit`].
    fn without_unit(self) -> InUnit<Self>;
}

impl<F: Future> WithUnit for F {
    fn with_unit(self, unit: UnitHandle) -> InUnit<Self> {
        InUnit {
            future: Some(self),
            unit: Some(unit),
        }
    }

    fn without_unit(self) -> InUnit<Self> {
        InUnit {
            future: Some(self),
            unit: None,
        }
    }
}

pin_project_lite::pin_project! {
    /// A future with a unit of work attached, or outside of all units; see [`WithUnit`].
    ///
    /// ```
    /// use events_core::{UnitOfWork, units::{InUnit, UnitHandle, WithUnit}};
    ///
    /// /// The future of a request, whose events belong to the transaction of the request.
    /// fn of_request<F: Future>(unit: &UnitHandle, future: F) -> InUnit<F> {
    ///     future.with_unit(unit.clone())
    /// }
    ///
    /// let work = UnitOfWork::begin();
    /// let answer = smol::block_on(of_request(&work.handle(), async { 200 }));
    /// assert_eq!(answer, 200);
    /// ```
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct InUnit<F> {
        // Until it is dropped, which happens inside the unit.
        #[pin]
        future: Option<F>,
        unit: Option<UnitHandle>,
    }

    impl<F> PinnedDrop for InUnit<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = EnteredUnit::push(this.unit.clone().map(Rc::new));
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for InUnit<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = EnteredUnit::push(this.unit.clone().map(Rc::new));
        match this.future.as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Pending,
        }
    }
}
