//! The emission in which a subscriber failed. The folders above, which know it, pass it to [`Failure`].
//!
//! [`Failure`]: super::failure::Failure

use std::{borrow::Cow, panic};

use crate::metadata::{EmissionId, Origin};

/// What a failure has of its emission.
#[derive(Clone)]
pub(crate) struct FailedEmission {
    pub(crate) topic: Cow<'static, str>,
    pub(crate) origin: Option<Origin>,
    /// `None` if the failure is outside of an emission.
    pub(crate) id: Option<EmissionId>,
    pub(crate) parent: Option<EmissionId>,
    /// Where the event was emitted, if that is known.
    pub(crate) site: Option<&'static panic::Location<'static>>,
    /// From 1 on.
    pub(crate) attempt: u32,
    /// Whether no further attempt follows.
    pub(crate) is_final: bool,
}

impl FailedEmission {
    /// The first attempt in that emission, and the only one.
    #[inline]
    pub(crate) fn new(
        topic: Cow<'static, str>,
        origin: Option<Origin>,
        id: Option<EmissionId>,
        parent: Option<EmissionId>,
        site: Option<&'static panic::Location<'static>>,
    ) -> Self {
        Self {
            topic,
            origin,
            id,
            parent,
            site,
            attempt: 1,
            is_final: true,
        }
    }

    /// The same for that attempt.
    pub(crate) fn of_attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    /// The same, with another attempt after it.
    pub(crate) fn with_next(self) -> Self {
        Self {
            is_final: false,
            ..self
        }
    }
}
