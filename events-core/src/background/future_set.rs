//! A set of futures of different types that borrow one subject, here an event, and are polled in place.
//!
//! Most handlers are ready at the first poll, and a box for each would be most of the cost. So a future is
//! constructed in an inline buffer, which is part of the set, and polled there. If it is ready, its bytes
//! are used again for the next future. If it is pending, it stays where it is. A future for which the
//! buffer has no space left is boxed.
//!
//! # Why there is `unsafe` here, and why it is sound
//!
//! The futures borrow the subject in the same set, the call (the emit that the subject belongs to), and a
//! value of type `K` in an `Arc` (here the background plan with the handlers). No safe type can express
//! that, and the futures' types are erased. Five invariants, all of them kept by this file alone:
//!
//! 1. *Pinning.* From the first future on the set is pinned: [`FutureSet::start`] takes it by `Pin`, and it
//!    is not `Unpin`. So the subject, the call and the futures in the buffer do not move before they are
//!    dropped, and a future is dropped before its memory is used again. Not being `Unpin`, `&mut` to the
//!    set does not assert exclusive access to what futures borrow in it, as with any self-referential
//!    future; the buffer is accessed by pointers out of its `UnsafeCell` only.
//! 2. *Subject.* While a future lives, the subject is borrowed by shared reference only:
//!    [`take`](FutureSet::take) drops the futures first, and [`subject_mut`](FutureSet::subject_mut)
//!    returns `None` while there are some. The call is never borrowed otherwise. The lifetime `'s` with
//!    which a future is constructed is chosen by no caller: the function that is passed to `start` must be
//!    valid for every `'s`, and [`Start`] is invariant in it. So a future borrows only the subject, the
//!    call and the `K` of its own set, and data that outlives the set.
//! 3. *Keep-alive.* The first pending future makes the set keep a clone of the `Arc`, unless it has one
//!    already. The set drops it after all futures, and before that [`start`](FutureSet::start) accepts no
//!    other `Arc`. A future that is ready at once is dropped before the caller's borrow of the `Arc` ends.
//! 4. *Type.* A [`PendingFuture`] is made in [`Start::run_at`] for one future; its functions are those of
//!    that future's type, and its storage is where that future was written.
//! 5. *Buffer.* `used` is at or behind the end of each pending future in the buffer, and nothing is written
//!    before it.

#![expect(
    unsafe_code,
    reason = "with a box for each future, four ready handlers take 0.7 times as long as with `join_all`; \
              the limit is 0.5; see BENCHMARKS.md"
)]

use std::{
    cell::UnsafeCell,
    future::Future,
    marker::{PhantomData, PhantomPinned},
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    ptr,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use crate::{
    context::OwnsHandlers,
    handler::{BackgroundCall, Step},
    primitives::{catch_drop, clear_catching},
};

const INLINE_BYTES: usize = 256;

/// The bytes of the futures that are not boxed. Futures with a greater alignment are boxed.
#[repr(C, align(16))]
struct InlineBuffer(UnsafeCell<[MaybeUninit<u8>; INLINE_BYTES]>);

/// A subject, its call, and futures that borrow both and a `K`, which the set keeps alive.
pub(super) struct FutureSet<S, K> {
    subject: Option<S>,
    call: BackgroundCall,
    keep_alive: Option<Arc<K>>,
    pending: Vec<PendingFuture>,
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

/// Where a future is.
#[derive(Clone, Copy)]
enum Storage {
    /// In the buffer, at this offset.
    InlineBuffer(usize),
    Boxed(*mut ()),
}

/// The result of a future's first poll; so small that it is returned in registers.
pub(crate) enum FirstPoll {
    Done,
    Skipped,
    Pending,
    /// Ready in an uncommon way: with another step, or by a panic.
    Ended(Box<thread::Result<Step>>),
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

// SAFETY: `Start::run` accepts `Send` futures only, and there are no others; one that borrows the subject
// or the `K` is `Send` only if these are `Sync`. The pointers in `pending` and in the buffer belong to
// these futures. The subject is `Send`, the call is always, and so is an `Arc<K>` of a `Send + Sync` `K`.
unsafe impl<S: Send, K: Send + Sync> Send for FutureSet<S, K> {}
// SAFETY: through a shared reference only the subject, the call, the `Arc<K>` and numbers can be reached,
// which are `Sync`, and no future.
unsafe impl<S: Sync, K: Send + Sync> Sync for FutureSet<S, K> {}

impl<S, K> FutureSet<S, K> {
    #[inline]
    pub(crate) const fn new(subject: S, call: BackgroundCall, keep_alive: Option<Arc<K>>) -> Self {
        Self {
            subject: Some(subject),
            call,
            keep_alive,
            pending: Vec::new(),
            used: 0,
            inline: InlineBuffer(UnsafeCell::new(
                [const { MaybeUninit::uninit() }; INLINE_BYTES],
            )),
            _pinned: PhantomPinned,
        }
    }

    /// The subject, until it is taken.
    pub(super) fn subject(&self) -> Option<&S> {
        self.subject.as_ref()
    }

    #[inline]
    pub(crate) fn call(&self) -> &BackgroundCall {
        &self.call
    }

    /// The `K` that the set keeps alive, if it does.
    pub(super) fn keep_alive(&self) -> Option<&Arc<K>> {
        self.keep_alive.as_ref()
    }

    /// Exclusive access to the subject; `None` while there are futures, and once it is taken.
    #[inline]
    pub(super) fn subject_mut(self: Pin<&mut Self>) -> Option<&mut S> {
        // SAFETY: nothing is moved here. The caller may move the subject: only futures need it to be
        // pinned, and there are none (invariant 2).
        let this = unsafe { self.get_unchecked_mut() };
        if this.pending.is_empty() {
            this.subject.as_mut()
        } else {
            None
        }
    }

    /// Drops the futures, and returns the subject.
    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<S> {
        // SAFETY: the futures are dropped in place; after that the subject may be moved (invariant 2).
        let this = unsafe { self.get_unchecked_mut() };
        this.cancel();
        this.subject.take()
    }

    /// Drops the futures.
    pub(super) fn clear(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved: the futures are dropped in place (invariant 1).
        unsafe { self.get_unchecked_mut() }.cancel();
    }

    /// How many futures are pending.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The number of the pending future at this index.
    pub(crate) fn number(&self, index: usize) -> usize {
        self.pending[index].number
    }

    /// Calls `begin` with the subject, the call, the `K`, and a [`Start`] for futures that borrow these.
    /// `None` if the subject has been taken, or if the set keeps another `K` alive.
    #[inline]
    pub(crate) fn start<R>(
        self: Pin<&mut Self>,
        shared: &Arc<K>,
        waker: &Waker,
        begin: impl for<'s> FnOnce(&'s S, &'s BackgroundCall, &'s K, Start<'_, 's, K>) -> R,
    ) -> Option<R> {
        // SAFETY: nothing is moved: the subject is borrowed by shared reference, and a future is written
        // where no other is (invariant 5).
        let this = unsafe { self.get_unchecked_mut() };
        let is_other = |other: &Arc<K>| !Arc::ptr_eq(other, shared);
        if this.keep_alive.as_ref().is_some_and(is_other) {
            return None;
        }
        let subject = this.subject.as_ref()?;
        let start = Start {
            pending: &mut this.pending,
            used: &mut this.used,
            keep_alive: &mut this.keep_alive,
            shared,
            inline: this.inline.0.get().cast(),
            waker,
            scope: PhantomData,
        };
        Some(begin(subject, &this.call, shared, start))
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
        let future = storage.at(this.inline.0.get().cast());
        // SAFETY: by invariant 4 `future` is of the type that `poll` is for; it is pinned by invariant 1,
        // and `this` is exclusive.
        let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
            poll(future, &mut Context::from_waker(waker))
        }));
        let ended = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(step)) => Ok(step),
            Err(payload) => Err(payload),
        };
        this.pending
            .remove(index)
            .discard(this.inline.0.get().cast());
        Poll::Ready(ended)
    }

    #[inline]
    fn cancel(&mut self) {
        if !self.pending.is_empty() {
            self.cancel_pending();
        }
        self.used = 0;
    }

    #[cold]
    #[inline(never)]
    fn cancel_pending(&mut self) {
        for pending in self.pending.drain(..) {
            pending.discard(self.inline.0.get().cast());
        }
    }
}

impl<S, K> Drop for FutureSet<S, K> {
    fn drop(&mut self) {
        // Drops the futures before the fields, which they borrow.
        self.cancel();
        if self.subject.is_some() {
            let _owner = OwnsHandlers::enter(); // The `K` owns handlers, for which a `stop` in here must not wait.
            clear_catching(&mut self.subject);
        }
    }
}

impl PendingFuture {
    /// Drops the future; a panic in its `Drop` is caught.
    fn discard(self, inline: *mut u8) {
        let Self { storage, drop, .. } = self;
        let future = storage.at(inline);
        // SAFETY: by invariant 4 `future` is of the type that `drop` is for. It is not used again, because
        // `self` is consumed.
        catch_drop::<dyn Future<Output = Step>>(|| unsafe { drop(future, storage) });
    }
}

impl Storage {
    fn at(self, inline: *mut u8) -> *mut () {
        match self {
            Self::InlineBuffer(offset) => inline.wrapping_add(offset).cast(),
            Self::Boxed(future) => future,
        }
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
    /// It is constructed in place: a copy would load it with wider loads than the stores which just wrote
    /// its fields, so store forwarding would fail and each load would wait for the stores.
    #[inline]
    pub(crate) fn run<F>(&mut self, make: impl FnOnce() -> F) -> FirstPoll
    where
        F: Future<Output = Step> + Send + 's,
    {
        let offset = self.used.next_multiple_of(align_of::<F>());
        let end = offset + size_of::<F>();
        if align_of::<F>() > align_of::<InlineBuffer>() || end > INLINE_BYTES {
            return self.run_boxed(make);
        }
        let at: *mut F = self.inline.wrapping_add(offset).cast();
        // SAFETY: `at` is aligned for an `F`, and an `F` fits in, as checked above. No future is there (invariant 5).
        unsafe { at.write(make()) };
        self.run_at(at, Storage::InlineBuffer(offset), end)
    }

    #[cold]
    #[inline(never)]
    fn run_boxed<F>(&mut self, make: impl FnOnce() -> F) -> FirstPoll
    where
        F: Future<Output = Step> + Send + 's,
    {
        let at = Box::into_raw(Box::new(make()));
        self.run_at(at, Storage::Boxed(at.cast()), *self.used)
    }

    /// Polls the future that was just written to `at`. If it is pending, `used` bytes of the buffer are.
    #[inline(always)]
    fn run_at<F>(&mut self, at: *mut F, storage: Storage, used: usize) -> FirstPoll
    where
        F: Future<Output = Step> + Send + 's,
    {
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
        // Invariant 3: the future may borrow the `K`.
        self.keep_alive
            .get_or_insert_with(|| Arc::clone(self.shared));
        self.pending.push(future);
        *self.used = used;
    }
}

/// # Safety
///
/// `future` points to a pinned `F`, to which the caller has exclusive access.
unsafe fn poll<F: Future<Output = Step>>(future: *mut (), context: &mut Context<'_>) -> Poll<Step> {
    // SAFETY: the caller ensures it.
    unsafe { Pin::new_unchecked(&mut *future.cast::<F>()).poll(context) }
}

/// # Safety
///
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
