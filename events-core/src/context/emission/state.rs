//! What is stored of an emission beside its id: where and when it was emitted.

use std::{
    num::NonZeroU64,
    panic, ptr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::metadata::EmissionId;

/// Where an event is emitted in the source.
pub(crate) type CallSite = &'static panic::Location<'static>;

/// The site of an event whose site is not known.
pub(crate) static UNKNOWN_SITE: CallSite = panic::Location::caller();

/// A time as the number of nanoseconds since 1970, which takes less space than a `SystemTime`.
#[derive(Clone, Copy)]
pub(crate) struct EmitTime(NonZeroU64);

impl EmitTime {
    pub(crate) fn now() -> Self {
        let time = SystemTime::now().duration_since(UNIX_EPOCH);
        let nanos = time.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        Self(NonZeroU64::new(nanos).unwrap_or(NonZeroU64::MIN))
    }

    pub(super) fn get(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.0.get())
    }
}

/// What is stored of an emission that is suspended.
#[derive(Clone, Copy)]
pub(crate) struct EmissionState {
    /// `None` if no id has been created.
    pub(crate) id: Option<EmissionId>,
    pub(crate) site: CallSite,
    /// The time, if it has been taken.
    pub(crate) time: Option<EmitTime>,
}

impl EmissionState {
    /// The same with an id, if it has a time, which is stored beside it.
    pub(crate) fn with_id(mut self) -> Self {
        if self.time.is_some() {
            self.id = Some(self.id.unwrap_or_else(EmissionId::new));
        }
        self
    }

    /// The state of an emission that has not begun.
    pub(crate) const fn new(site: CallSite) -> Self {
        Self {
            id: None,
            site,
            time: None,
        }
    }

    /// Where the event was emitted, if that is known.
    pub(in crate::context) fn known_site(&self) -> Option<CallSite> {
        known(self.site)
    }
}

/// The site, if it is known.
pub(super) fn known(site: CallSite) -> Option<CallSite> {
    (!ptr::eq(site, UNKNOWN_SITE)).then_some(site)
}
