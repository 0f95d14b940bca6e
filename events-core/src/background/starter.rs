//! Beginning the handlers of a tail: each begins, and then has the next one begin.
//!
//! A loop would begin all of them by one call, and where that goes next the processor does not foresee
//! once there are some dozens: with 64 handlers each took half as long again as with 16. Here every
//! handler has a call of the next one of its own, as in the chain (`link`); and as there the calls may
//! nest, so after a stretch of them the stack is given back.

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    slice,
    sync::Arc,
    thread,
};

use tracing::{Level as Verbosity, Span, level_enabled, trace_span};

use super::{
    background_plan::{Later, Tail},
    background_result::Trailed,
    future_set::{Begun, Start},
};
use crate::{
    event::OwnedEvent,
    handler::{Call, Lent, Source, Step},
    metadata::SubscriberInfo,
    primitives::Rare,
};

/// How many handlers begin one another before the stack is given back.
const STRETCH: usize = 16;

/// The spans of handlers that wait, with their numbers.
pub(crate) type Spans = Vec<(usize, Span)>;

/// Handlers of a tail that begin one after the other.
pub(crate) struct Turns<'a, 's> {
    start: Start<'a, 's>,
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
        start: Start<'a, 's>,
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
        self.told.end(self.number(), self.tail, ended);
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
