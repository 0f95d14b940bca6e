//! The background plan: the async and deferred handlers of one event type, which run after its chain of sync handlers. This
//! file has two parts, which name one another: the plan; and [`Starter`], which starts the handlers of a run, which is the
//! dispatch of one event to handlers of a plan.
//!
//! The *number* of a handler is its index in the plan; handlers are started in that order. A handler can depend on
//! another: then it is started when the other is complete.
//!
//! # How handlers are started
//!
//! A handler is started by the first poll of its future. The [`Starter`] starts the handlers of a run one after the
//! other, and each handler calls the next one itself, by [`Starter::start_next`]. In a loop with one indirect call for all
//! handlers the CPU mispredicts the target of that call once there are some dozens of handlers: with 64 handlers each took
//! half as long again as with 16. Here `start_next` is inlined into the [`BackgroundHandler::start`] of each type, so each
//! has its own indirect call, whose target seldom changes.
//!
//! The calls may nest. So the handlers are started in *segments* of at most [`MAX_NESTED_CALLS`], and the stack is unwound
//! after each segment. A filter that panics also ends the nested calls; the segment then continues behind that handler.

use std::{
    mem,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    slice,
    sync::Arc,
};

use super::{
    awaited::AwaitedChain,
    background_result::BackgroundResult,
    copies::Copies,
    future_set::Start,
    run_trait::ErasedBackgroundRun,
    start_order::{Dependencies, PlanFlags, Select, Stage, stages},
};
use crate::{
    context::{CatchSpan, EmissionState, log, panic_hook::catch_panic, records_spans},
    event::OwnedEvent,
    handler::{BackgroundCall, EmitOrigin, ErasedEventRef, Step, ViewFn},
    metadata::SubscriberInfo,
    policy::PolicyRef,
    primitives::{OptionBox, drop_each},
    result::Panic,
};

/// A background handler with its event type and its own type erased.
pub(crate) trait BackgroundHandler: Send + Sync {
    /// Whether its filters accept the event: called once for each emit. Filters are user code and may panic.
    /// `view` is that of the plan.
    fn accepts(
        &self,
        event: ErasedEventRef<'_>,
        view: Option<ViewFn>,
        origin: &EmitOrigin<'_>,
    ) -> bool;

    /// Starts the handler with the event of the starter, and then the next handler. Evaluates its filters
    /// first, if the starter requests it.
    fn start<'s>(&'s self, starter: &mut Starter<'_, 's>);

    /// The same through the middleware of the registry. It starts no other handler.
    fn start_wrapped<'s>(&'s self, starter: &mut Starter<'_, 's>);

    /// The run of a clone of the event, for handlers of a plan of which this is one. `None` if the event is
    /// of another type. `Clone` is user code and may panic.
    fn copy(
        &self,
        event: ErasedEventRef<'_>,
        deferred: &mut Option<DeferredRun>,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>>;

    /// How many events of the queue wait until it may be called.
    fn backlog(&self) -> usize;

    /// Whether it receives events of any type, each as a copy.
    fn takes_copy(&self) -> bool {
        false
    }
}

/// What is to be run with the snapshot of an event.
pub(crate) struct DeferredRun {
    pub(crate) plan: Arc<BackgroundPlan>,
    /// The numbers of the handlers whose filters accepted the event.
    pub(crate) selected: Vec<usize>,
    pub(crate) call: BackgroundCall,
    /// The emission that the snapshot belongs to.
    pub(crate) state: EmissionState,
}

/// The background handlers of one event type, in the order in which they are started.
pub(crate) struct BackgroundPlan {
    /// The hooks and the middleware of the registry.
    pub(crate) policy: PolicyRef,
    handlers: Box<[Arc<dyn BackgroundHandler>]>,
    /// One for each handler.
    subscribers: Box<[Arc<SubscriberInfo>]>,
    /// One for each handler.
    stages: Box<[Stage]>,
    flags: PlanFlags,
    dependencies: Dependencies,
    /// The sync and awaited handlers, if some are awaited.
    awaited_chain: Option<AwaitedChain<Self>>,
    /// Shows the event to handlers that take a copy, if there are some.
    view: Option<ViewFn>,
}

impl BackgroundPlan {
    pub(crate) fn new(
        policy: PolicyRef,
        handlers: Box<[Arc<dyn BackgroundHandler>]>,
        subscribers: Box<[Arc<SubscriberInfo>]>,
        dependencies: Vec<(usize, usize)>,
        awaited_chain: Option<AwaitedChain<Self>>,
        view: Option<ViewFn>,
    ) -> Self {
        let dependencies = Dependencies::new(dependencies);
        let infos = subscribers.iter().map(AsRef::as_ref);
        Self {
            policy,
            flags: PlanFlags::of(infos, view.is_none() && dependencies.is_empty()),
            handlers,
            stages: stages(&subscribers, &dependencies),
            subscribers,
            dependencies,
            awaited_chain,
            view,
        }
    }

    /// Whether a handler takes the emission, with its time.
    pub(crate) fn takes_emission(&self) -> bool {
        self.flags.takes_emission
    }

    /// The function that shows the event to handlers that take a copy, if there are some.
    #[inline]
    pub(crate) fn view(&self) -> Option<ViewFn> {
        self.view
    }

    #[inline]
    pub(super) fn dependencies(&self) -> &Dependencies {
        &self.dependencies
    }

    /// The sync and awaited handlers, if some are awaited. They run before the background handlers.
    #[inline]
    pub(crate) fn awaited_chain(&self) -> Option<&AwaitedChain<Self>> {
        self.awaited_chain.as_ref()
    }

    #[inline]
    pub(crate) fn has_awaited(&self) -> bool {
        self.awaited_chain.is_some()
    }

    #[inline]
    pub(crate) fn starts_at_once(&self) -> bool {
        self.flags.starts_at_once
    }

    /// Whether handlers may have to wait for a permit: then the call of a job counts those that do.
    #[inline]
    pub(crate) fn limits_calls(&self) -> bool {
        self.flags.limits_calls
    }

    /// Whether some handlers are deferred.
    #[inline]
    pub(crate) fn has_deferred(&self) -> bool {
        self.flags.has_deferred
    }

    /// Whether some handlers have a delay.
    #[inline]
    pub(crate) fn has_delayed(&self) -> bool {
        self.flags.has_delayed
    }

    /// Whether some handlers are deferred until the async ones are complete.
    pub(crate) fn has_deferred_last(&self) -> bool {
        (0..self.len()).any(|number| self.is_in(number, Select::DeferredLast))
    }

    pub(crate) fn len(&self) -> usize {
        self.handlers.len()
    }

    pub(crate) fn handlers(&self) -> &[Arc<dyn BackgroundHandler>] {
        &self.handlers
    }

    pub(crate) fn handler(&self, number: usize) -> &dyn BackgroundHandler {
        &*self.handlers[number]
    }

    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    /// The subscribers of the selected handlers.
    pub(crate) fn selected(&self, selection: Select) -> impl Iterator<Item = &Arc<SubscriberInfo>> {
        let numbers = (0..self.len()).filter(move |&number| self.is_in(number, selection));
        numbers.map(|number| &self.subscribers[number])
    }

    /// Whether that handler is in the selection.
    #[inline]
    pub(crate) fn is_in(&self, number: usize, selection: Select) -> bool {
        self.stages[number].is_in(selection, &self.subscribers[number])
    }

    /// Whether the filters of that handler accept the event; an error if a filter panics.
    #[inline]
    pub(crate) fn accepts(
        &self,
        number: usize,
        event: ErasedEventRef<'_>,
        origin: &EmitOrigin<'_>,
    ) -> Result<bool, Panic> {
        catch_panic(|| self.handlers[number].accepts(event, self.view, origin))
    }
}

impl Drop for BackgroundPlan {
    fn drop(&mut self) {
        drop_each(mem::take(&mut self.handlers));
    }
}

/// How many handlers a segment has at most.
const MAX_NESTED_CALLS: usize = 16;

/// The spans of pending handlers, with the handlers' numbers.
pub(super) type HandlerSpans = Vec<(usize, CatchSpan)>;

/// Starts the handlers of a run, one after the other; see the module's documentation.
pub(crate) struct Starter<'a, 's> {
    pub(super) start: Start<'a, 's, BackgroundPlan>,
    pub(super) plan: &'s BackgroundPlan,
    pub(super) event: ErasedEventRef<'s>,
    pub(super) copies: Copies<'a, 's>,
    pub(super) call: &'s BackgroundCall,
    /// Whether handlers are to evaluate their filters.
    check_filters: bool,
    /// The handlers of this segment that are not started, and the number behind the last of them.
    remaining: slice::Iter<'s, Arc<dyn BackgroundHandler>>,
    segment_end: usize,
    /// How many handlers of this segment have not plainly returned [`Step::Done`]: they were filtered out,
    /// are pending, or are counted by [`BackgroundResult::end`].
    pub(super) uncounted: usize,
    pub(super) result: &'a mut BackgroundResult,
}

impl<'a, 's> Starter<'a, 's> {
    #[inline]
    pub(crate) fn new(
        start: Start<'a, 's, BackgroundPlan>,
        plan: &'s BackgroundPlan,
        event: ErasedEventRef<'s>,
        copies: Copies<'a, 's>,
        call: &'s BackgroundCall,
        check_filters: bool,
        result: &'a mut BackgroundResult,
    ) -> Self {
        Self {
            start,
            plan,
            event,
            copies,
            call,
            check_filters,
            remaining: [].iter(),
            segment_end: 0,
            uncounted: 0,
            result,
        }
    }

    /// Starts the handlers with these numbers.
    #[inline]
    pub(crate) fn start_all(&mut self, numbers: Range<usize>, spans: &mut OptionBox<HandlerSpans>) {
        if records_spans() || self.plan.policy.is_wrapped() {
            return self.start_one_by_one(numbers, spans);
        }
        let mut first = numbers.start;
        while first < numbers.end {
            let end = numbers.end.min(first + MAX_NESTED_CALLS);
            self.start_segment(first, end);
            first = end;
        }
    }

    /// Starts each handler by itself: in a span of its own, or through the middleware.
    #[cold]
    #[inline(never)]
    fn start_one_by_one(&mut self, numbers: Range<usize>, spans: &mut OptionBox<HandlerSpans>) {
        for number in numbers {
            if records_spans() {
                self.start_traced(number, spans);
            } else {
                self.start_one(number);
            }
        }
    }

    fn start_one(&mut self, number: usize) {
        if self.plan.policy.is_wrapped() {
            self.start_wrapped(number);
        } else {
            self.start_segment(number, number + 1);
        }
    }

    /// Starts one handler in a span of its own.
    fn start_traced(&mut self, number: usize, spans: &mut OptionBox<HandlerSpans>) {
        let span = log::handler_span(&self.plan.subscribers()[number]);
        let pending = self.start.pending_count();
        span.in_scope(|| self.start_one(number));
        if self.start.pending_count() > pending {
            spans.get_or_insert_default().push((number, span));
        }
    }

    #[inline(always)]
    pub(super) fn begin_segment(&mut self, first: usize, end: usize) {
        self.remaining = self.plan.handlers()[first..end].iter();
        self.segment_end = end;
        self.uncounted = 0;
    }

    /// Starts the handlers of one segment.
    fn start_segment(&mut self, first: usize, end: usize) {
        self.begin_segment(first, end);
        while !self.remaining.as_slice().is_empty() {
            // The panic of a handler's future is caught where that is polled, that of a filter is not.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.start_next())) {
                self.end(Err(payload));
            }
        }
        self.result.ran += end - first - self.uncounted;
    }

    /// Starts the next handler of this segment, if there is one. Each handler's `start` calls this last.
    #[inline(always)]
    pub(super) fn start_next(&mut self) {
        if let Some(handler) = self.remaining.next() {
            handler.start(self);
        }
    }

    /// The event, if it is of this type.
    #[inline]
    pub(crate) fn event<E: OwnedEvent>(&self) -> Option<&'s E> {
        self.event.get()
    }

    #[inline]
    pub(crate) fn call(&self) -> &'s BackgroundCall {
        self.call
    }

    /// The origin with which the handler is to evaluate its filters, if it is to do that.
    #[inline]
    pub(super) fn filter_origin(&self) -> Option<EmitOrigin<'s>> {
        self.check_filters
            .then(|| EmitOrigin::new(self.call.origin()))
    }

    /// The current handler, which is the one that calls this, does not run.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.uncounted += 1;
        if self.result.records_outcomes() {
            self.record_skip();
        }
    }

    /// Polls the future of the current handler for the first time.
    #[inline(always)]
    pub(crate) fn run<F>(&mut self, make: impl FnOnce() -> F)
    where
        F: Future<Output = Step> + Send + 's,
    {
        let polled = self.start.run(make);
        self.record(polled);
    }

    pub(super) fn current_subscriber(&self) -> &'s Arc<SubscriberInfo> {
        &self.plan.subscribers[self.current_number()]
    }

    /// The number of the handler that was started last.
    pub(super) fn current_number(&self) -> usize {
        self.segment_end - self.remaining.len() - 1
    }
}
