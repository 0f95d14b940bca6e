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
    background_result::Trailed,
    future_set::{Begun, Start},
};
use crate::{
    context::EmissionId,
    event::OwnedEvent,
    handler::{Call, Lent, Source, Step},
    metadata::{EventInfo, Origin, SubscriberInfo},
    primitives::Rare,
};

/// A handler that runs when the sync ones are through; which events it takes is forgotten.
pub(crate) trait Later: Send + Sync {
    /// Asks its filters, once for each emit. They are code of the user's.
    fn wants(&self, event: Lent<'_>, source: &Source<'_>) -> bool;

    /// Begins, with the event lent for as long as it takes, and has the next one begin. Its filters are
    /// asked if they are to be.
    fn begin<'s>(&'s self, turns: &mut Turns<'_, 's>);

    /// A copy of the event on its way through some handlers of a tail in which this one is, too.
    /// Copying is code of the user's. `None` when it is an event of another type.
    fn copy(&self, event: Lent<'_>, errand: Errand) -> Option<Pin<Box<dyn Trail>>>;
}

/// What is to be done with a copy.
pub(crate) struct Errand {
    pub(crate) tail: Arc<Tail>,
    pub(crate) selected: Vec<usize>,
    pub(crate) call: Call,
    /// The emission that the copy belongs to.
    pub(crate) id: EmissionId,
}

/// The handlers of one event type that run later, in the order in which they are begun.
pub(crate) struct Tail {
    handlers: Box<[Arc<dyn Later>]>,
    subscribers: Box<[Arc<SubscriberInfo>]>,
    /// Whether some go through the queue even when the emitter waits for the others.
    defers: bool,
    /// Who begins when whom has ended: the second of each pair when the first has.
    waits: Box<[(usize, usize)]>,
}

/// Which handlers of a tail are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// Those that go through the queue even when the emitter waits for the others.
    Deferred,
    /// The others.
    Async,
}

impl Tail {
    pub(crate) fn new(
        handlers: Box<[Arc<dyn Later>]>,
        subscribers: Box<[Arc<SubscriberInfo>]>,
        waits: Box<[(usize, usize)]>,
    ) -> Self {
        Self {
            handlers,
            defers: subscribers.iter().any(|subscriber| subscriber.deferred),
            subscribers,
            waits,
        }
    }

    /// Whether one begins when another has ended.
    #[inline]
    pub(crate) fn has_waits(&self) -> bool {
        !self.waits.is_empty()
    }

    /// Whether that handler begins when one of those has ended.
    pub(crate) fn waits_for(&self, index: usize, mut any: impl FnMut(usize) -> bool) -> bool {
        let mut waits = self.waits.iter();
        waits.any(|&(first, second)| second == index && any(first))
    }

    /// Whether a deferred one begins when one has ended that is not deferred.
    pub(crate) fn defers_last(&self) -> bool {
        let is_deferred = |index: usize| self.subscribers[index].deferred;
        let mut waits = self.waits.iter();
        waits.any(|&(first, second)| is_deferred(second) && !is_deferred(first))
    }

    /// Whether some go through the queue even when the emitter waits for the others.
    #[inline]
    pub(crate) fn defers(&self) -> bool {
        self.defers
    }

    pub(crate) fn len(&self) -> usize {
        self.handlers.len()
    }

    pub(crate) fn handlers(&self) -> &[Arc<dyn Later>] {
        &self.handlers
    }

    pub(crate) fn handler(&self, index: usize) -> &dyn Later {
        &*self.handlers[index]
    }

    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    /// Whether that handler belongs to the part.
    #[inline]
    pub(crate) fn is_in(&self, index: usize, part: Part) -> bool {
        match part {
            Part::All => true,
            Part::Deferred => self.subscribers[index].deferred,
            Part::Async => !self.subscribers[index].deferred,
        }
    }

    /// Asks a handler's filters; the panic of one comes back.
    #[inline]
    pub(crate) fn wants(
        &self,
        index: usize,
        event: Lent<'_>,
        source: &Source<'_>,
    ) -> thread::Result<bool> {
        let handler = &self.handlers[index];
        catch_unwind(AssertUnwindSafe(|| handler.wants(event, source)))
    }
}

/// A [`Trailing`] of some event.
pub(crate) trait Trail: Send {
    /// Goes on; ready when all handlers are through.
    fn poll(self: Pin<&mut Self>, waker: &Waker) -> Poll<()>;

    /// What became of the event so far; failures are told once.
    fn told(self: Pin<&mut Self>) -> Trailed;

    /// Leaves out the async handlers of which none is begun yet, and says which.
    fn leave_out_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>>;

    /// The handlers that are not through.
    fn unfinished(&self) -> Vec<Arc<SubscriberInfo>>;

    /// Drops the handlers that are not through, and gives the event away, with where it was emitted
    /// from.
    fn stop(self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)>;

    /// What the event is.
    fn info(&self) -> Option<&'static EventInfo>;
}

/// How many handlers begin one another before the stack is given back.
const STRETCH: usize = 16;

/// The spans of handlers that wait, with their numbers.
pub(crate) type Spans = Vec<(usize, Span)>;

/// Handlers of a tail that begin one after the other.
pub(crate) struct Turns<'a, 's> {
    start: Start<'a, 's, Tail>,
    tail: &'s Tail,
    event: Lent<'s>,
    call: &'s Call,
    /// Whether filters are to be asked.
    ask: bool,
    /// Those of this stretch whose turn is still to come, and the number behind the last of them.
    rest: slice::Iter<'s, Arc<dyn Later>>,
    until: usize,
    /// How many of this stretch did something else than run to their end.
    others: usize,
    told: &'a mut Trailed,
}

impl<'a, 's> Turns<'a, 's> {
    #[inline]
    pub(crate) fn new(
        start: Start<'a, 's, Tail>,
        tail: &'s Tail,
        event: Lent<'s>,
        call: &'s Call,
        ask: bool,
        told: &'a mut Trailed,
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
    pub(crate) fn all(&mut self, numbers: Range<usize>, spans: &mut Rare<Spans>) {
        if level_enabled!(Verbosity::TRACE) {
            return numbers.for_each(|number| self.traced(number, spans));
        }
        let mut first = numbers.start;
        while first < numbers.end {
            let until = numbers.end.min(first + STRETCH);
            self.stretch(first, until);
            first = until;
        }
    }

    /// Begins one, in a span of its own.
    #[cold]
    fn traced(&mut self, number: usize, spans: &mut Rare<Spans>) {
        let span = span(&self.tail.subscribers()[number]);
        let waiting = self.start.waiting();
        span.in_scope(|| self.stretch(number, number + 1));
        if self.start.waiting() > waiting {
            spans.some().push((number, span));
        }
    }

    /// Begins some without giving the stack back in between.
    fn stretch(&mut self, first: usize, until: usize) {
        self.rest = self.tail.handlers()[first..until].iter();
        self.until = until;
        self.others = 0;
        while !self.rest.as_slice().is_empty() {
            // What a handler's future does when it is polled is contained there, its filters are not.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.go_on())) {
                self.end(Err(payload));
            }
        }
        self.told.ran += until - first - self.others;
    }

    /// Begins the next one, if this stretch has one. The last thing that a handler does with its turn.
    #[inline(always)]
    pub(crate) fn go_on(&mut self) {
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
    pub(crate) fn call(&self) -> &'s Call {
        self.call
    }

    /// Whether filters are to be asked, with this.
    #[inline]
    pub(crate) fn asks(&self) -> Option<Source<'s>> {
        self.ask.then(|| Source::new(self.call.origin()))
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
            Begun::Done => {}
            Begun::Skipped => self.skip(),
            Begun::Waits => self.wait(),
            Begun::Ended(ended) => self.end(*ended),
        }
    }

    #[cold]
    #[inline(never)]
    fn wait(&mut self) {
        self.others += 1;
        self.start.call_last(self.number());
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
