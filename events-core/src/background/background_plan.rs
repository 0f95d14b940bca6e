//! The tail of a plan: the handlers that run when the chain of sync ones is through, beside one
//! another or out of the queue.

use std::{
    any::Any,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    slice,
    sync::Arc,
    task::{Poll, Waker},
    thread,
};

use tracing::{Level as Verbosity, Span, level_enabled, trace_span};

use super::{
    background_result::BackgroundResult,
    future_set::{FirstPoll, Start},
};
use crate::{
    context::EmissionId,
    event::OwnedEvent,
    handler::{BackgroundCall, EmitOrigin, ErasedEventRef, Step},
    metadata::{EventInfo, Origin, SubscriberInfo},
    primitives::OptionBox,
};

/// A handler that runs when the sync ones are through; which events it takes is forgotten.
pub(crate) trait BackgroundHandler: Send + Sync {
    /// Asks its filters, once for each emit. They are code of the user's.
    fn wants(&self, event: ErasedEventRef<'_>, source: &EmitOrigin<'_>) -> bool;

    /// Begins, with the event lent for as long as it takes, and has the next one begin. Its filters are
    /// asked if they are to be.
    fn begin<'s>(&'s self, turns: &mut Starter<'_, 's>);

    /// A copy of the event on its way through some handlers of a tail in which this one is, too.
    /// Copying is code of the user's. `None` when it is an event of another type.
    fn copy(
        &self,
        event: ErasedEventRef<'_>,
        errand: DeferredRun,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>>;
}

/// What is to be done with a copy.
pub(crate) struct DeferredRun {
    pub(crate) tail: Arc<BackgroundPlan>,
    pub(crate) selected: Vec<usize>,
    pub(crate) call: BackgroundCall,
    /// The emission that the copy belongs to.
    pub(crate) id: EmissionId,
}

/// The handlers of one event type that run later, in the order in which they are begun.
pub(crate) struct BackgroundPlan {
    handlers: Box<[Arc<dyn BackgroundHandler>]>,
    subscribers: Box<[Arc<SubscriberInfo>]>,
    /// Whether some go through the queue even when the emitter waits for the others.
    defers: bool,
    /// Who begins when whom has ended: the second of each pair when the first has.
    dependencies: Box<[(usize, usize)]>,
}

/// Which handlers of a tail are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Select {
    All,
    /// Those that go through the queue even when the emitter waits for the others.
    Deferred,
    /// The others.
    Async,
}

impl BackgroundPlan {
    pub(crate) fn new(
        handlers: Box<[Arc<dyn BackgroundHandler>]>,
        subscribers: Box<[Arc<SubscriberInfo>]>,
        dependencies: Box<[(usize, usize)]>,
    ) -> Self {
        Self {
            handlers,
            defers: subscribers.iter().any(|subscriber| subscriber.deferred),
            subscribers,
            dependencies,
        }
    }

    /// Whether one begins when another has ended.
    #[inline]
    pub(crate) fn has_dependencies(&self) -> bool {
        !self.dependencies.is_empty()
    }

    /// Whether that handler begins when one of those has ended.
    pub(crate) fn depends_on(&self, index: usize, mut any: impl FnMut(usize) -> bool) -> bool {
        let mut dependencies = self.dependencies.iter();
        dependencies.any(|&(first, second)| second == index && any(first))
    }

    /// Whether a deferred one begins when one has ended that is not deferred.
    pub(crate) fn has_deferred_after_async(&self) -> bool {
        let is_deferred = |index: usize| self.subscribers[index].deferred;
        let mut dependencies = self.dependencies.iter();
        dependencies.any(|&(first, second)| is_deferred(second) && !is_deferred(first))
    }

    /// Whether some go through the queue even when the emitter waits for the others.
    #[inline]
    pub(crate) fn defers(&self) -> bool {
        self.defers
    }

    pub(crate) fn len(&self) -> usize {
        self.handlers.len()
    }

    pub(crate) fn handlers(&self) -> &[Arc<dyn BackgroundHandler>] {
        &self.handlers
    }

    pub(crate) fn handler(&self, index: usize) -> &dyn BackgroundHandler {
        &*self.handlers[index]
    }

    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    /// Whether that handler belongs to the part.
    #[inline]
    pub(crate) fn is_in(&self, index: usize, part: Select) -> bool {
        match part {
            Select::All => true,
            Select::Deferred => self.subscribers[index].deferred,
            Select::Async => !self.subscribers[index].deferred,
        }
    }

    /// Asks a handler's filters; the panic of one comes back.
    #[inline]
    pub(crate) fn wants(
        &self,
        index: usize,
        event: ErasedEventRef<'_>,
        source: &EmitOrigin<'_>,
    ) -> thread::Result<bool> {
        let handler = &self.handlers[index];
        catch_unwind(AssertUnwindSafe(|| handler.wants(event, source)))
    }
}

/// A [`BackgroundRun`] of some event.
pub(crate) trait ErasedBackgroundRun: Send {
    /// Goes on; ready when all handlers are through.
    fn poll(self: Pin<&mut Self>, waker: &Waker) -> Poll<()>;

    /// What became of the event so far; failures are told once.
    fn told(self: Pin<&mut Self>) -> BackgroundResult;

    /// Leaves out the async handlers of which none is begun yet, and says which.
    fn remove_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>>;

    /// The handlers that are not through.
    fn unfinished(&self) -> Vec<Arc<SubscriberInfo>>;

    /// Drops the handlers that are not through, and gives the event away, with where it was emitted
    /// from.
    fn stop(self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)>;

    /// What the event is.
    fn info(&self) -> Option<&'static EventInfo>;
}

/// How many handlers begin one another before the stack is given back.
const MAX_NESTED_CALLS: usize = 16;

/// The spans of handlers that wait, with their numbers.
pub(crate) type HandlerSpans = Vec<(usize, Span)>;

/// Handlers of a tail that begin one after the other.
pub(crate) struct Starter<'a, 's> {
    start: Start<'a, 's, BackgroundPlan>,
    tail: &'s BackgroundPlan,
    event: ErasedEventRef<'s>,
    call: &'s BackgroundCall,
    /// Whether filters are to be asked.
    ask: bool,
    /// Those of this stretch whose turn is still to come, and the number behind the last of them.
    rest: slice::Iter<'s, Arc<dyn BackgroundHandler>>,
    until: usize,
    /// How many of this stretch did something else than run to their end.
    others: usize,
    told: &'a mut BackgroundResult,
}

impl<'a, 's> Starter<'a, 's> {
    #[inline]
    pub(crate) fn new(
        start: Start<'a, 's, BackgroundPlan>,
        tail: &'s BackgroundPlan,
        event: ErasedEventRef<'s>,
        call: &'s BackgroundCall,
        ask: bool,
        told: &'a mut BackgroundResult,
    ) -> Self {
        Self {
            start,
            tail,
            event,
            call,
            ask,
            rest: [].iter(),
            until: 0,
            others: 0,
            told,
        }
    }

    /// Begins the handlers with these numbers.
    #[inline]
    pub(crate) fn all(&mut self, numbers: Range<usize>, spans: &mut OptionBox<HandlerSpans>) {
        if level_enabled!(Verbosity::TRACE) {
            return numbers.for_each(|number| self.traced(number, spans));
        }
        let mut first = numbers.start;
        while first < numbers.end {
            let until = numbers.end.min(first + MAX_NESTED_CALLS);
            self.stretch(first, until);
            first = until;
        }
    }

    /// Begins one, in a span of its own.
    #[cold]
    fn traced(&mut self, number: usize, spans: &mut OptionBox<HandlerSpans>) {
        let span = span(&self.tail.subscribers()[number]);
        let waiting = self.start.waiting();
        span.in_scope(|| self.stretch(number, number + 1));
        if self.start.waiting() > waiting {
            spans.get_or_insert_default().push((number, span));
        }
    }

    /// Begins some without giving the stack back in between.
    fn stretch(&mut self, first: usize, until: usize) {
        self.rest = self.tail.handlers()[first..until].iter();
        self.until = until;
        self.others = 0;
        while !self.rest.as_slice().is_empty() {
            // What a handler's future does when it is polled is contained there, its filters are not.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.start_next())) {
                self.end(Err(payload));
            }
        }
        self.told.ran += until - first - self.others;
    }

    /// Begins the next one, if this stretch has one. The last thing that a handler does with its turn.
    #[inline(always)]
    pub(crate) fn start_next(&mut self) {
        if let Some(handler) = self.rest.next() {
            handler.begin(self);
        }
    }

    /// The event, if it is one of this type.
    #[inline]
    pub(crate) fn event<E: OwnedEvent>(&self) -> Option<&'s E> {
        self.event.get()
    }

    #[inline]
    pub(crate) fn call(&self) -> &'s BackgroundCall {
        self.call
    }

    /// Whether filters are to be asked, with this.
    #[inline]
    pub(crate) fn asks(&self) -> Option<EmitOrigin<'s>> {
        self.ask.then(|| EmitOrigin::new(self.call.origin()))
    }

    /// The handler whose turn it is does not begin.
    #[inline]
    pub(crate) fn skip(&mut self) {
        self.others += 1;
    }

    /// The handler whose turn it is begins with this future.
    #[inline(always)]
    pub(crate) fn run<F>(&mut self, make: impl FnOnce() -> F)
    where
        F: Future<Output = Step> + Send + 's,
    {
        match self.start.run(make) {
            FirstPoll::Done => {}
            FirstPoll::Skipped => self.skip(),
            FirstPoll::Pending => self.wait(),
            FirstPoll::Ended(ended) => self.end(*ended),
        }
    }

    #[cold]
    #[inline(never)]
    fn wait(&mut self) {
        self.others += 1;
        self.start.set_last_number(self.number());
    }

    #[cold]
    #[inline(never)]
    fn end(&mut self, ended: thread::Result<Step>) {
        self.others += 1;
        let number = self.number();
        let subscriber = &self.tail.subscribers()[number];
        self.told.end(number, subscriber, ended);
    }

    /// That of the handler whose turn it is.
    fn number(&self) -> usize {
        self.until - self.rest.len() - 1
    }
}

/// The span of one handler.
fn span(subscriber: &SubscriberInfo) -> Span {
    trace_span!(
        target: "events_core",
        "handle",
        subscriber = %subscriber.name,
        location = %subscriber.location,
    )
}
