//! The default registry, and the one that is current instead of it.
//!
//! A scope costs programs that have none one relaxed load: a counter of all scopes, on every
//! thread, is looked at before the thread's own list is.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
    sync::{
        MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use crate::{
    declared::SUBSCRIBERS,
    registry::{Core, Registry},
};

pub(crate) static DEFAULT: Core = Core::for_default(|| {
    let by_scan = SUBSCRIBERS.iter().filter(|one| !one.added_only);
    by_scan.count()
});

/// How many scopes there are, on all threads.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The scopes of this thread, innermost last.
    static ENTERED: RefCell<Vec<(u64, Rc<Registry>)>> = const { RefCell::new(Vec::new()) };
}

/// Whether any scope exists. A thread's own scopes it always sees.
#[inline]
pub(crate) fn is_scoped() -> bool {
    SCOPES.load(Ordering::Relaxed) > 0
}

/// The registry that [`Event::emit`](crate::Event::emit) uses here: the innermost that was entered
/// on this thread, or else the default one.
///
/// ```
/// use events_core::Registry;
///
/// let mine = Registry::new();
/// let scope = mine.enter();
/// assert_eq!(events_core::registry(), mine);
/// drop(scope);
/// assert_ne!(events_core::registry(), mine);
/// ```
#[inline]
#[must_use]
pub fn registry() -> Registry {
    if is_scoped() {
        scoped()
    } else {
        Registry::of_default(&DEFAULT)
    }
}

#[cold]
#[inline(never)]
fn scoped() -> Registry {
    entered().map_or_else(
        || Registry::of_default(&DEFAULT),
        |entered| Registry::clone(&entered),
    )
}

/// The innermost registry that was entered on this thread. Counted by this thread alone: an emit
/// writes nothing that another thread reads.
pub(crate) fn entered() -> Option<Rc<Registry>> {
    if !is_scoped() {
        return None;
    }
    let innermost = |entered: &RefCell<Vec<(u64, Rc<Registry>)>>| {
        entered
            .borrow()
            .last()
            .map(|(_, registry)| Rc::clone(registry))
    };
    ENTERED.try_with(innermost).ok().flatten()
}

/// Makes this registry the current one of this thread, if it is not.
pub(crate) fn enter_if_other(registry: &Registry) -> Option<Entered> {
    let is_current = match entered() {
        Some(entered) => *entered == *registry,
        None => registry.is_default(),
    };
    (!is_current).then(|| registry.enter())
}

/// Calls `f` with `registry` as the current one of this thread.
///
/// ```
/// use events_core::{Event, Registry, with_registry};
///
/// #[derive(Event)]
/// struct Named(&'static str);
///
/// let registry = Registry::new();
/// registry.on(|event: &mut Named| event.0 = "heard").detach();
///
/// assert_eq!(with_registry(&registry, || Named("new").emit().0), "heard");
/// assert_eq!(Named("new").emit().0, "new");
/// ```
pub fn with_registry<T>(registry: &Registry, f: impl FnOnce() -> T) -> T {
    let _entered = registry.enter();
    f()
}

impl Registry {
    /// Makes this registry the current one of this thread until the guard is dropped.
    ///
    /// Scopes nest; guards that are dropped out of order leave the innermost remaining one current.
    pub fn enter(&self) -> Entered {
        thread_local! {
            static NEXT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
        }
        let number = NEXT.get();
        NEXT.set(number + 1);
        SCOPES.fetch_add(1, Ordering::Relaxed);
        ENTERED.with_borrow_mut(|entered| entered.push((number, Rc::new(self.clone()))));
        Entered {
            number,
            this_thread: PhantomData,
        }
    }
}

/// Keeps a registry current on this thread; see [`Registry::enter`].
#[must_use = "the registry is current only until this guard is dropped"]
pub struct Entered {
    number: u64,
    /// Of all that may not go to another thread the one that may be looked at there.
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let left = ENTERED.try_with(|entered| {
            let mut entered = entered.borrow_mut();
            let index = entered
                .iter()
                .rposition(|(number, _)| *number == self.number)?;
            Some(entered.remove(index))
        });
        SCOPES.fetch_sub(1, Ordering::Relaxed);
        // The registry may go with its last handle, and closures with it: not while it is borrowed.
        drop(left);
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Entered").field(&self.number).finish()
    }
}

/// Gives a future a registry of its own.
pub trait WithRegistry: Sized {
    /// Makes `registry` the current one whenever this future runs, on whatever thread.
    ///
    /// ```
    /// use events_core::{Event, Registry, scopes::WithRegistry};
    ///
    /// #[derive(Event)]
    /// struct Named(&'static str);
    ///
    /// let registry = Registry::new();
    /// registry.on(|event: &mut Named| event.0 = "heard").detach();
    ///
    /// let future = async { Named("new").emit().0 }.with_registry(registry);
    /// # let mut future = std::pin::pin!(future);
    /// # let waker = std::task::Waker::noop();
    /// # let mut context = std::task::Context::from_waker(waker);
    /// # let ready = std::future::Future::poll(future.as_mut(), &mut context);
    /// # assert_eq!(ready, std::task::Poll::Ready("heard"));
    /// ```
    fn with_registry(self, registry: Registry) -> Scoped<Self>;
}

impl<F: Future> WithRegistry for F {
    fn with_registry(self, registry: Registry) -> Scoped<Self> {
        Scoped {
            future: self,
            registry,
        }
    }
}

pin_project_lite::pin_project! {
    /// A future with a registry of its own; see [`WithRegistry`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        registry: Registry,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.registry.enter();
        this.future.poll(context)
    }
}
