//! A bridge from a callback, and its guard.

use std::{
    fmt,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard},
};

use super::{
    builder::Bridge,
    ended::{Counts, EndReason, Ended},
    lifecycle::Lifecycle,
    mapping::{Choose, Keep, Mapping, Whose, contained},
    source::{FromSignal, Signal},
};
use crate::{
    current::enter_if_other,
    event::Event,
    primitives::{drop_catching, sync::lock},
    registry::WeakRegistry,
};

impl<G: Signal + ?Sized, W, K, C> Bridge<FromSignal<'_, G>, W, K, C> {
    /// Connects the signal, and gives the guard.
    pub fn connect(self) -> Connection<G::Guard>
    where
        W: Whose<G::Item> + Send + Sync + 'static,
        K: Keep<G::Item> + Send + Sync + 'static,
        C: Choose<G::Item> + Send + Sync + 'static,
    {
        let shared = Arc::new(Shared {
            lifecycle: Lifecycle::default(),
            counts: Mutex::default(),
            topic: C::Event::topic(),
        });
        let callback_state = CallbackState {
            mapping: self.mapping,
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
/// Dropping it disconnects: no other item becomes an event. Calls that are under way on other threads
/// go on to their end.
///
/// The bridge may end before that: when the source drops the callback, when a closure of the bridge
/// panics, or when the registry is gone at the next call.
#[must_use = "dropping a Connection disconnects; `.detach()` keeps it for good"]
pub struct Connection<G> {
    /// The source's own, until it is dropped or left to itself.
    guard: Option<G>,
    shared: Arc<Shared>,
}

impl<G> Connection<G> {
    /// Keeps the signal connected for good: the source's guard is never dropped.
    pub fn detach(mut self) {
        // Dropping what is left disconnects nothing: it has no guard any more.
        mem::forget(self.guard.take());
    }

    /// Whether it has ended by itself.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.shared.lifecycle.is_ending()
    }

    /// Disconnects, and says what the bridge did, or how it had ended before.
    pub fn stop(mut self) -> Ended {
        self.disconnect();
        let ended = self.shared.lifecycle.take();
        ended.unwrap_or_else(|| self.shared.ended(EndReason::Stopped))
    }

    /// Blocks until the bridge has ended by itself, and says how.
    pub fn wait(self) -> Ended {
        self.shared.lifecycle.wait()
    }

    /// [`wait`](Self::wait) without blocking. Dropping the future disconnects, as dropping the guard
    /// does.
    pub async fn wait_async(self) -> Ended {
        poll_fn(|context| self.shared.lifecycle.poll(context.waker())).await
    }

    fn disconnect(&mut self) {
        if let Some(guard) = self.guard.take() {
            self.shared.lifecycle.stop();
            drop(guard);
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

/// What the callback and the guard share.
struct Shared {
    lifecycle: Lifecycle,
    counts: Mutex<Counts>,
    topic: &'static str,
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.counts)
    }

    fn ended(&self, why: EndReason) -> Ended {
        let counts = *self.counts();
        Ended { why, counts }
    }

    /// Says how it ended, unless that was said.
    fn end(&self, why: EndReason) {
        if self.lifecycle.is_first() {
            let ended = self.ended(why);
            ended.log(self.topic);
            self.lifecycle.put(ended);
            self.lifecycle.close();
        }
    }
}

/// What the callback is.
struct CallbackState<W, K, C> {
    mapping: Mapping<W, K, C>,
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
        if shared.lifecycle.is_stopping() || shared.lifecycle.is_ending() {
            return;
        }
        shared.counts().came += 1;
        let Some(registry) = self.registry.upgrade() else {
            return shared.end(EndReason::RegistryGone);
        };
        let _current = enter_if_other(&registry);
        let event = match contained(|| self.mapping.event(item)) {
            Ok(None) => {
                shared.counts().left_out += 1;
                return;
            }
            Ok(Some((event, Some(origin)))) => registry.emit_from(event, origin),
            Ok(Some((event, None))) => registry.emit(event),
            Err(panic) => return shared.end(EndReason::Panicked(panic)),
        };
        shared.counts().emitted += 1;
        drop_catching(event);
    }
}

/// The source has dropped the callback.
impl<W, K, C> Drop for CallbackState<W, K, C> {
    fn drop(&mut self) {
        self.shared.end(if self.shared.lifecycle.is_stopping() {
            EndReason::Stopped
        } else {
            EndReason::SourceEnded
        });
    }
}
