//! An event on its way through the tail of its plan: handlers that run beside one another, on the
//! task of whoever polls.

use std::{
    any::Any,
    iter, mem,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    background_plan::{
        BackgroundPlan, DeferredRun, ErasedBackgroundRun, HandlerSpans, Select, Starter,
    },
    background_result::BackgroundResult,
    future_set::FutureSet,
};
use crate::{
    context::{EmissionId, EmitGuard},
    event::Event,
    handler::{BackgroundCall, ErasedEventRef},
    metadata::{EventInfo, Origin, SubscriberInfo},
    primitives::OptionBox,
};

pin_project_lite::pin_project! {
    /// An event on its way through the tail of its plan.
    #[project = Projected]
    pub(crate) struct BackgroundRun<E> {
        #[pin]
        futures: FutureSet<E, BackgroundPlan>,
        id: Option<EmissionId>,
        told: BackgroundResult,
        // The handlers that are still to be begun, and whether their filters are to be asked.
        selected: Vec<usize>,
        ask: bool,
        // The span of each handler that waits, by its number, when somebody looks at these.
        spans: OptionBox<HandlerSpans>,
    }

    impl<E> PinnedDrop for BackgroundRun<E> {
        fn drop(this: Pin<&mut Self>) {
            // Whoever drops it early still is to hear of those that have failed.
            this.project().told.record();
        }
    }
}

impl<E> BackgroundRun<E> {
    #[inline]
    pub(crate) const fn new(event: E, call: BackgroundCall) -> Self {
        Self {
            futures: FutureSet::new(event, call, None),
            id: None,
            told: BackgroundResult::new(),
            selected: Vec::new(),
            ask: true,
            spans: OptionBox::NONE,
        }
    }

    /// Ends it, and gives the event back, if that is still there.
    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<E> {
        self.project().futures.take()
    }

    /// How many handlers ran to their end.
    #[inline]
    pub(crate) fn ran(&self) -> usize {
        self.told.ran
    }

    /// What became of the event so far; failures are told once.
    pub(crate) fn told(self: Pin<&mut Self>) -> BackgroundResult {
        self.project().told.tell()
    }

    /// The emission's id, if somebody has asked for it.
    pub(crate) fn id(&self) -> Option<EmissionId> {
        self.id
    }

    /// Logs the failures so far.
    #[inline]
    pub(crate) fn record(self: Pin<&mut Self>) {
        self.project().told.record();
    }

    /// Where the event was emitted from.
    #[inline]
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.futures.call().origin()
    }

    /// The event, until it is taken.
    pub(crate) fn event(&self) -> Option<&E> {
        self.futures.subject()
    }

    /// The event, as long as no handler borrows it.
    #[inline]
    pub(crate) fn event_mut(self: Pin<&mut Self>) -> Option<&mut E> {
        self.project().futures.subject_mut()
    }
}

impl<E: Event> BackgroundRun<E> {
    /// A copy of an event for some handlers, to be polled.
    pub(crate) fn of(event: E, errand: DeferredRun) -> Self {
        let DeferredRun {
            tail,
            selected,
            call,
            id,
        } = errand;
        Self {
            futures: FutureSet::new(event, call, Some(tail)),
            id: Some(id),
            told: BackgroundResult::new(),
            selected,
            ask: false,
            spans: OptionBox::NONE,
        }
    }

    /// Begins the handlers of that part whose filters let the event pass. The level is that of the
    /// emit.
    pub(crate) fn begin(
        mut self: Pin<&mut Self>,
        tail: &Arc<BackgroundPlan>,
        part: Select,
        level: &EmitGuard,
        waker: &Waker,
    ) -> Poll<()> {
        let this = self.as_mut();
        let is_meant = |&number: &usize| tail.is_in(number, part);
        if tail.has_dependencies() {
            *this.project().selected = (0..tail.len()).filter(is_meant).collect();
            self.as_mut().start_unblocked(tail, waker);
        } else if part == Select::All || !tail.defers() {
            this.start(iter::once(0..tail.len()), tail, true, waker);
        } else {
            let meant = (0..tail.len()).filter(is_meant);
            this.start(meant.map(one), tail, true, waker);
        }
        self.left(level)
    }

    /// Goes on.
    pub(crate) fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        let Some((info, tail)) = self.about() else {
            return Poll::Ready(());
        };
        let level = EmitGuard::reenter(info, self.id);
        let mut index = 0;
        while index < self.futures.len() {
            let number = self.futures.number(index);
            let this = self.as_mut().project();
            let _entered = this
                .spans
                .get()
                .into_iter()
                .flatten()
                .find(|(of, _)| *of == number)
                .map(|(_, span)| span.enter());
            match this.futures.poll_at(index, waker) {
                Poll::Pending => index += 1,
                Poll::Ready(ended) => {
                    let subscriber = &tail.subscribers()[number];
                    this.told.end(number, subscriber, ended);
                }
            }
        }
        self.as_mut().start_unblocked(&tail, waker);
        match &level {
            Some(level) => self.left(level),
            None => self.ready(),
        }
    }

    /// Begins those that are still to be begun and wait for no other, until there are none.
    fn start_unblocked(mut self: Pin<&mut Self>, tail: &Arc<BackgroundPlan>, waker: &Waker) {
        loop {
            let this = self.as_mut().project();
            let runs = |number: usize| {
                (0..this.futures.len()).any(|index| this.futures.number(index) == number)
            };
            let selected = mem::take(this.selected);
            let is_held = |&number: &usize| {
                tail.depends_on(number, |other| selected.contains(&other) || runs(other))
            };
            let (held, free): (Vec<_>, Vec<_>) =
                selected.iter().partition(|&number| is_held(number));
            *this.selected = held;
            if free.is_empty() {
                return;
            }
            let ask = *this.ask;
            self.as_mut()
                .start(free.into_iter().map(one), tail, ask, waker);
        }
    }

    /// Begins these handlers.
    #[inline]
    fn start(
        self: Pin<&mut Self>,
        numbers: impl Iterator<Item = Range<usize>>,
        tail: &Arc<BackgroundPlan>,
        ask: bool,
        waker: &Waker,
    ) {
        let Projected {
            futures,
            told,
            spans,
            ..
        } = self.project();
        futures.start(tail, waker, |event, call, tail, start| {
            if let Some(event) = event.__owned().map(ErasedEventRef::of) {
                let mut turns = Starter::new(start, tail, event, call, ask, told);
                numbers.for_each(|numbers| turns.all(numbers, spans));
            }
        });
    }

    /// The emit's level is left until the next poll.
    #[inline]
    fn left(self: Pin<&mut Self>, level: &EmitGuard) -> Poll<()> {
        let ready = self.ready();
        *self.project().id = level.id();
        ready
    }

    #[inline]
    fn ready(&self) -> Poll<()> {
        if self.futures.len() == 0 && self.selected.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn about(&self) -> Option<(&'static EventInfo, Arc<BackgroundPlan>)> {
        self.futures.subject()?;
        let info = self.futures.call().info();
        Some((info, Arc::clone(self.futures.kept()?)))
    }
}

fn one(number: usize) -> Range<usize> {
    number..number + 1
}

impl<E: Event + Send + 'static> ErasedBackgroundRun for BackgroundRun<E> {
    fn poll(self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        self.poll(waker)
    }

    fn told(self: Pin<&mut Self>) -> BackgroundResult {
        self.told()
    }

    fn remove_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>> {
        let Some((_, tail)) = self.about() else {
            return Vec::new();
        };
        let who = |number: usize| &tail.subscribers()[number];
        let selected = self.project().selected;
        let (left, others): (Vec<_>, Vec<_>) = mem::take(selected)
            .into_iter()
            .partition(|&number| who(number).asynchronous);
        *selected = others;
        left.into_iter()
            .map(|number| Arc::clone(who(number)))
            .collect()
    }

    fn unfinished(&self) -> Vec<Arc<SubscriberInfo>> {
        let Some((_, tail)) = self.about() else {
            return Vec::new();
        };
        let waiting = (0..self.futures.len()).map(|index| self.futures.number(index));
        let numbers = waiting.chain(self.selected.iter().copied());
        numbers
            .map(|number| Arc::clone(&tail.subscribers()[number]))
            .collect()
    }

    fn stop(self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)> {
        let origin = self.origin().cloned();
        Some((Box::new(self.take()?), origin))
    }

    fn info(&self) -> Option<&'static EventInfo> {
        self.futures.subject()?;
        Some(self.futures.call().info())
    }
}
