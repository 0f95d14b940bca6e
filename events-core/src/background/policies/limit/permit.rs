//! A permit of a handler's semaphore, and the future that waits for one.

use std::{
    future::poll_fn,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
};

use super::fair_semaphore::{FairSemaphore, KeyHash, Ticket, WouldNeverEnd};
use crate::{
    context::{calls_around, emission_id},
    handler::{AwaitedPermit, BackgroundCall},
    metadata::EmissionId,
};

/// A permit; dropping it releases it.
#[derive(Debug)]
pub(in crate::background::policies) struct Permit {
    semaphore: Arc<FairSemaphore<EmissionId>>,
    holder: EmissionId,
}

impl Permit {
    /// Whether a failed call keeps it until it is made again.
    pub(in crate::background::policies) fn set_kept(&self, is_kept: bool) {
        self.semaphore.set_kept(self.holder, is_kept);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.semaphore.release(self.holder);
    }
}

/// Identifies the handler while a call of it is in progress.
pub(in crate::background::policies) fn address(semaphore: &FairSemaphore<EmissionId>) -> *const () {
    ptr::from_ref(semaphore).cast()
}

/// Why a call does not wait for a permit.
pub(in crate::background::policies) enum Refused {
    WouldNeverEnd(WouldNeverEnd),
    /// As many events wait for one as the queue may hold.
    BacklogFull {
        capacity: usize,
    },
}

/// Waits for a permit. Meanwhile the call counts as waiting, and an event of the queue belongs to the backlog. An event that
/// was enqueued does not wait if the backlog is full; that of an emit is refused before it is queued, or waits.
pub(in crate::background::policies) async fn acquire(
    semaphore: &Arc<FairSemaphore<EmissionId>>,
    key: Option<KeyHash>,
    call: &BackgroundCall,
) -> Result<Permit, Refused> {
    let mut waiting = WaitingCall {
        semaphore,
        ticket: Ticket::default(),
    };
    let mut awaited = None;
    poll_fn(|context| {
        let holder = emission_id();
        let inside = || calls_around(address(semaphore));
        let ticket = &mut waiting.ticket;
        let polled = semaphore.poll_acquire(ticket, key, holder, inside, context.waker());
        if polled.is_pending() {
            let capacity = call.backlog_limit();
            if awaited.is_none() && semaphore.backlog() >= capacity {
                return Poll::Ready(Err(Refused::BacklogFull { capacity }));
            }
            let (place, _) = awaited.get_or_insert_with(|| {
                let place = Arc::new(Place::of(semaphore));
                let waits = call.wait_for_permit(|| {
                    place.join_backlog();
                    Arc::clone(&place) as _
                });
                (place, waits)
            });
            place.ticket.store(ticket.number(), Ordering::Relaxed);
        } else {
            awaited = None;
        }
        let permit = |()| Permit {
            semaphore: Arc::clone(semaphore),
            holder,
        };
        polled.map(|acquired| acquired.map(permit).map_err(Refused::WouldNeverEnd))
    })
    .await
}

/// The place of a waiting call, for what is to know when it will be called.
#[derive(Debug)]
struct Place {
    semaphore: Arc<FairSemaphore<EmissionId>>,
    ticket: AtomicU64,
    /// Whether it is that of an event of the queue, which belongs to the backlog.
    is_in_backlog: AtomicBool,
}

impl Place {
    fn of(semaphore: &Arc<FairSemaphore<EmissionId>>) -> Self {
        Self {
            semaphore: Arc::clone(semaphore),
            ticket: AtomicU64::new(0),
            is_in_backlog: AtomicBool::new(false),
        }
    }

    fn join_backlog(&self) {
        if !self.is_in_backlog.swap(true, Ordering::Relaxed) {
            self.semaphore.add_to_backlog();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if *self.is_in_backlog.get_mut() {
            self.semaphore.remove_from_backlog();
        }
    }
}

impl AwaitedPermit for Place {
    fn is_kept(&self, held_up: &[EmissionId]) -> bool {
        let ticket = self.ticket.load(Ordering::Relaxed);
        self.semaphore.waits_for_kept(ticket, held_up)
    }
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
