//! A bridge from a callback, and its guard.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard},
};

use super::{
    builder::Bridge,
    conversion::{choose::Choose, emittable::Emittable},
    ended::{Counts, EndReason, Ended},
    lifecycle::Lifecycle,
    mapping::{Keep, Mapping, Whose},
    source::signal::{FromSignal, Signal},
};
use crate::{
    context::panic_hook::catch_panic,
    primitives::{drop_catching, sync::lock},
    registry::{WeakRegistry, enter_for_handlers},
};

impl<G: Signal + ?Sized, W, K, C> Bridge<FromSignal<'_, G>, W, K, C> {
    /// Connects the bridge to the signal, and returns its guard.
    pub fn connect(self) -> Connection<G::Guard>
    where
        W: Whose<G::Item> + Send + Sync + 'static,
        K: Keep<G::Item> + Send + Sync + 'static,
        C: Choose<G::Item> + Send + Sync + 'static,
    {
        let shared = Arc::new(Shared {
            lifecycle: Lifecycle::default(),
            counts: Mutex::default(),
            topic: self.mapping.conversion.topic().into(),
        });
        let callback_state = CallbackState {
            mapping: Some(self.mapping),
            registry: self.registry,
            shared: Arc::clone(&shared),
        };
        let guard = self
            .source
            .0
            .connect(move |item| callback_state.receive(item));
        Connection {
            guard: Some(guard),
            shared,
        }
    }
}

/// Keeps a signal connected; made by [`Bridge::connect`].
///
/// Dropping it disconnects: no later item becomes an event. Calls in progress on other threads run to
/// their end.
///
/// The bridge ends earlier if the source drops the callback, if a closure of the bridge panics, or if
/// the registry was dropped at the time of a call.
///
/// ```
/// use events_core::{
///     Event, Registry, Subscription, bridges::{Connection, Signal}, signal_to_event,
/// };
///
/// #[derive(Event)]
/// struct Login(u32);
///
/// /// The logins of a part of the program that has a registry of its own.
/// struct Logins(Registry);
///
/// impl Signal for Logins {
///     type Item = u32;
///     type Guard = Subscription;
///
///     fn connect(&self, callback: impl Fn(u32) + Send + Sync + 'static) -> Subscription {
///         self.0.on(move |login: &Login| callback(login.0))
///     }
/// }
///
/// #[derive(Event)]
/// struct Visit(u32);
///
/// let (accounts, statistics) = (Registry::new(), Registry::new());
/// let connection: Connection<Subscription> = signal_to_event(&Logins(accounts.clone()))
///     .with(|user| Some(Visit(user)))
///     .on(&statistics)
///     .connect();
/// accounts.emit(Login(7));
///
/// assert!(!connection.is_ended());
/// assert_eq!(connection.stop().emitted(), 1); // disconnects
/// assert!(accounts.try_emit(Login(8))?.is_unheard());
/// # Ok::<(), events_core::EmitError<Login>>(())
/// ```
#[must_use = "dropping a Connection disconnects; `.detach()` keeps it connected"]
pub struct Connection<G> {
    /// The guard of the source; `None` after disconnecting or detaching.
    guard: Option<G>,
    shared: Arc<Shared>,
}

impl<G> Connection<G> {
    /// Keeps the signal connected permanently: the source's guard is never dropped.
    pub fn detach(mut self) {
        // Without the guard, dropping `self` does not disconnect.
        mem::forget(self.guard.take());
    }

    /// Whether the bridge has ended by itself.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.shared.lifecycle.is_end_claimed()
    }

    /// Disconnects, and returns the result of the bridge, which may have ended before. It does not wait for calls
    /// that are in progress on other threads; their items are counted by [`Ended::came`] only.
    pub fn stop(mut self) -> Ended {
        self.disconnect();
        let ended = self.shared.lifecycle.take();
        ended.unwrap_or_else(|| self.shared.ended(EndReason::Stopped))
    }

    /// Blocks until the bridge has ended by itself, and returns its result. In async code use
    /// [`wait_async`](Self::wait_async).
    pub fn wait(self) -> Ended {
        self.shared.lifecycle.wait()
    }

    /// [`wait`](Self::wait) without blocking. Dropping the future disconnects, as dropping the guard
    /// does.
    pub async fn wait_async(self) -> Ended {
        self.shared.lifecycle.wait_async().await
    }

    fn disconnect(&mut self) {
        if let Some(guard) = self.guard.take() {
            self.shared.lifecycle.request_stop();
            drop_catching(guard);
            self.shared.end(EndReason::Stopped);
        }
    }
}

impl<G> Drop for Connection<G> {
    fn drop(&mut self) {
        self.disconnect();
    }
}

impl<G> fmt::Debug for Connection<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection")
            .field(&self.shared.topic)
            .finish()
    }
}

/// The state that the callback and the guard share.
struct Shared {
    lifecycle: Lifecycle,
    counts: Mutex<Counts>,
    topic: Box<str>,
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.counts)
    }

    fn ended(&self, why: EndReason) -> Ended {
        let counts = *self.counts();
        Ended { why, counts }
    }

    /// Logs and stores the result, unless the bridge has ended before.
    fn end(&self, why: EndReason) {
        if self.lifecycle.claim_end() {
            let ended = self.ended(why);
            ended.log(&self.topic);
            self.lifecycle.store(ended);
            self.lifecycle.close();
        }
    }
}

/// The state that the callback captures.
struct CallbackState<W, K, C> {
    /// `None` while this is dropped.
    mapping: Option<Mapping<W, K, C>>,
    registry: WeakRegistry,
    shared: Arc<Shared>,
}

impl<W, K, C> CallbackState<W, K, C> {
    fn receive<T>(&self, item: T)
    where
        W: Whose<T>,
        K: Keep<T>,
        C: Choose<T>,
    {
        let shared = &self.shared;
        if shared.lifecycle.is_stop_requested() || shared.lifecycle.is_end_claimed() {
            return;
        }
        shared.counts().came += 1;
        let Some(registry) = self.registry.upgrade() else {
            return shared.end(EndReason::RegistryGone);
        };
        let current = enter_for_handlers(&registry);
        let mapped = catch_panic(|| self.mapping.as_ref()?.event(item));
        match mapped {
            Ok(None) => {
                shared.counts().left_out += 1;
                return;
            }
            Ok(Some((event, origin))) => event.__emit(&registry, origin),
            Err(panic) => {
                // This wakes tasks: a waker may poll one that is not inside the registry.
                drop(current);
                return shared.end(EndReason::Panicked(panic));
            }
        }
        shared.counts().emitted += 1;
    }
}

/// Ends the bridge when the source drops the callback.
impl<W, K, C> Drop for CallbackState<W, K, C> {
    fn drop(&mut self) {
        {
            // Destructors that run here emit to the registry of the bridge, as in `receive`.
            let registry = self.registry.upgrade();
            let _current = registry.as_ref().map(enter_for_handlers);
            self.mapping = None;
        }
        self.shared
            .end(if self.shared.lifecycle.is_stop_requested() {
                EndReason::Stopped
            } else {
                EndReason::SourceEnded
            });
    }
}
