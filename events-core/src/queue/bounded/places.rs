//! Places that are reserved in a bounded queue for items that are pushed later.

use super::{
    bounded_queue::BoundedQueue,
    sides::{PushError, PushErrorKind},
};
use crate::context::EventChain;

impl<V: Copy> BoundedQueue<V> {
    /// Reserves the place of one item, which takes part of the capacity until it is [freed](Self::free_place) or
    /// [used](Self::push_reserved).
    pub(crate) fn reserve_place(&self, from_job: bool) -> Result<(), PushError<()>> {
        let mut inbox = self.inbox();
        if let Some(kind) = inbox.rejection(from_job) {
            return Err(inbox.push_error((), kind));
        }
        inbox.count_reserved(1);
        Ok(())
    }

    /// Frees a place that was reserved.
    pub(crate) fn free_place(&self) {
        self.inbox().count_reserved(-1);
    }

    /// As [`push`](Self::push), into a place that was reserved: only a queue that does not accept items any more rejects it.
    /// The place is free then.
    pub(crate) fn push_reserved<T>(
        &self,
        vtable: V,
        item: T,
        from_job: Option<EventChain>,
    ) -> Result<(), PushError<T>>
    where
        T: Send + 'static,
    {
        let mut inbox = self.inbox();
        inbox.count_reserved(-1);
        if let Some(kind @ PushErrorKind::ShutDown) = inbox.rejection(from_job.is_some()) {
            return Err(inbox.push_error(item, kind));
        }
        self.append(inbox, vtable, item, from_job);
        Ok(())
    }
}
