//! A set of futures of different types that borrow one subject, here an event, and are polled in place. Most handlers are
//! ready at the first poll, and a box for each would be most of the cost. So a future is constructed in an inline buffer,
//! which is part of the set, and polled there. If it is ready, its bytes are used again for the next future. If it is
//! pending, it stays where it is. A future for which the buffer has no space left is boxed.
//!
//! # Why there is `unsafe` here, and why it is sound
//!
//! The futures borrow the subject in the same set, the call (the emit that the subject belongs to), and a value of type
//! `K` in an `Arc` (here the background plan with the handlers). No safe type can express that, and the futures' types
//! are erased. Five invariants, all of them kept by this file alone:
//!
//! 1. *Pinning.* From the first future on the set is pinned: [`FutureSet::start`] takes it by `Pin`, and it is not
//!    `Unpin`. So the subject, the call and the futures in the buffer do not move before they are dropped, and a future
//!    is dropped before its memory is used again. Not being `Unpin`, `&mut` to the set does not assert exclusive access
//!    to what futures borrow in it, as with any self-referential future; the buffer is accessed by pointers out of its
//!    `UnsafeCell` only.
//! 2. *Subject.* While a future lives, the subject is borrowed by shared reference only: [`take`](FutureSet::take)
//!    drops the futures first, and [`subject_mut`](FutureSet::subject_mut) returns `None` while there are some. The
//!    call is never borrowed otherwise. The lifetime `'s` with which a future is constructed is chosen by no caller:
//!    the function that is passed to `start` must be valid for every `'s`, and [`Start`] is invariant in it. So a
//!    future borrows only the subject, the call and the `K` of its own set, and data that outlives the set.
//!    The *exclusive* variant: [`FutureSet::start_exclusive`] starts only when there is no future, and lends the
//!    subject exclusively, once. While a future that it started lives, nothing else borrows the subject, not even by
//!    shared reference: it is in an `UnsafeCell`, and `subject`, `start` and `subject_mut` return `None`.
//! 3. *Keep-alive.* The first pending future makes the set keep a clone of the `Arc`, unless it has one. The
//!    set drops it after all futures, and before that [`start`](FutureSet::start) accepts no other `Arc`. A future that
//!    is ready at once is dropped before the caller's borrow of the `Arc` ends.
//! 4. *Type.* A [`PendingFuture`] is made in [`Start::run_at`] for one future; its functions are those of that future's
//!    type, and its storage is where that future was written.
//! 5. *Buffer.* `used` is at or behind the end of each pending future in the buffer, and nothing is written before it.

#![expect(
    unsafe_code,
    reason = "with a box for each, four ready handlers take 0.7 of `join_all`, and the limit is 0.5: BENCHMARKS.md"
)]

use std::{
    cell::UnsafeCell,
    future::Future,
    marker::{PhantomData, PhantomPinned},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    ptr,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use super::{
    background_result::{FirstPoll, StepFuture},
    inline_buffer::{INLINE_BYTES, InlineBuffer, Storage},
};
use crate::{
    context::OwnsHandlers,
    handler::{BackgroundCall, Step},
    primitives::{catch_drop, clear_catching},
};

/// A subject, its call, and futures that borrow both and a `K`.
pub(super) struct FutureSet<S, K> {
    subject: UnsafeCell<Option<S>>,
    call: BackgroundCall,
    keep_alive: Option<Arc<K>>,
    pending: Vec<PendingFuture>,
    /// Whether [`start_exclusive`](Self::start_exclusive) started the pending futures.
    is_exclusive: bool,
    used: usize,
    inline: InlineBuffer,
    _pinned: PhantomPinned,
}

/// A future that was polled and is not ready, with its type erased.
struct PendingFuture {
    /// The number that identifies it to the caller.
    number: usize,
    storage: Storage,
    poll: unsafe fn(*mut (), &mut Context<'_>) -> Poll<Step>,
    drop: unsafe fn(*mut (), Storage),
}

/// Constructs futures in a set. They may borrow for `'s` what [`FutureSet::start`] passes on.
pub(crate) struct Start<'a, 's, K> {
    pending: &'a mut Vec<PendingFuture>,
    used: &'a mut usize,
    /// The set's, which is `None` until there is a pending future.
    keep_alive: &'a mut Option<Arc<K>>,
    /// The caller's.
    shared: &'a Arc<K>,
    inline: *mut u8,
    waker: &'a Waker,
    scope: PhantomData<fn(&'s ()) -> &'s ()>,
}

// SAFETY: `Start::run` accepts `Send` futures only, and there are no others; one that borrows the subject or the `K` by
// shared reference is `Send` only if these are `Sync`. The pointers in `pending` and in the buffer belong to these
// futures. The subject is `Send`, the call is always, and so is an `Arc<K>` of a `Send + Sync` `K`.
unsafe impl<S: Send, K: Send + Sync> Send for FutureSet<S, K> {}
// SAFETY: through a shared reference only the subject, the call, the `Arc<K>` and numbers can be reached,
// which are `Sync`, and no future.
unsafe impl<S: Sync, K: Send + Sync> Sync for FutureSet<S, K> {}

impl<S, K> FutureSet<S, K> {
    #[inline]
    pub(crate) const fn new(subject: S, call: BackgroundCall, keep_alive: Option<Arc<K>>) -> Self {
        Self {
            subject: UnsafeCell::new(Some(subject)),
            call,
            keep_alive,
            pending: Vec::new(),
            is_exclusive: false,
            used: 0,
            inline: InlineBuffer::new(),
            _pinned: PhantomPinned,
        }
    }

    /// The subject, until it is taken; `None` while futures borrow it exclusively.
    #[inline]
    pub(super) fn subject(&self) -> Option<&S> {
        // SAFETY: no future borrows the subject exclusively (invariant 2).
        (!self.is_borrowed()).then(|| unsafe { (*self.subject.get()).as_ref() })?
    }

    /// Whether pending futures borrow the subject exclusively.
    #[inline]
    pub(super) fn is_borrowed(&self) -> bool {
        self.is_exclusive && !self.pending.is_empty()
    }

    #[inline]
    pub(crate) fn call(&self) -> &BackgroundCall {
        &self.call
    }

    pub(super) fn keep_alive(&self) -> Option<&Arc<K>> {
        self.keep_alive.as_ref()
    }

    /// Exclusive access to the subject; `None` while there are futures, and once it is taken.
    #[inline]
    pub(super) fn subject_mut(self: Pin<&mut Self>) -> Option<&mut S> {
        // SAFETY: nothing is moved here. The caller may move the subject if there is no future (invariant 2).
        let this = unsafe { self.get_unchecked_mut() };
        (this.pending.is_empty()).then(|| this.subject.get_mut().as_mut())?
    }

    /// Drops the futures, and returns the subject.
    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<S> {
        // SAFETY: the futures are dropped in place; after that the subject may be moved (invariant 2).
        let this = unsafe { self.get_unchecked_mut() };
        this.cancel();
        this.subject.get_mut().take()
    }

    /// Drops the futures.
    pub(super) fn clear(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved: the futures are dropped in place (invariant 1).
        unsafe { self.get_unchecked_mut() }.cancel();
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The number of that pending future.
    pub(crate) fn number(&self, index: usize) -> usize {
        self.pending[index].number
    }

    /// Calls `begin` with the subject, the call, the `K`, and a [`Start`] for futures that borrow these.
    /// `None` if the subject has been taken or is borrowed exclusively, or if the set keeps another `K` alive.
    #[inline]
    pub(crate) fn start<R>(
        self: Pin<&mut Self>,
        shared: &Arc<K>,
        waker: &Waker,
        begin: impl for<'s> FnOnce(&'s S, &'s BackgroundCall, &'s K, Start<'_, 's, K>) -> R,
    ) -> Option<R> {
        self.start_any(false, shared, waker, |subject, call, shared, start| {
            // SAFETY: no future borrows the subject exclusively (invariant 2).
            let subject = unsafe { (*subject.get()).as_ref() }?;
            Some(begin(subject, call, shared, start))
        })
    }

    /// As [`start`](Self::start), with futures that borrow the subject exclusively. `None` also while there are
    /// other futures.
    pub(super) fn start_exclusive<R>(
        self: Pin<&mut Self>,
        shared: &Arc<K>,
        waker: &Waker,
        begin: impl for<'s> FnOnce(&'s mut S, &'s BackgroundCall, &'s K, Start<'_, 's, K>) -> R,
    ) -> Option<R> {
        self.start_any(true, shared, waker, |subject, call, shared, start| {
            // SAFETY: there is no future, and while there is one nothing else accesses the subject (invariant 2).
            let subject = unsafe { (*subject.get()).as_mut() }?;
            Some(begin(subject, call, shared, start))
        })
    }

    #[inline(always)]
    fn start_any<R>(
        self: Pin<&mut Self>,
        is_exclusive: bool,
        shared: &Arc<K>,
        waker: &Waker,
        begin: impl for<'s> FnOnce(
            &'s UnsafeCell<Option<S>>,
            &'s BackgroundCall,
            &'s K,
            Start<'_, 's, K>,
        ) -> Option<R>,
    ) -> Option<R> {
        // SAFETY: nothing is moved: a future is written where no other is (invariant 5).
        let this = unsafe { self.get_unchecked_mut() };
        let is_other = |other: &Arc<K>| !Arc::ptr_eq(other, shared);
        let excludes = !this.pending.is_empty() && (is_exclusive || this.is_exclusive);
        if excludes || this.keep_alive.as_ref().is_some_and(is_other) {
            return None;
        }
        this.is_exclusive = is_exclusive;
        let start = Start {
            pending: &mut this.pending,
            used: &mut this.used,
            keep_alive: &mut this.keep_alive,
            shared,
            inline: this.inline.start(),
            waker,
            scope: PhantomData,
        };
        begin(&this.subject, &this.call, shared, start)
    }

    /// Polls the pending future at this index. If it is ready or panics it is removed.
    pub(super) fn poll_at(
        self: Pin<&mut Self>,
        index: usize,
        waker: &Waker,
    ) -> Poll<thread::Result<Step>> {
        // SAFETY: nothing is moved: the future is polled where it is (invariant 1).
        let this = unsafe { self.get_unchecked_mut() };
        let PendingFuture { storage, poll, .. } = this.pending[index];
        let future = storage.at(this.inline.start());
        // SAFETY: by invariant 4 `future` is of the type that `poll` is for; it is pinned by invariant 1,
        // and `this` is exclusive.
        let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
            poll(future, &mut Context::from_waker(waker))
        }));
        let polled = polled.map_or_else(|panic| Poll::Ready(Err(panic)), |ended| ended.map(Ok));
        if polled.is_ready() {
            this.pending.remove(index).discard(this.inline.start());
            if this.pending.is_empty() {
                this.used = 0;
            }
        }
        polled
    }

    #[inline]
    fn cancel(&mut self) {
        if !self.pending.is_empty() {
            self.cancel_pending();
        }
    }

    #[cold]
    #[inline(never)]
    fn cancel_pending(&mut self) {
        for pending in self.pending.drain(..) {
            pending.discard(self.inline.start());
        }
        self.used = 0;
    }
}

impl<S, K> Drop for FutureSet<S, K> {
    fn drop(&mut self) {
        self.cancel(); // drops the futures before the fields, which they borrow
        if self.subject.get_mut().is_some() {
            let _owner = OwnsHandlers::enter(); // The `K` owns handlers, for which a `stop` in here must not wait.
            clear_catching(self.subject.get_mut());
        }
    }
}

impl PendingFuture {
    /// Drops the future; a panic in its `Drop` is caught.
    fn discard(self, inline: *mut u8) {
        let future = self.storage.at(inline);
        // SAFETY: by invariant 4 `future` is of the type that `drop` is for. It is not used again: `self` is consumed.
        catch_drop::<dyn Future<Output = Step>>(|| unsafe { (self.drop)(future, self.storage) });
    }
}

impl<'s, K> Start<'_, 's, K> {
    pub(super) fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// Sets the number of the pending future that was added last.
    pub(super) fn set_last_number(&mut self, number: usize) {
        if let Some(last) = self.pending.last_mut() {
            last.number = number;
        }
    }

    /// Constructs a future and polls it for the first time. It is dropped if it is ready or panics, else pending.
    ///
    /// It is constructed in place: a copy would load it with wider loads than the stores which just wrote its fields, so store
    /// forwarding would fail.
    #[inline]
    pub(crate) fn run<F: StepFuture + 's>(&mut self, make: impl FnOnce() -> F) -> FirstPoll {
        let offset = self.used.next_multiple_of(align_of::<F>());
        let end = offset + size_of::<F>();
        if align_of::<F>() > align_of::<InlineBuffer>() || end > INLINE_BYTES {
            return self.run_boxed(make);
        }
        let at: *mut F = self.inline.wrapping_add(offset).cast();
        // SAFETY: `at` is aligned for an `F`, and an `F` fits in, as checked above; no future is there (invariant 5).
        unsafe { at.write(make()) };
        self.run_at(at, Storage::InlineBuffer(offset), end)
    }

    #[cold]
    #[inline(never)]
    fn run_boxed<F: StepFuture + 's>(&mut self, make: impl FnOnce() -> F) -> FirstPoll {
        let at = Box::into_raw(Box::new(make()));
        self.run_at(at, Storage::Boxed(at.cast()), *self.used)
    }

    /// Polls the future that was just written to `at`. If it is pending, `used` bytes of the buffer are.
    #[inline(always)]
    fn run_at<F: StepFuture + 's>(
        &mut self,
        at: *mut F,
        storage: Storage,
        used: usize,
    ) -> FirstPoll {
        // SAFETY: there is an `F`, which nothing else accesses, and which stays there until it is dropped
        // (invariant 1, or in its box).
        let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
            Pin::new_unchecked(&mut *at).poll(&mut Context::from_waker(self.waker))
        }));
        let ended = match polled {
            Ok(Poll::Pending) => {
                self.add_pending(
                    PendingFuture {
                        number: 0,
                        storage,
                        poll: poll::<F>,
                        drop: discard::<F>,
                    },
                    used,
                );
                return FirstPoll::Pending;
            }
            Ok(Poll::Ready(Step::Done)) => FirstPoll::Done,
            Ok(Poll::Ready(Step::Skipped)) => FirstPoll::Skipped,
            Ok(Poll::Ready(step)) => FirstPoll::Ended(Box::new(Ok(step))),
            Err(payload) => FirstPoll::Ended(Box::new(Err(payload))),
        };
        // SAFETY: there is an `F`, as above, and it is not used again.
        catch_drop::<F>(|| unsafe { discard::<F>(at.cast(), storage) });
        ended
    }

    #[cold]
    fn add_pending(&mut self, future: PendingFuture, used: usize) {
        self.keep_alive(); // invariant 3
        self.pending.push(future);
        *self.used = used;
    }

    /// Makes the set keep the `K`.
    pub(super) fn keep_alive(&mut self) {
        let keep = || Arc::clone(self.shared);
        self.keep_alive.get_or_insert_with(keep);
    }
}

/// # Safety
/// `future` points to a pinned `F`, to which the caller has exclusive access.
unsafe fn poll<F: StepFuture>(future: *mut (), context: &mut Context<'_>) -> Poll<Step> {
    // SAFETY: the caller ensures it.
    unsafe { Pin::new_unchecked(&mut *future.cast::<F>()).poll(context) }
}

/// # Safety
/// `future` points to an `F`, boxed or in the buffer as `storage` says, which is not used afterwards.
unsafe fn discard<F>(future: *mut (), storage: Storage) {
    let future: *mut F = future.cast();
    match storage {
        // SAFETY: the caller ensures it.
        Storage::InlineBuffer(_) => unsafe { ptr::drop_in_place(future) },
        // SAFETY: the caller ensures it; the pointer came from `Box::into_raw`.
        Storage::Boxed(_) => drop(unsafe { Box::from_raw(future) }),
    }
}
