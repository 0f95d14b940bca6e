//! The chain: the sync handlers of one event type in running order. Each handler calls the next one itself.
//!
//! A loop over function pointers costs two taken branches a handler: the call and the return. Here the call of the
//! next handler is the last thing that a handler does, so that the compiler can make it a jump (a tail call): for
//! handlers that are inlined this halves the time. Where the stack frame cannot be released before the call, because
//! the address of a local escapes, the calls nest instead. So a chain has a *pause* after every few handlers: a link
//! that returns to the caller of the chain, which resumes behind it. The handlers between two pauses are a *segment*.
//!
//! The links are side by side in one boxed slice. Each is a function and what that function is called
//! with; the last is the *end*. So a handler finds the next link without a check of the length, and a
//! handler that captures nothing is called without touching more memory than its link. When a handler
//! panics, a guard stores the position of its link while the stack unwinds, outside of the hot path.
//!
//! # Why there is `unsafe` here, and why it is sound
//!
//! The code of chains is compiled once, not for each event type, so the event type and the handler type
//! of a link are erased. Four invariants ensure that each function is called with values of the types
//! that it was made for. This file and `run.rs` keep them: the fields and functions that they are about
//! are visible in this folder only, and no other file of it uses them.
//!
//! 1. *Handler.* Each [`Link`] except pauses and the end is made from an [`ErasedHandler`], whose `call` and
//!    `handler` were made together in [`ErasedHandler::new`] for one `F` and one `H`. The chain owns its
//!    `ErasedHandler`s, which keep the handlers alive, and neither they nor the links change. So the
//!    pointer of a link is valid for as long as the link exists.
//! 2. *Event.* All `ErasedHandler`s of a chain are of one family, and [`Chain::deliver`] alone makes a
//!    [`Delivery`], for an event of that family only. A `Delivery` borrows the event exclusively, and the
//!    chain, for as long as it lives. It belongs to one [`Run`], which never replaces it, and calls the
//!    links of that chain only. A run is started and resumed by `&mut`, and its handlers receive it by
//!    `&`: so a run is neither started nor resumed while one of its handlers holds the event.
//! 3. *Next link.* The last link of a chain is the [`end`], which calls no link and pauses no run. So
//!    every link that calls the next one, or at which a run is paused, has a next one.
//! 4. *Position.* The position at which a [`Run`] is paused is none, or that of a link which is in the
//!    chain of its delivery and is not the last. Only this file makes a [`LinkPos`] of a link, and
//!    [`Run::pause_at`] is called by the handlers and the [`pause`] links of that chain alone.

#![expect(
    unsafe_code,
    reason = "in safe code an emit to one opaque handler takes 1.8 times L2, and all code that uses a \
              chain is compiled for each event type; see BENCHMARKS.md"
)]

use std::{
    any::{Any, TypeId},
    marker::PhantomData,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    sync::Arc,
    thread,
};

use super::{
    outcome::Step,
    run::{CallHandler, Run},
};
use crate::{
    event::{Family, OwnedEvent, Visit},
    metadata::SubscriberInfo,
    policy::PlanType,
    primitives::CatchDrop,
};

/// A handler with its type erased; all chains that contain it share it.
#[derive(Clone)]
pub(crate) struct ErasedHandler {
    family: TypeId,
    call: CallFn,
    handler: CatchDrop<Arc<dyn Any + Send + Sync>>,
}

/// The function of a link: [`call`], which runs a handler and is to be called with that link, the event of the
/// delivery and the run that owns it; or [`pause`] or [`end`], which accept any arguments.
type CallFn = unsafe fn(*const Link, *mut (), &Run<'_>);

/// An element of a chain: a handler, or else a pause or the end, of which `handler` is null.
#[derive(Clone, Copy)]
struct Link {
    call: CallFn,
    handler: *const (),
}

/// The position of a link, which safe code can compare only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LinkPos(*const Link);

impl LinkPos {
    /// The position of no link.
    pub(super) const NOWHERE: Self = Self(ptr::null());
}

impl ErasedHandler {
    /// Erases the type of the handler.
    pub(crate) fn new<F: Family, H: CallHandler<F>>(handler: Arc<H>) -> Self {
        Self {
            family: TypeId::of::<F>(),
            call: call::<F, H>,
            handler: CatchDrop::new(handler),
        }
    }

    fn link(&self) -> Link {
        Link {
            call: self.call,
            handler: Arc::as_ptr(&self.handler).cast(),
        }
    }
}

/// Runs the handler of this link, and then calls the next link.
///
/// # Safety
///
/// `link` is in the chain of `run.delivery` and was made from an `ErasedHandler` of `F` and `H`, `event`
/// is the event of `run.delivery`, and no reference to that event is in use.
unsafe fn call<F: Family, H: CallHandler<F>>(link: *const Link, event: *mut (), run: &Run<'_>) {
    // SAFETY: by invariant 1 this is an `H`, kept alive by the chain, which the delivery of `run` borrows.
    let handler = unsafe { &*(*link).handler.cast::<H>() };
    // SAFETY: by invariant 2 this is an event of `F`, borrowed exclusively; a `CallHandler` accepts every
    // lifetime that it may have. The reference ends before the next handler is called.
    let borrowed = unsafe { &mut *event.cast::<F::Of<'_>>() };
    let guard = UnwindGuard { run, link };
    // No value with a `Drop` may live longer than this match: the call below must stay a tail call.
    let runs_next = match handler.handle(borrowed, run) {
        Step::Done => true,
        step => run.record_step(step, LinkPos(link)),
    };
    mem::forget(guard);
    if runs_next {
        // SAFETY: by invariant 3 there is a next link, in the same chain: a handler's, for which invariant 1
        // holds, or one that accepts any arguments. The event is loaded from the run again: kept across the
        // call of a handler that is not inlined, it would need one more callee-saved register.
        unsafe {
            let next = link.add(1);
            ((*next).call)(next, run.delivery.event, run);
        }
    }
}

/// The last link of a chain, behind which the run is complete.
fn end(_: *const Link, _: *mut (), _: &Run<'_>) {}

/// A link before others: the chain returns, and its caller is to resume the run behind this link.
fn pause(link: *const Link, _: *mut (), run: &Run<'_>) {
    run.pause_at(LinkPos(link));
}

/// Stores the position of a handler that panics. After a handler that returns it is forgotten, not dropped.
struct UnwindGuard<'a, 'r> {
    run: &'a Run<'r>,
    link: *const Link,
}

impl Drop for UnwindGuard<'_, '_> {
    fn drop(&mut self) {
        self.run.pause_at(LinkPos(self.link));
    }
}

/// The sync handlers of one family in running order, with their event type and their subscribers.
pub(crate) struct Chain {
    family: TypeId,
    of: PlanType,
    /// The handlers, with a pause after each `segment_len` of them, and the end.
    links: Box<[Link]>,
    segment_len: usize,
    /// Owns what the links point to (invariant 1).
    handlers: Box<[ErasedHandler]>,
    /// One for each handler, in the same order.
    subscribers: Arc<[Arc<SubscriberInfo>]>,
}

// SAFETY: all fields but the links are `Send` and `Sync` by themselves. The pointers in the links point to
// handlers, which are `Send` and `Sync` and are shared by reference count, see `ErasedHandler`.
unsafe impl Send for Chain {}
// SAFETY: as above; a chain and its links do not change.
unsafe impl Sync for Chain {}

impl Chain {
    /// The segment length of a plan: how many handlers call one another before the stack is unwound.
    pub(crate) const MAX_NESTED_CALLS: usize = 16;

    /// The chain of these handlers, with a pause after each `segment_len` of them and, if `has_background`,
    /// after the last: only a caller whose run is paused then has to check for background handlers. Panics if a handler
    /// is not of that family.
    pub(crate) fn new(
        of: PlanType,
        handlers: Box<[ErasedHandler]>,
        subscribers: Arc<[Arc<SubscriberInfo>]>,
        segment_len: usize,
        has_background: bool,
    ) -> Self {
        assert!(
            handlers.iter().all(|one| one.family == of.family),
            "all handlers of a chain are of one event type"
        );
        let return_link = |call: CallFn| Link {
            call,
            handler: ptr::null(),
        };
        let pauses = handlers.len() / segment_len + usize::from(has_background);
        let mut links = Vec::with_capacity(handlers.len() + pauses + 1);
        for (index, handler) in handlers.iter().enumerate() {
            if index > 0 && index % segment_len == 0 {
                links.push(return_link(pause));
            }
            links.push(handler.link());
        }
        if has_background {
            links.push(return_link(pause));
        }
        links.push(return_link(end));
        Self {
            family: of.family,
            of,
            links: links.into_boxed_slice(),
            segment_len,
            handlers,
            subscribers,
        }
    }

    /// The same handlers, with a pause after each.
    pub(crate) fn one_by_one(&self) -> Self {
        Self::new(
            self.of.clone(),
            self.handlers.clone(),
            Arc::clone(&self.subscribers),
            1,
            false,
        )
    }

    /// The event type, its topic, and the policy of the registry.
    #[inline]
    pub(crate) fn of(&self) -> &PlanType {
        &self.of
    }

    /// The subscribers whose handlers these are, in running order.
    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    pub(crate) fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// Pairs an event with this chain, if the event is of the handlers' family.
    #[inline]
    pub(crate) fn deliver<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Option<Delivery<'a>> {
        (*event.family == self.family).then_some(Delivery {
            event: event.event,
            chain: self,
            first: self.links.as_ptr(),
            borrowed: PhantomData,
        })
    }

    /// The index of the handler whose link is at this position.
    pub(super) fn index_of(&self, LinkPos(link): LinkPos) -> usize {
        let range = self.links.as_ptr_range();
        if !range.contains(&link) {
            unreachable!("the position is not in this chain");
        }
        let index = (link.addr() - range.start.addr()) / size_of::<Link>();
        index - index / (self.segment_len + 1)
    }
}

/// An event with its type erased, borrowed exclusively. It is two words, which are passed in registers.
pub(crate) struct ErasedEvent<'e> {
    family: &'static TypeId,
    event: *mut (),
    borrowed: PhantomData<&'e mut ()>,
}

impl<'e> ErasedEvent<'e> {
    #[inline]
    pub(crate) fn new<F: Family>(event: &'e mut F::Of<'_>) -> Self {
        Self {
            family: const { &TypeId::of::<F>() },
            event: ptr::from_mut(event).cast(),
            borrowed: PhantomData,
        }
    }

    /// Calls the visitor with the event, if it is of this family.
    #[inline]
    pub(crate) fn visit<F: Family, V: Visit<'e, F>>(self, visitor: V) -> Option<V::Output> {
        (*self.family == TypeId::of::<F>()).then(|| {
            // SAFETY: by its type id the event is a member of the family `F`, borrowed exclusively for `'e` (see `new`).
            // A `Visit` accepts every lifetime that it may have.
            visitor.visit(unsafe { &mut *self.event.cast::<F::Of<'_>>() })
        })
    }
}

/// An event with its type erased, borrowed for reading.
#[derive(Clone, Copy)]
pub(crate) struct ErasedEventRef<'e> {
    family: TypeId,
    event: *const (),
    borrowed: PhantomData<&'e ()>,
}

impl ErasedEvent<'_> {
    /// The event, borrowed for reading.
    pub(crate) fn lend(&self) -> ErasedEventRef<'_> {
        ErasedEventRef {
            family: *self.family,
            event: self.event,
            borrowed: PhantomData,
        }
    }
}

impl<'e> ErasedEventRef<'e> {
    #[inline]
    pub(crate) fn of(event: &'e dyn Any) -> Self {
        Self {
            family: event.type_id(),
            event: ptr::from_ref(event).cast(),
            borrowed: PhantomData,
        }
    }

    /// Calls `f` with the event, if it is a member of this family.
    pub(super) fn read<F: Family>(self, f: impl for<'x> FnOnce(&F::Of<'x>)) {
        if self.family == TypeId::of::<F>() {
            // SAFETY: as in `get`; `f` accepts every lifetime that a member of `F` may have.
            f(unsafe { &*self.event.cast::<F::Of<'_>>() });
        }
    }

    /// The event, if it is of this type.
    #[inline]
    pub(crate) fn get<E: OwnedEvent>(self) -> Option<&'e E> {
        // SAFETY: by its type id the event is an `E` (see `of`), or a member of the family `E` (see `lend`), of
        // which the `OwnedEvent` `E` is the only one. It is borrowed for `'e`.
        (self.family == TypeId::of::<E>()).then(|| unsafe { &*self.event.cast::<E>() })
    }
}

/// An event, and the chain whose handlers are to be called with it (invariant 2).
pub(crate) struct Delivery<'a> {
    event: *mut (),
    chain: &'a Chain,
    /// The first link of the chain.
    first: *const Link,
    /// The exclusive borrow of the event.
    borrowed: PhantomData<&'a mut ()>,
}

impl<'a> Delivery<'a> {
    #[inline]
    pub(super) fn chain(&self) -> &'a Chain {
        self.chain
    }
}

impl Run<'_> {
    /// Runs the handlers up to the first pause, or up to one that panics: then the result is its panic.
    #[inline]
    pub(crate) fn start(&mut self) -> thread::Result<()> {
        self.call(self.delivery.first)
    }

    /// As [`start`](Self::start), from behind the pause or the panicked handler at which the run is paused.
    pub(crate) fn resume(&mut self) -> thread::Result<()> {
        let LinkPos(link) = self.paused_at.replace(LinkPos::NOWHERE);
        if link.is_null() {
            return Ok(());
        }
        // SAFETY: by invariant 4 this is a link of the chain that the delivery borrows, and not the last,
        // so there is a next one (invariant 3).
        self.call(unsafe { link.add(1) })
    }

    /// As [`start`](Self::start), from the handler with this index, in a chain that pauses after each handler.
    pub(crate) fn start_at(&mut self, index: usize) -> thread::Result<()> {
        let index = 2 * index;
        assert!(index < self.delivery.chain.links.len(), "there is a link");
        self.call(self.delivery.first.wrapping_add(index))
    }

    #[inline]
    fn call(&self, link: *const Link) -> thread::Result<()> {
        // SAFETY: all callers pass a link of the chain of this run's delivery, and hold the run, and with
        // it the event, exclusively (invariant 2). The function of the link was made for it (invariant 1).
        catch_unwind(AssertUnwindSafe(|| unsafe {
            ((*link).call)(link, self.delivery.event, self);
        }))
    }
}
