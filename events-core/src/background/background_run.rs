//! A background run: the dispatch of one event to the handlers of its background plan. The handlers run
//! concurrently on the task that polls the run; a handler that depends on another is started when that
//! one is complete.
//!
//! The *number* of a handler is its index in the plan.

use std::{
    iter, mem,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    awaited::ChainProgress,
    background_plan::{BackgroundPlan, DeferredRun, HandlerSpans, Starter},
    background_result::BackgroundResult,
    copies::{Copies, CopyCell, RunEvent},
    future_set::FutureSet,
    start_order::Select,
};
use crate::{
    context::{CallSite, EmissionState, EmitGuard, OwnsHandlers, with_enough_stack},
    handler::BackgroundCall,
    metadata::{EventInfo, Origin},
    primitives::OptionBox,
    result::FailedCheck,
};

pin_project_lite::pin_project! {
    /// The dispatch of one event to the handlers of its background plan.
    #[project = Projected]
    pub(crate) struct BackgroundRun<E> {
        #[pin]
        pub(super) futures: FutureSet<E, BackgroundPlan>,
        pub(super) state: EmissionState,
        pub(super) result: BackgroundResult,
        // The numbers of the handlers that are to be started, and whether these evaluate their filters.
        pub(super) not_started: Vec<usize>,
        check_filters: bool,
        // The spans of pending handlers, if spans are traced.
        spans: OptionBox<HandlerSpans>,
        // The chain, while it is suspended at an awaited handler.
        pub(super) chain: OptionBox<ChainProgress>,
        // The copy of the event for handlers of events of any type.
        pub(super) copy: CopyCell,
    }

    impl<E> PinnedDrop for BackgroundRun<E> {
        fn drop(mut this: Pin<&mut Self>) {
            // Logs the failures that were not taken, as when the run is dropped early.
            this.as_mut().record();
            // The event is dropped with the set, in place: a copy would enlarge each frame of a recursion.
            this.clear();
        }
    }
}

impl<E> BackgroundRun<E> {
    #[inline]
    pub(crate) const fn new(event: E, call: BackgroundCall, site: CallSite) -> Self {
        Self::with_plan(event, call, None, EmissionState::new(site))
    }

    #[inline(always)]
    const fn with_plan(
        event: E,
        call: BackgroundCall,
        plan: Option<Arc<BackgroundPlan>>,
        state: EmissionState,
    ) -> Self {
        Self {
            futures: FutureSet::new(event, call, plan),
            state,
            result: BackgroundResult::new(),
            not_started: Vec::new(),
            check_filters: true,
            spans: OptionBox::NONE,
            chain: OptionBox::NONE,
            copy: CopyCell::new(),
        }
    }

    /// Until the guards are dropped, the emission is the innermost one of this thread, and handlers are owned: for the
    /// destructors of what handlers leave behind. They run nested in the emission as the handlers do, so that emits in
    /// them cannot recurse without end.
    pub(crate) fn enter(&self) -> (OwnsHandlers, Option<EmitGuard>) {
        let guard = EmitGuard::reenter(self.futures.call().info(), self.state);
        (OwnsHandlers::enter(), guard)
    }

    /// Drops the handlers' futures. Each may contain an emit that is suspended as well, and so on: this recurses as deep
    /// as emits are nested.
    #[inline]
    pub(crate) fn clear(self: Pin<&mut Self>) {
        #[cold]
        #[inline(never)]
        fn clear_some<E>(run: Pin<&mut BackgroundRun<E>>) {
            let _entered = run.enter();
            let futures = run.project().futures;
            with_enough_stack(|| futures.clear());
        }
        if self.futures.len() > 0 {
            clear_some(self);
        }
    }

    /// Drops the handlers' futures and returns the event, if it is still there.
    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<E> {
        self.project().futures.take()
    }

    /// How many handlers are complete.
    #[inline]
    pub(crate) fn ran(&self) -> usize {
        self.result.ran
    }

    /// Whether no handler ran, failed or is pending so far.
    #[inline]
    pub(crate) fn is_unheard(&self) -> bool {
        self.result.is_unheard() && self.futures.len() == 0
    }

    /// The results so far; each failure is returned once.
    pub(crate) fn take_result(self: Pin<&mut Self>) -> BackgroundResult {
        self.project().result.take()
    }

    /// The state of the emission, with which it is reentered.
    pub(crate) fn state(&self) -> EmissionState {
        self.state
    }

    /// Where the event was emitted.
    #[inline]
    pub(crate) fn site(&self) -> CallSite {
        self.state.site
    }

    /// Whether there are failures that were neither logged nor returned, or calls that are to be made later.
    #[inline]
    pub(crate) fn is_uncommon(&self) -> bool {
        self.result.is_uncommon()
    }

    /// The reasons for which the failures so far refuse an event that fails closed.
    pub(crate) fn failed_checks(&self) -> Vec<FailedCheck> {
        self.result.failures().filter_map(FailedCheck::of).collect()
    }

    /// Logs the failures so far. Returns how many there are.
    #[inline]
    pub(crate) fn record(self: Pin<&mut Self>) -> usize {
        if self.is_uncommon() {
            self.record_some()
        } else {
            0
        }
    }

    #[cold]
    #[inline(never)]
    fn record_some(self: Pin<&mut Self>) -> usize {
        let _entered = self.enter();
        self.project().result.record()
    }

    /// Stores the state of the emission, with which it is reentered.
    #[inline]
    pub(crate) fn store_state(self: Pin<&mut Self>, guard: &EmitGuard) {
        guard.store(self.project().state);
    }

    /// The origin of the emit.
    #[inline]
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.futures.call().origin()
    }

    /// The event, until it is taken.
    pub(crate) fn event(&self) -> Option<&E> {
        self.futures.subject()
    }

    /// The event, unless a handler's future borrows it.
    #[inline]
    pub(crate) fn event_mut(self: Pin<&mut Self>) -> Option<&mut E> {
        self.project().futures.subject_mut()
    }
}

impl<E: RunEvent> BackgroundRun<E> {
    /// The dispatch of a snapshot to selected handlers. None is started before the run is polled.
    pub(crate) fn of_snapshot(event: E, deferred: DeferredRun) -> Self {
        let mut run = Self::with_plan(event, deferred.call, Some(deferred.plan), deferred.state);
        run.not_started = deferred.selected;
        run.check_filters = false;
        run
    }

    /// Starts the handlers whose filters accept the event. The guard is that of the emit.
    #[inline(always)]
    pub(crate) fn begin_all(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        guard: &EmitGuard,
        waker: &Waker,
    ) -> Poll<()> {
        let all = iter::once(0..plan.len());
        self.as_mut().start(all, plan, true, waker);
        self.suspend(guard)
    }

    /// As [`begin_all`](Self::begin_all), for some handlers only.
    pub(crate) fn begin(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        selection: Select,
        guard: &EmitGuard,
        waker: &Waker,
    ) -> Poll<()> {
        self.as_mut().begin_selected(plan, selection, waker);
        self.suspend(guard)
    }

    /// As [`begin`](Self::begin); the caller stores the state of the emission.
    pub(super) fn begin_selected(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        selection: Select,
        waker: &Waker,
    ) {
        let this = self.as_mut();
        let is_selected = |&number: &usize| plan.is_in(number, selection);
        if !plan.dependencies().is_empty() {
            *this.project().not_started = (0..plan.len()).filter(is_selected).collect();
            self.as_mut().start_unblocked(plan, waker);
        } else if selection == Select::All || !plan.has_deferred() {
            this.start(iter::once(0..plan.len()), plan, true, waker);
        } else {
            let selected = (0..plan.len()).filter(is_selected);
            this.start(selected.map(range_of), plan, true, waker);
        }
    }

    /// Polls the pending handlers and starts those that are no longer blocked, with the emission as the
    /// innermost one of this thread.
    pub(crate) fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        let Some((info, plan)) = self.info_and_plan() else {
            return Poll::Ready(());
        };
        let guard = EmitGuard::reenter(info, self.state);
        self.as_mut().poll_and_start(&plan, waker);
        match &guard {
            Some(guard) => self.suspend(guard),
            None => self.ready(),
        }
    }

    /// Polls the pending handlers and starts those that are no longer blocked.
    pub(super) fn poll_and_start(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        waker: &Waker,
    ) {
        let mut index = 0;
        while index < self.futures.len() {
            let number = self.futures.number(index);
            let mut this = self.as_mut().project();
            let _entered = this
                .spans
                .get()
                .into_iter()
                .flatten()
                .find(|(other, _)| *other == number)
                .and_then(|(_, span)| span.enter());
            match this.futures.as_mut().poll_at(index, waker) {
                Poll::Pending => index += 1,
                Poll::Ready(ended) => {
                    let subscriber = &plan.subscribers()[number];
                    this.result
                        .end(number, subscriber, ended, this.futures.call(), &plan.policy);
                }
            }
        }
        self.start_unblocked(plan, waker);
    }

    /// Starts the handlers that depend on no incomplete one, directly or through handlers that the run does
    /// not include, in running order: one that is complete at once unblocks those behind it.
    fn start_unblocked(mut self: Pin<&mut Self>, plan: &Arc<BackgroundPlan>, waker: &Waker) {
        let this = self.as_mut().project();
        if plan.dependencies().is_empty() && !this.not_started.is_empty() {
            let numbers = mem::take(this.not_started).into_iter().map(range_of);
            let check_filters = *this.check_filters;
            self.start(numbers, plan, check_filters, waker);
        } else if !this.not_started.is_empty() {
            self.start_in_order(plan, waker);
        }
    }

    #[cold]
    fn start_in_order(self: Pin<&mut Self>, plan: &Arc<BackgroundPlan>, waker: &Waker) {
        let Projected {
            futures,
            result,
            not_started,
            spans,
            check_filters,
            copy: cell,
            ..
        } = self.project();
        let mut is_incomplete = vec![false; plan.len()];
        for index in 0..futures.len() {
            is_incomplete[futures.number(index)] = true;
        }
        let mut is_to_start = vec![false; plan.len()];
        for number in mem::take(not_started) {
            is_to_start[number] = true;
        }
        let mut walk = plan.dependencies().walk(plan.len());
        futures.start(plan, waker, |event, call, plan, start| {
            let (Some(event), event_copy) = (event.erased(), event.as_copy()) else {
                return;
            };
            let copies = Copies { event_copy, cell };
            let mut starter =
                Starter::new(start, plan, event, copies, call, *check_filters, result);
            for number in 0..plan.len() {
                let is_blocked = walk.depends(number);
                if is_to_start[number] && is_blocked {
                    not_started.push(number);
                } else if is_to_start[number] {
                    let pending = starter.start.pending_count();
                    starter.start_all(range_of(number), spans);
                    is_incomplete[number] = starter.start.pending_count() > pending;
                }
                walk.set_incomplete(number, is_incomplete[number]);
            }
        });
    }

    /// Starts these handlers.
    #[inline]
    pub(super) fn start(
        self: Pin<&mut Self>,
        numbers: impl Iterator<Item = Range<usize>>,
        plan: &Arc<BackgroundPlan>,
        check_filters: bool,
        waker: &Waker,
    ) {
        let Projected {
            futures,
            result,
            spans,
            copy: cell,
            ..
        } = self.project();
        futures.start(plan, waker, |event, call, plan, start| {
            if let (Some(event), event_copy) = (event.erased(), event.as_copy()) {
                let copies = Copies { event_copy, cell };
                let mut starter =
                    Starter::new(start, plan, event, copies, call, check_filters, result);
                numbers.for_each(|numbers| starter.start_all(numbers, spans));
            }
        });
    }

    #[inline]
    fn suspend(self: Pin<&mut Self>, guard: &EmitGuard) -> Poll<()> {
        let ready = self.ready();
        self.store_state(guard);
        ready
    }

    /// Ready if no handler is pending or waits for another one.
    #[inline]
    pub(crate) fn ready(&self) -> Poll<()> {
        if self.futures.len() == 0 && self.not_started.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    pub(super) fn info_and_plan(&self) -> Option<(&'static EventInfo, Arc<BackgroundPlan>)> {
        self.futures.subject()?;
        let info = self.futures.call().info();
        Some((info, Arc::clone(self.futures.keep_alive()?)))
    }
}

fn range_of(number: usize) -> Range<usize> {
    number..number + 1
}
