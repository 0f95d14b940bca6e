//! What a background handler and its filters can request of the emit that they belong to. A *background
//! handler* is an async or a deferred one: it runs after the sync handlers of the event.

use crate::{
    context::{Emission, EmissionSource, current_emission},
    metadata::{EventInfo, Origin},
};

/// The origin of an emit, for the filters of a handler.
#[doc(hidden)]
#[derive(Debug)]
pub struct EmitOrigin<'s>(Option<&'s Origin>);

impl<'s> EmitOrigin<'s> {
    #[inline]
    pub(crate) fn new(origin: Option<&'s Origin>) -> Self {
        Self(origin)
    }

    /// Whether the event was emitted with this origin.
    #[inline]
    #[must_use]
    pub fn is_from(&self, origin: &Origin) -> bool {
        self.0 == Some(origin)
    }
}

/// The emit that a background handler belongs to: its event type and its origin.
#[doc(hidden)]
#[derive(Debug)]
pub struct BackgroundCall {
    info: &'static EventInfo,
    origin: Option<Origin>,
}

impl BackgroundCall {
    #[inline]
    pub(crate) fn new(info: &'static EventInfo, origin: Option<Origin>) -> Self {
        Self { info, origin }
    }

    pub(crate) fn info(&self) -> &'static EventInfo {
        self.info
    }

    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl EmissionSource for BackgroundCall {
    fn emission(&self) -> Emission {
        current_emission(self.info.topic().into(), self.origin.clone())
    }
}
