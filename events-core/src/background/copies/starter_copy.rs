//! The event as an event of any type, or its copy, for the handler that a [`Starter`] starts.

use crate::{
    background::background_plan::Starter,
    event::{AnyEvent, EventCopy},
};

impl Starter<'_, '_> {
    /// Calls `f` with the event as an event of any type. False if the plan has no handlers of such events.
    pub(super) fn show(&self, f: impl FnMut(&dyn AnyEvent) -> bool) -> bool {
        let origin = self.call().origin();
        self.copies.show(self.event, origin, self.plan.view(), f)
    }

    /// The copy of the event for the current handler. If there is none, that is recorded as a failure of it.
    pub(super) fn copy(&mut self) -> Option<EventCopy> {
        let origin = self.call().origin();
        let copied = self.copies.copy(self.event, origin, self.plan.view()?);
        copied.map_err(|cause| self.fail(cause)).ok()
    }
}
