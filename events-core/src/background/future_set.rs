//! Futures of different types that borrow one subject, polled where they were made.
//!
//! A handler that is ready at once is the common case, and a box for each would be most of its cost.
//! So a future is made in a room that is part of this, polled there, and, when it is ready, makes
//! place for the next. One that has to wait stays where it is; when the room is full the next is
//! boxed.
//!
//! # Why there is `unsafe` here, and why it holds
//!
//! The futures borrow the subject that stands beside them, what it is called with, and the tail of
//! handlers, which no safe type can say, and they have forgotten what type they are. Five invariants,
//! all of them kept by this file alone:
//!
//! 1. *Place.* From the first future on this is pinned: [`FutureSet::start`] takes it so, and it is not
//!    `Unpin`. So neither the subject nor a future in the room moves before it is dropped.
//! 2. *Subject.* While a future lives, the subject is lent by shared reference only: whoever wants
//!    more of it drops the futures first ([`take`](Futures::take)) or is told that there are some
//!    ([`subject_mut`](Futures::subject_mut)). The call is lent in no other way at all. The lifetime
//!    `'s` that a future is made with is
//!    known to nobody ([`Start`] is invariant in it), so nothing that is shorter or longer than the
//!    futures can be mixed up with it.
//! 3. *Tail.* The first future that waits has the tail kept, until all are dropped; while it is kept
//!    no other is lent. A future that is ready at once is gone before the tail is given back.
//! 4. *Type.* A [`PendingFuture`] is made in [`Start::run`] from one future; its functions are those of
//!    that type, and its place is where that future was written.
//! 5. *Room.* `used` is behind the last future in the room that waits; nothing is written before it.
//!
//! The futures are `Send`, so they may go where the subject may.

#![expect(
    unsafe_code,
    reason = "boxed one by one, four ready handlers take 0.7 times what `join_all` takes of them; the \
              limit is 0.5; see BENCHMARKS.md"
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
    handler::{BackgroundCall, Step},
    primitives::drop_catching,
};

/// How many bytes of futures need no box.
const INLINE_BYTES: usize = 256;

/// The bytes, aligned for all that is not aligned by hand.
#[repr(C, align(16))]
struct InlineBuffer(UnsafeCell<[MaybeUninit<u8>; INLINE_BYTES]>);

/// Futures that borrow a subject, what it is called with, and a tail of handlers; and the first two.
pub(crate) struct FutureSet<S, K> {
    subject: Option<S>,
    call: BackgroundCall,
    kept: Option<Arc<K>>,
    waiting: Vec<PendingFuture>,
    used: usize,
    inline: InlineBuffer,
    _pinned: PhantomPinned,
}

/// A future that was polled and is not ready.
struct PendingFuture {
    /// What its maker calls it.
    number: usize,
    place: Storage,
    poll: unsafe fn(*mut (), &mut Context<'_>) -> Poll<Step>,
    drop: unsafe fn(*mut (), Storage),
}

/// Where a future is.
#[derive(Clone, Copy)]
enum Storage {
    /// In the room, so many bytes from its beginning.
    InlineBuffer(usize),
    Boxed(*mut ()),
}

/// How a future began; so small that it stays in registers.
pub(crate) enum FirstPoll {
    Done,
    Skipped,
    Pending,
    /// It ended in another way: the uncommon ones.
    Ended(Box<thread::Result<Step>>),
}

/// The right to make futures that live for `'s`, as long as the subject and the tail are lent.
pub(crate) struct Start<'a, 's, K> {
    waiting: &'a mut Vec<PendingFuture>,
    used: &'a mut usize,
    slot: &'a mut Option<Arc<K>>,
    kept: &'a Arc<K>,
    inline: *mut u8,
    waker: &'a Waker,
    lent: PhantomData<fn(&'s ()) -> &'s ()>,
}

// SAFETY: `Start::run` takes futures that are `Send` only, and there are no others. Those that borrow
// the subject are `Send` because what they borrow of it is `Sync`. The call goes with any subject.
unsafe impl<S: Send, K: Send + Sync> Send for FutureSet<S, K> {}
// SAFETY: a shared reference leads to nothing but the subject, and the call and the tail, which are
// `Sync`.
unsafe impl<S: Sync, K: Send + Sync> Sync for FutureSet<S, K> {}

impl<S, K> FutureSet<S, K> {
    /// No futures yet.
    #[inline]
    pub(crate) const fn new(subject: S, call: BackgroundCall, kept: Option<Arc<K>>) -> Self {
        Self {
            subject: Some(subject),
            call,
            kept,
            waiting: Vec::new(),
            used: 0,
            inline: InlineBuffer(UnsafeCell::new(
                [const { MaybeUninit::uninit() }; INLINE_BYTES],
            )),
            _pinned: PhantomPinned,
        }
    }

    /// The subject, until it is taken.
    pub(crate) fn subject(&self) -> Option<&S> {
        self.subject.as_ref()
    }

    /// What the subject is called with.
    #[inline]
    pub(crate) fn call(&self) -> &BackgroundCall {
        &self.call
    }

    /// The tail, if it was given or a future waits.
    pub(crate) fn kept(&self) -> Option<&Arc<K>> {
        self.kept.as_ref()
    }

    /// The subject to change; `None` while there are futures, and once it is taken.
    #[inline]
    pub(crate) fn subject_mut(self: Pin<&mut Self>) -> Option<&mut S> {
        // SAFETY: nothing moves: the subject is not pinned by anything but futures, and there are
        // none (invariant 2).
        let this = unsafe { self.get_unchecked_mut() };
        if this.waiting.is_empty() {
            this.subject.as_mut()
        } else {
            None
        }
    }

    /// Drops the futures, and gives the subject away.
    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<S> {
        // SAFETY: futures are dropped where they are, and then nothing is pinned any more.
        let this = unsafe { self.get_unchecked_mut() };
        this.cancel();
        this.subject.take()
    }

    /// How many futures wait.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// What the maker of a waiting future called it.
    pub(crate) fn number(&self, index: usize) -> usize {
        self.waiting[index].number
    }

    /// Lends the subject, the call and the tail to somebody who starts futures. `None` when there is no subject
    /// any more, or when futures wait that belong to another tail.
    #[inline]
    pub(crate) fn start<R>(
        self: Pin<&mut Self>,
        kept: &Arc<K>,
        waker: &Waker,
        begin: impl for<'s> FnOnce(&'s S, &'s BackgroundCall, &'s K, Start<'_, 's, K>) -> R,
    ) -> Option<R> {
        // SAFETY: nothing moves: the subject is lent by shared reference, a future is written where
        // none is (invariant 5).
        let this = unsafe { self.get_unchecked_mut() };
        let is_other = |other: &Arc<K>| !Arc::ptr_eq(other, kept);
        if this.kept.as_ref().is_some_and(is_other) {
            return None;
        }
        let subject = this.subject.as_ref()?;
        let start = Start {
            waiting: &mut this.waiting,
            used: &mut this.used,
            slot: &mut this.kept,
            kept,
            inline: this.inline.0.get().cast(),
            waker,
            lent: PhantomData,
        };
        Some(begin(subject, &this.call, kept, start))
    }

    /// Polls one that waits. When it is ready, or panics, it waits no longer.
    pub(crate) fn poll_at(
        self: Pin<&mut Self>,
        index: usize,
        waker: &Waker,
    ) -> Poll<thread::Result<Step>> {
        // SAFETY: nothing moves: the future is polled where it is (invariant 1).
        let this = unsafe { self.get_unchecked_mut() };
        let PendingFuture { place, poll, .. } = this.waiting[index];
        let future = place.at(this.inline.0.get().cast());
        // SAFETY: by invariant 4 there is a future of the type that `poll` is for, and it is pinned by
        // invariant 1.
        let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
            poll(future, &mut Context::from_waker(waker))
        }));
        let ended = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(step)) => Ok(step),
            Err(payload) => Err(payload),
        };
        this.waiting
            .remove(index)
            .discard(this.inline.0.get().cast());
        Poll::Ready(ended)
    }

    #[inline]
    fn cancel(&mut self) {
        if !self.waiting.is_empty() {
            self.cancel_pending();
        }
        self.used = 0;
    }

    #[cold]
    #[inline(never)]
    fn cancel_pending(&mut self) {
        for waiting in self.waiting.drain(..) {
            waiting.discard(self.inline.0.get().cast());
        }
    }
}

impl<S, K> Drop for FutureSet<S, K> {
    fn drop(&mut self) {
        // The subject after them.
        self.cancel();
    }
}

impl PendingFuture {
    /// Drops the future; a panic of its `Drop` stays here.
    fn discard(self, inline: *mut u8) {
        let Self { place, drop, .. } = self;
        let future = place.at(inline);
        // SAFETY: by invariant 4 there is a future of the type that `drop` is for; nobody reaches it
        // any more, for `self` is gone.
        drop_catching(DropFn(|| unsafe { drop(future, place) }));
    }
}

/// Calls a function when it is dropped.
struct DropFn<F: FnMut()>(F);

impl<F: FnMut()> Drop for DropFn<F> {
    fn drop(&mut self) {
        (self.0)();
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
    /// How many futures wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What the last of those that wait is called.
    pub(crate) fn set_last_number(&mut self, number: usize) {
        if let Some(last) = self.waiting.last_mut() {
            last.number = number;
        }
    }

    /// Makes a future in its place and polls it a first time. When it is ready, or panics, that comes
    /// back; else it waits.
    ///
    /// Made elsewhere it would have to be copied, by loads that are larger than the stores which
    /// they wait for.
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
        // SAFETY: there is room for an `F` here, behind all that is used.
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

    /// Polls a future that was just written to its place; when it waits, so much is used.
    #[inline(always)]
    fn run_at<F>(&mut self, at: *mut F, place: Storage, used: usize) -> FirstPoll
    where
        F: Future<Output = Step> + Send + 's,
    {
        // SAFETY: the future has just been written, and stays there until it is dropped
        // (invariant 1).
        let polled = catch_unwind(AssertUnwindSafe(|| unsafe {
            Pin::new_unchecked(&mut *at).poll(&mut Context::from_waker(self.waker))
        }));
        let ended = match polled {
            Ok(Poll::Pending) => {
                self.wait(
                    PendingFuture {
                        number: 0,
                        place,
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
        // SAFETY: there is an `F`, as above, and nobody reaches it any more.
        drop_catching(DropFn(|| unsafe { discard::<F>(at.cast(), place) }));
        ended
    }

    #[cold]
    fn wait(&mut self, waiting: PendingFuture, used: usize) {
        // Invariant 3: the future may borrow the tail.
        self.slot.get_or_insert_with(|| Arc::clone(self.kept));
        self.waiting.push(waiting);
        *self.used = used;
    }
}

/// # Safety
///
/// There is a pinned `F`, which nobody else reaches.
unsafe fn poll<F: Future<Output = Step>>(future: *mut (), context: &mut Context<'_>) -> Poll<Step> {
    // SAFETY: as above.
    unsafe { Pin::new_unchecked(&mut *future.cast::<F>()).poll(context) }
}

/// # Safety
///
/// There is an `F`, boxed or in the room as `place` says, which nobody reaches afterwards.
unsafe fn discard<F>(future: *mut (), place: Storage) {
    let future: *mut F = future.cast();
    match place {
        // SAFETY: as above.
        Storage::InlineBuffer(_) => unsafe { ptr::drop_in_place(future) },
        // SAFETY: as above; it came out of a box.
        Storage::Boxed(_) => drop(unsafe { Box::from_raw(future) }),
    }
}
