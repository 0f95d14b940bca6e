//! Settings of a registry: the depth limit, the hook for events that no subscriber received, the interceptor.

use std::sync::Arc;

use super::{
    core::{HAS_HOOK, INTERCEPTED},
    handle::Registry,
    interceptor::Interceptor,
};
use crate::{event::AnyEvent, primitives::drop_catching};

impl Registry {
    /// Sets how many emits may be under way inside one another on a thread, this registry's being
    /// the innermost: 128 unless told, at least 1, at most 256.
    ///
    /// A deeper one is refused with [`TooDeep`](crate::failures::TooDeep), whose text prints the chain.
    pub fn set_depth_limit(&self, limit: usize) {
        self.core().set_limit(limit);
    }

    /// Has this called with each event that nobody hears: that no subscriber ran for, and none will out
    /// of the queue. It takes the place of the hook that was set before.
    ///
    /// An event that the hook itself emits, and nobody hears, is not told to it. A panic in it is logged.
    /// While there is a hook, emits cost what they cost when somebody looks at them with `tracing`.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "mail.sent")]
    /// struct MailSent;
    ///
    /// let registry = Registry::new();
    /// let unheard = Arc::new(Mutex::new(Vec::new()));
    /// let topics = Arc::clone(&unheard);
    /// registry.set_unheard_hook(move |event| topics.lock().unwrap().push(event.topic().to_owned()));
    ///
    /// registry.emit(MailSent);
    /// assert_eq!(*unheard.lock().unwrap(), ["mail.sent"]);
    /// ```
    pub fn set_unheard_hook(&self, hook: impl Fn(&dyn AnyEvent) + Send + Sync + 'static) {
        let writer = self.core().writer();
        let old = self.core().emit_limits().set_hook(Some(Box::new(hook)));
        self.core().set_flag(HAS_HOOK);
        drop(writer);
        drop(old);
    }

    /// Takes the hook away that [`set_unheard_hook`](Self::set_unheard_hook) has set.
    pub fn clear_unheard_hook(&self) {
        let writer = self.core().writer();
        let old = self.core().emit_limits().set_hook(None);
        self.core().clear_flag(HAS_HOOK);
        drop(writer);
        drop(old);
    }

    /// Has this one asked before the subscribers of each event.
    pub(crate) fn set_interceptor(&self, interceptor: Option<Arc<dyn Interceptor>>) {
        let core = self.core();
        let is_there = interceptor.is_some();
        let writer = core.writer();
        let old = core.interceptor().swap(interceptor.map(Arc::new));
        core.emit_limits().set_intercepted(is_there);
        if is_there {
            core.set_flag(INTERCEPTED);
        } else {
            core.clear_flag(INTERCEPTED);
        }
        drop(writer);
        drop_catching(old);
    }

    /// Who is asked before the subscribers.
    pub(crate) fn interceptor(&self) -> Option<Arc<dyn Interceptor>> {
        let interceptor = self.core().interceptor().load_full();
        interceptor.map(|interceptor| Arc::clone(&*interceptor))
    }
}
