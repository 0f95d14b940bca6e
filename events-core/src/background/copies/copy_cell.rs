//! The copy of an event that the handlers of one background run share.

use crate::{
    context::panic_hook::catch_panic,
    event::{AnyEvent, EventCopy},
    handler::{ErasedEventRef, ViewFn},
    metadata::Origin,
    primitives::{CatchDrop, OptionBox},
    result::{Cause, Undelivered},
};

/// The copy, once a handler has requested it.
pub(crate) struct CopyCell(OptionBox<CopyState>);

enum CopyState {
    Copied(CatchDrop<EventCopy>),
    /// `Clone` has panicked, so it is not called again.
    Panicked,
}

impl CopyCell {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(OptionBox::NONE)
    }

    /// The copy, which the first call makes, or why there is none.
    fn get_or_copy(
        &mut self,
        event: ErasedEventRef<'_>,
        origin: Option<&Origin>,
        view: ViewFn,
    ) -> Result<EventCopy, Cause> {
        match self.0.get() {
            Some(CopyState::Copied(copy)) => return Ok((**copy).clone()),
            Some(CopyState::Panicked) => return Err(Cause::Undelivered(Undelivered::NotCopied)),
            None => {}
        }
        let copied = copy_event(event, origin, view);
        let state = match &copied {
            Ok(copy) => CopyState::Copied(CatchDrop::new(copy.clone())),
            Err(Cause::Panic(_)) => CopyState::Panicked,
            Err(_) => return copied,
        };
        self.0 = OptionBox::from(state);
        copied
    }
}

/// Where the copy for the handlers of a run comes from.
pub(crate) struct Copies<'a, 's> {
    /// The event of the run, if that is a copy already.
    pub(crate) event_copy: Option<&'s EventCopy>,
    /// The copy that the run has made, once a handler has requested it.
    pub(crate) cell: &'a mut CopyCell,
}

impl Copies<'_, '_> {
    /// Calls `f` with the event as an event of any type. False without a `view`.
    pub(crate) fn show(
        &self,
        event: ErasedEventRef<'_>,
        origin: Option<&Origin>,
        view: Option<ViewFn>,
        mut f: impl FnMut(&dyn AnyEvent) -> bool,
    ) -> bool {
        if let Some(copy) = self.event_copy {
            return f(copy);
        }
        let mut result = false;
        if let Some(view) = view {
            view(event, origin, &mut |event| result = f(event));
        }
        result
    }

    /// The copy, or why there is none.
    pub(crate) fn copy(
        &mut self,
        event: ErasedEventRef<'_>,
        origin: Option<&Origin>,
        view: ViewFn,
    ) -> Result<EventCopy, Cause> {
        match self.event_copy {
            Some(copy) => Ok(copy.clone()),
            None => self.cell.get_or_copy(event, origin, view),
        }
    }
}

/// A copy of the event, or why there is none. `Clone` is user code and may panic.
pub(crate) fn copy_event(
    event: ErasedEventRef<'_>,
    origin: Option<&Origin>,
    view: ViewFn,
) -> Result<EventCopy, Cause> {
    let mut copied = None;
    let copying = catch_panic(|| view(event, origin, &mut |event| copied = Some(copy_of(event))));
    copying.map_err(Cause::Panic)?;
    copied.unwrap_or(Err(Cause::Undelivered(Undelivered::NotCopied)))
}

fn copy_of(event: &dyn AnyEvent) -> Result<EventCopy, Cause> {
    EventCopy::try_of(event).map_err(Cause::NoCopy)
}
