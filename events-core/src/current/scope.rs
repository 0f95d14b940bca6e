//! The current registry of a thread, and futures that have one.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::default_registry::DEFAULT;
use crate::registry::{Current, Registry, current, is_scoped};

/// A handle of the default registry.
pub(crate) fn default_registry() -> Registry {
    Registry::of_default(&DEFAULT)
}

/// The current registry, which [`Event::emit`](crate::Event::emit) uses here: the innermost one that this
/// thread has entered, or else the default one. In a handler it is the registry of its emit.
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
    registry_if(is_scoped())
}

/// The current registry, if the caller has found out whether a scope exists.
#[inline]
pub(super) fn registry_if(is_scoped: bool) -> Registry {
    if is_scoped {
        registry_of_scope()
    } else {
        Registry::of_default(&DEFAULT)
    }
}

#[cold]
#[inline(never)]
fn registry_of_scope() -> Registry {
    match current() {
        Current::Default => Registry::of_default(&DEFAULT),
        Current::Scope(registry) => Registry::clone(&registry),
        Current::Emit(registry) => registry,
    }
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

/// Attaches a registry to a future.
pub trait WithRegistry: Sized {
    /// Makes `registry` the current one whenever this future is polled, on any thread, and while it is
    /// dropped.
    ///
    /// The future of an async emit has its registry already and keeps it: that of
    /// [`event.emit_async()`](crate::Event::emit_async) is the registry that was current at the call, and it is the current
    /// one while the handlers run.
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
