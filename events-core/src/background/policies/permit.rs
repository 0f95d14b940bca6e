//! A permit of a handler's semaphore, and the future that waits for one.

use std::{future::poll_fn, ptr, sync::Arc};

use super::fair_semaphore::{FairSemaphore, KeyHash, Ticket, WouldNeverEnd};
use crate::{
    context::{emission_id, is_inside_call},
    handler::BackgroundCall,
    metadata::EmissionId,
};

/// A permit; dropping it releases it.
#[derive(Debug)]
pub(super) struct Permit {
    semaphore: Arc<FairSemaphore<EmissionId>>,
    holder: EmissionId,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.semaphore.release(self.holder);
    }
}

/// Identifies the handler while a call of it is in progress.
pub(super) fn address(semaphore: &FairSemaphore<EmissionId>) -> *const () {
    ptr::from_ref(semaphore).cast()
}

/// Waits for a permit. Meanwhile the call counts as waiting.
pub(super) async fn acquire(
    semaphore: &Arc<FairSemaphore<EmissionId>>,
    key: Option<KeyHash>,
    call: &BackgroundCall,
) -> Result<Permit, WouldNeverEnd> {
    let mut waiting = WaitingCall {
        semaphore,
        ticket: Ticket::default(),
    };
    let mut counted = None;
    poll_fn(|context| {
        let holder = emission_id();
        let is_inside = |holder| is_inside_call(address(semaphore), holder);
        let ticket = &mut waiting.ticket;
        let polled = semaphore.poll_acquire(ticket, key, holder, is_inside, context.waker());
        if polled.is_pending() {
            counted.get_or_insert_with(|| call.wait_for_permit());
        } else {
            counted = None;
        }
        polled.map_ok(|()| Permit {
            semaphore: Arc::clone(semaphore),
            holder,
        })
    })
    .await
}

/// A call that waits for a permit; dropping it gives that up.
struct WaitingCall<'s> {
    semaphore: &'s FairSemaphore<EmissionId>,
    ticket: Ticket,
}

impl Drop for WaitingCall<'_> {
    fn drop(&mut self) {
        self.semaphore.give_up(&mut self.ticket);
    }
}
