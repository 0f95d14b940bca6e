//! The deferred handlers that an async emission queues at its end: when the async ones are complete, or when it is dropped.

use std::{pin::Pin, sync::Arc};

use super::emission::AsyncEmission;
use crate::{
    background::{BackgroundPlan, Select, UnfinishedHandlers},
    context::{CatchSpan, EmitGuard, log, refuse_for},
    emit::defer::defer,
    event::Event,
    handler::ErasedEventRef,
    result::{FailedCheck, FailureList, Recording},
};

impl<E: Event> AsyncEmission<E> {
    /// The emission is dropped before its end. The futures of its handlers and of its middleware are dropped where they were
    /// polled: what their destructors emit belongs to the registry and to the unit of work of the emission.
    #[inline(never)]
    pub(super) fn end_incomplete(mut self: Pin<&mut Self>) {
        let _entered = self.enter();
        if self.background_run.ready().is_pending() || self.deferred_last().is_some() {
            self.as_mut().cut_off();
        }
        if !self.failures.is_none() || self.background_run.is_uncommon() {
            self.as_mut().log_failures(true);
        }
        let wrapped = self.project().rare.get_mut();
        drop(wrapped.and_then(|rare| rare.wrapped.take()));
    }

    /// The background plan, if deferred handlers of it are not queued yet.
    fn deferred_last(&self) -> Option<&Arc<BackgroundPlan>> {
        self.rare.get()?.deferred_last.as_ref()
    }

    /// Drops the pending handlers, queues the deferred ones that depend on none of
    /// them, and logs the others.
    #[cold]
    #[inline(never)]
    pub(super) fn cut_off(mut self: Pin<&mut Self>) {
        let mut unfinished = UnfinishedHandlers::default();
        if log::records_cut_off() {
            unfinished = self.background_run.unfinished();
            let last = self.deferred_last().into_iter();
            let not_reached = last.flat_map(|plan| plan.selected(Select::DeferredAfterAsync));
            unfinished.subscribers.extend(not_reached.cloned());
        }
        // Before a deferred handler, which runs here if the queue is full: it could wait for what they hold.
        self.as_mut().project().background_run.clear();
        if self.deferred_last().is_some() {
            self.as_mut().defer_last(Select::DeferredWhenDropped, None);
        }
        let (cut_off, not_reached) = unfinished.split();
        if !cut_off.is_empty() {
            let _entered = self.span.get().and_then(CatchSpan::enter);
            log::cut_off(self.topic(), cut_off, not_reached);
        }
    }

    /// A middleware has dropped the rest of the emission: drops the pending handlers as a drop of the emission does, and
    /// keeps the event.
    #[cold]
    #[inline(never)]
    pub(super) fn cut_off_by_middleware(mut self: Pin<&mut Self>, recording: Option<&Recording>) {
        let mut unfinished = self.background_run.unfinished();
        let last = self.deferred_last().into_iter();
        let not_reached = last.flat_map(|plan| plan.selected(Select::DeferredAfterAsync));
        unfinished.subscribers.extend(not_reached.cloned());
        let (of_chain, refused) = self.as_mut().project().background_run.abandon();
        let stats = self.as_mut().project().stats;
        stats.ran += of_chain.ran;
        stats.rare |= of_chain.rare;
        if self.deferred_last().is_some() {
            let select = Select::DeferredWhenDropped;
            self.as_mut().defer_last(select, recording);
        }
        if let Some(recording) = recording {
            recording.change(|outcomes| {
                for subscriber in &unfinished.subscribers {
                    outcomes.add_cut_off(Arc::clone(subscriber));
                }
            });
        }
        if E::__FAILS_CLOSED
            && let Some(event) = self.as_mut().project().background_run.event_mut()
        {
            let subscribers = unfinished.subscribers.iter();
            refuse_for(event, refused);
            refuse_for(event, subscribers.filter_map(FailedCheck::of_cut_off));
        }
        let (cut_off, not_reached) = unfinished.split();
        log::cut_off_by_middleware(self.topic(), cut_off, not_reached);
    }

    /// Queues deferred handlers that are not queued yet, once the async ones are complete or dropped.
    #[cold]
    pub(super) fn defer_last(self: Pin<&mut Self>, select: Select, recording: Option<&Recording>) {
        let this = self.project();
        let rare = this.rare.get_mut();
        let Some(background) = rare.and_then(|rare| rare.deferred_last.take()) else {
            return;
        };
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let background_run = this.background_run;
        let Some(event) = background_run.event().and_then(|event| event.__owned()) else {
            return;
        };
        let emit_context = this
            .registry
            .core()
            .emit_context::<E::Family>(background_run.origin(), background_run.site());
        let _guard = EmitGuard::reenter(E::info(), background_run.state());
        let recording = FailureList::recording(recording);
        let mut failed = Vec::new();
        let mut fail = |failure| {
            if E::__FAILS_CLOSED {
                failed.extend(FailedCheck::of(&failure));
            }
            this.failures.get_or_insert_default().push(failure);
        };
        let deferral = defer(
            &background,
            ErasedEventRef::of(event),
            emit_context,
            select,
            recording.if_recorded(),
            &mut fail,
        );
        deferral.add_to(this.stats);
        if E::__FAILS_CLOSED
            && let Some(event) = background_run.event_mut()
        {
            refuse_for(event, failed);
        }
    }
}
