//! The scopes that make another registry the current one of a thread.
//!
//! A program without scopes pays one relaxed load for each emit: a counter of the scopes of all
//! threads. Only when it is not 0 is the thread's own list read.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    marker::PhantomData,
    mem::ManuallyDrop,
    pin::Pin,
    rc::Rc,
    sync::{
        MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use super::default_registry::DEFAULT;
use crate::registry::Registry;

/// The number of scopes of all threads.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

/// Scopes with their numbers, innermost last.
type Scopes = Vec<(u64, Rc<Registry>)>;

thread_local! {
    /// The scopes of this thread. It has no destructor, so that the destructors of other thread-locals can
    /// enter registries; without scopes it owns no memory.
    static ENTERED: RefCell<ManuallyDrop<Scopes>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Whether any scope exists. A thread always sees its own changes of the counter, which suffices.
#[inline]
pub(super) fn is_scoped() -> bool {
    SCOPES.load(Ordering::Relaxed) > 0
}

/// A handle of the default registry.
pub(crate) fn default_registry() -> Registry {
    Registry::of_default(&DEFAULT)
}

/// The current registry, which [`Event::emit`](crate::Event::emit) uses here: the innermost one that this
/// thread has entered, or else the default one.
///
/// In a program that enters no other registry it is always the default one, and
/// `events_core::registry().queue()` is the queue of that registry: call
/// [`flush`](crate::Queue::flush) on it, or start a worker with `spawn_tokio` (cargo feature `tokio`), or
/// [`spawn_thread`](crate::Queue::spawn_thread) if no handler uses a runtime.
///
/// A library that is loaded at run time has its own default registry; see
/// [`Registry`](Registry#libraries-that-are-loaded-at-run-time).
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
        registry_of_scope()
    } else {
        Registry::of_default(&DEFAULT)
    }
}

#[cold]
#[inline(never)]
fn registry_of_scope() -> Registry {
    entered().map_or_else(
        || Registry::of_default(&DEFAULT),
        |entered| Registry::clone(&entered),
    )
}

/// The innermost registry that this thread has entered. `Rc` instead of a clone of the registry, so
/// that an emit does not write to a reference count that other threads use.
pub(crate) fn entered() -> Option<Rc<Registry>> {
    if !is_scoped() {
        return None;
    }
    ENTERED.with_borrow(|entered| entered.last().map(|(_, registry)| Rc::clone(registry)))
}

/// Makes this registry the current one of this thread, if it is not the current one already.
pub(crate) fn enter_if_other(registry: &Registry) -> Option<Entered> {
    let is_current = match entered() {
        Some(entered) => *entered == *registry,
        None => registry.core().is_default,
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
/// registry.on(|event: &mut Named| event.0 = "received").detach();
///
/// assert_eq!(with_registry(&registry, || Named("new").emit().0), "received");
/// assert_eq!(Named("new").emit().0, "new");
/// ```
pub fn with_registry<T>(registry: &Registry, f: impl FnOnce() -> T) -> T {
    let _entered = registry.enter();
    f()
}

impl Registry {
    /// Makes this registry the current one of this thread until the guard is dropped.
    ///
    /// Scopes nest; guards that are dropped out of order leave the innermost remaining one current. A guard
    /// that is passed to [`mem::forget`](std::mem::forget) leaves the registry current until the thread
    /// ends, and never releases it.
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
///
/// It stays on its thread, and is dropped there. Do not hold it across an `await`: use
/// [`with_registry`](WithRegistry::with_registry).
///
/// ```
/// use events_core::{Event, Registry, scopes::Entered};
///
/// #[derive(Event)]
/// struct Saved {
///     path: &'static str,
/// }
///
/// /// A registry that is the current one as long as this exists.
/// struct Sandbox {
///     registry: Registry,
///     _scope: Entered,
/// }
///
/// impl Sandbox {
///     fn new() -> Self {
///         let registry = Registry::new();
///         Self { _scope: registry.enter(), registry }
///     }
/// }
///
/// let sandbox = Sandbox::new();
/// sandbox.registry.on(|event: &mut Saved| event.path = "sandbox/notes").detach();
/// assert_eq!(Saved { path: "notes" }.emit().path, "sandbox/notes");
/// drop(sandbox);
/// assert_eq!(Saved { path: "notes" }.emit().path, "notes");
/// ```
#[must_use = "the registry is current only until this guard is dropped"]
pub struct Entered {
    number: u64,
    /// Makes the guard `!Send` and `Sync`: it must be dropped on this thread.
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let removed = ENTERED.with_borrow_mut(|entered| {
            let is_this = |(number, _): &(u64, _)| *number == self.number;
            let index = entered.iter().rposition(is_this)?;
            let removed = entered.remove(index);
            if entered.is_empty() {
                **entered = Vec::new();
            }
            Some(removed)
        });
        SCOPES.fetch_sub(1, Ordering::Relaxed);
        // This may be the last handle of the registry, and drop closures: not while `ENTERED` is
        // borrowed.
        drop(removed);
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Entered").field(&self.number).finish()
    }
}

/// Attaches a registry to a future.
pub trait WithRegistry: Sized {
    /// Makes `registry` the current one whenever this future is polled, on any thread, and while it is
    /// dropped.
    ///
    /// A future that has its registry already keeps it, as that of
    /// [`emit_async`](crate::Event::emit_async), which belongs to the registry that was current at the call.
    ///
    /// ```
    /// use events_core::{Event, Registry, scopes::WithRegistry};
    ///
    /// #[derive(Event)]
    /// struct Named(&'static str);
    ///
    /// let registry = Registry::new();
    /// registry.on(|event: &mut Named| event.0 = "received").detach();
    ///
    /// let future = async { Named("new").emit().0 }.with_registry(registry);
    /// # let mut future = std::pin::pin!(future);
    /// # let waker = std::task::Waker::noop();
    /// # let mut context = std::task::Context::from_waker(waker);
    /// # let ready = std::future::Future::poll(future.as_mut(), &mut context);
    /// # assert_eq!(ready, std::task::Poll::Ready("received"));
    /// ```
    fn with_registry(self, registry: Registry) -> Scoped<Self>;
}

impl<F: Future> WithRegistry for F {
    fn with_registry(self, registry: Registry) -> Scoped<Self> {
        Scoped {
            future: Some(self),
            registry,
        }
    }
}

pin_project_lite::pin_project! {
    /// A future with a registry attached; see [`WithRegistry`].
    ///
    /// The registry is the current one during each poll, and when the future is dropped before its end.
    ///
    /// ```
    /// use events_core::{Event, Registry, scopes::{Scoped, WithRegistry}};
    ///
    /// #[derive(Event)]
    /// struct Named(&'static str);
    ///
    /// /// The future of a plugin, whose events belong to the registry of the plugin.
    /// fn of_plugin<F: Future>(plugin: &Registry, future: F) -> Scoped<F> {
    ///     future.with_registry(plugin.clone())
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let plugin = Registry::new();
    /// plugin.on(|event: &mut Named| event.0 = "received").detach();
    /// let task = tokio::spawn(of_plugin(&plugin, async { Named("new").emit().0 }));
    /// assert_eq!(task.await.unwrap(), "received");
    /// # });
    /// ```
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scoped<F> {
        // Until it is dropped, which happens inside the registry.
        #[pin]
        future: Option<F>,
        registry: Registry,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.registry.enter();
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.registry.enter();
        match this.future.as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Pending,
        }
    }
}
