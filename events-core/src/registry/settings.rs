//! Settings of a registry: the depth limit, the hook for events that no subscriber received, and the
//! interceptor, which is called here.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use super::{
    core::{Core, HAS_HOOK, INTERCEPTED, WRAPPED, WRAPS_EMITS},
    emit_limits::Hook,
    handle::Registry,
    interceptor::Interceptor,
};
use crate::{
    context::{SinkGuard, enter_failure_sink, panic_hook},
    event::AnyEvent,
    policy::PolicyPart,
    primitives::{CatchDrop, drop_catching},
    result::Failure,
};

impl Registry {
    /// Sets the depth limit: how many emits may be nested on a thread, each inside a handler of the one
    /// before, when the innermost is one of this registry. The default is 128; values are clamped to
    /// 1..=256.
    ///
    /// A deeper emit is refused with [`TooDeep`](crate::failures::TooDeep), whose text prints the chain.
    /// An event from the queue counts as nested in the handler that flushes the queue. At the limit a flush
    /// starts no event, so none is refused; the events stay in the queue. An emit in the destructor of an error that a
    /// handler returned and that is logged, or of the future of an async handler, counts as nested in that handler.
    ///
    /// A nested emit is also refused when less than 128 KiB of the thread's stack is left. One level of async emits
    /// moves its event several times: with events of 16 KiB and more it can take more than that without optimizations,
    /// so that endless nesting of them overflows the stack. Put large fields into a `Box` or an `Arc`.
    pub fn set_depth_limit(&self, limit: usize) {
        self.core().set_limit(limit);
    }

    /// Sets the hook that is called with each event that no subscriber received: no subscriber ran for
    /// it, and none will run for it from the queue. It replaces the previous hook.
    ///
    /// An event from the queue, and one of an async emit, is passed to it when the last handler has been skipped,
    /// such as one whose subscription ended while its call waited. The hook is not called with events that it emits
    /// itself, nor with those of its destructor if it removes itself. A panic in it is logged. While there is a hook, an
    /// emit costs as much as one that `tracing` records.
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
        self.put_unheard_hook(Some(Box::new(hook)));
    }

    /// Removes the hook that [`set_unheard_hook`](Self::set_unheard_hook) has set.
    pub fn clear_unheard_hook(&self) {
        self.put_unheard_hook(None);
    }

    fn put_unheard_hook(&self, hook: Option<Hook>) {
        let core = self.core();
        let is_set = hook.is_some();
        let writer = core.writer();
        let old = core.emit_limits().set_hook(hook);
        core.put_flag(HAS_HOOK, is_set);
        drop(writer);
        drop_catching(old);
    }

    /// Sets or removes the interceptor, which is called with each event before the subscribers.
    pub(crate) fn set_interceptor(&self, interceptor: Option<Arc<dyn Interceptor>>) {
        let core = self.core();
        let is_set = interceptor.is_some();
        let writer = core.writer();
        let old = core.interceptor().swap(interceptor.map(Arc::new));
        core.put_flag(INTERCEPTED, is_set);
        drop(writer);
        drop_catching(old);
    }

    pub(crate) fn interceptor(&self) -> Option<Arc<dyn Interceptor>> {
        let interceptor = self.core().interceptor().load_full();
        interceptor.map(|interceptor| Arc::clone(&*interceptor))
    }
}

impl Core {
    /// Adds a hook or a middleware.
    pub(crate) fn add_policy(&self, part: PolicyPart) {
        panic_hook::install_hook();
        let writer = self.writer();
        let retired = self.policy().add(part);
        self.put_policy_flags();
        drop(writer);
        drop(retired);
    }

    /// Removes a hook or a middleware.
    pub(crate) fn remove_policy(&self, number: u64) {
        let writer = self.writer();
        let retired = self.policy().remove(number);
        self.put_policy_flags();
        drop(writer);
        drop(retired);
    }

    /// Called under the writer's lock.
    fn put_policy_flags(&self) {
        self.put_flag(WRAPPED, self.policy().is_wrapped());
        self.put_flag(WRAPS_EMITS, self.policy().wraps_emits());
    }
}

impl Core {
    /// If there is an interceptor, it receives the failures that this thread logs until the guard is dropped.
    #[inline]
    pub(crate) fn pass_failures(&self) -> Option<SinkGuard> {
        if !self.is_intercepted() {
            return None;
        }
        self.pass_failures_to_interceptor()
    }

    #[cold]
    #[inline(never)]
    fn pass_failures_to_interceptor(&self) -> Option<SinkGuard> {
        let interceptor = CatchDrop::new(self.interceptor().load_full()?);
        let sink = move |failure: &Failure| interceptor.failed(failure);
        Some(enter_failure_sink(Rc::new(sink)))
    }

    /// Reports the names of new run-time subscribers to the interceptor.
    pub(crate) fn report_subscribed(&self, names: Vec<Cow<'static, str>>) {
        if let Some(interceptor) = self.interceptor().load_full() {
            interceptor.subscribed(names);
            drop_catching(interceptor);
        }
    }
}
