//! A run-time subscription's handler of events of any type: it listens until the subscription is
//! dropped.

use std::sync::atomic::{AtomicBool, Ordering};

use super::subscription::{Door, Leave};
use crate::{
    declared::Once,
    event::AnyEvent,
    handler::{OnAny, Run, Step, TopicHandler},
    metadata::Origin,
};

/// A condition on an event of any type.
pub(crate) type WhenAny = Box<dyn Fn(&dyn AnyEvent) -> bool + Send + Sync>;

/// A run-time subscription's handler, with its filters.
pub(crate) struct HearingAny<H, M> {
    pub(crate) handler: H,
    pub(crate) origin: Option<Origin>,
    pub(crate) when: Option<WhenAny>,
    pub(crate) once: Option<(Once, Leave)>,
    pub(crate) closed: AtomicBool,
    pub(crate) marker: std::marker::PhantomData<fn() -> M>,
}

impl<M: 'static, H: TopicHandler<M>> OnAny for HearingAny<H, M> {
    fn hear(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
        let passes = !self.closed.load(Ordering::Acquire)
            && self
                .origin
                .as_ref()
                .is_none_or(|origin| run.is_from(origin))
            && self.when.as_ref().is_none_or(|when| when(event))
            && self.once.as_ref().is_none_or(|(once, _)| once.claim());
        if !passes {
            return Step::Skipped;
        }
        if let Some((_, leave)) = &self.once {
            leave.run();
        }
        self.handler.call(event, run)
    }
}

impl<M: 'static, H: Send + Sync> Door for HearingAny<H, M> {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}
