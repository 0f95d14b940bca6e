//! The chain of handlers: each runs, and then calls the next one itself.
//!
//! A loop over function pointers pays two taken branches a handler, out and back. Here the call of
//! the next handler is the last thing that a handler does, so that the compiler can make it a jump:
//! for handlers that inline this halves the time. Where a handler's frame cannot be given up early
//! (its locals escape) the calls nest instead, so a chain has a stop every few links, at which it
//! returns to whoever runs it.
//!
//! The links lie side by side in one boxed slice, each a function and what that function is called
//! with; the last is a stop. So a handler finds the next one without a look at how many there are,
//! and a handler that keeps nothing is called without touching more memory than its link. A handler
//! that panics leaves its place behind while the stack unwinds; that code lies beside the path and
//! costs nothing when nobody panics.
//!
//! # Why there is `unsafe` here, and why it holds
//!
//! Chains are compiled once, not for each event type, so a link has forgotten what type of event it
//! takes and what its handler is. Three invariants, all of them kept by this file alone, say that
//! the right things meet again:
//!
//! 1. *Handler.* A [`Link`] is made from a [`ErasedHandler`], whose `call` and `handler` were made together
//!    in [`ErasedHandler::new`] for one `H`. The chain holds the `ErasedHandler`, and with it the handler, for as
//!    long as its links exist.
//! 2. *Event.* All `ErasedHandler` of a chain are of one family, and [`Chain::takes`] lets an event only
//!    through as a [`Delivery`] when its family is that one. A `Delivery` borrows the event for as
//!    long as it lives, and belongs to one `Run`, which calls that chain and no other.
//! 3. *Neighbour.* Behind every link that calls the next one there is a next one: the last link of a
//!    chain is a stop, and stops call nobody.

#![expect(
    unsafe_code,
    reason = "an emit to one opaque handler takes 1.8 times L2 in safe code, and each event type has \
              its own copy of all that touches a chain; see BENCHMARKS.md"
)]

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    fmt,
    marker::PhantomData,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    sync::Arc,
    thread,
};

use super::{outcome::Step, run::Run};
use crate::{
    event::{Family, OwnedEvent},
    metadata::{EventInfo, SubscriberInfo},
};

/// What can be called with the events of a family.
pub(crate) trait CallHandler<F: Family>: Send + Sync + 'static {
    /// Calls it.
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step;
}

impl<F, H> CallHandler<F> for H
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    #[inline]
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        self(event, run)
    }
}

/// A handler, shared by all chains that it stands in; its type is forgotten.
#[derive(Clone)]
pub(crate) struct ErasedHandler {
    family: TypeId,
    call: CallFn,
    handler: Arc<dyn Any + Send + Sync>,
}

/// Runs a handler and calls the next link. The arguments are what invariants 1 to 3 say.
type CallFn = unsafe fn(*const Link, *mut (), &Run<'_>);

/// A handler in its place, or a stop.
#[derive(Clone, Copy)]
struct Link {
    call: CallFn,
    handler: *const (),
}

/// Where a handler or a stop is, for those who only compare places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkPos(*const Link);

impl LinkPos {
    /// No link.
    pub(crate) const NOWHERE: Self = Self(ptr::null());
}

impl ErasedHandler {
    /// Forgets what the handler is.
    pub(crate) fn new<F: Family, H: CallHandler<F>>(handler: Arc<H>) -> Self {
        Self {
            family: TypeId::of::<F>(),
            call: call::<F, H>,
            handler,
        }
    }

    fn link(&self) -> Link {
        Link {
            call: self.call,
            handler: Arc::as_ptr(&self.handler).cast(),
        }
    }
}

impl fmt::Debug for ErasedHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wired").finish_non_exhaustive()
    }
}

/// Runs the handler of this link, and then the rest of the chain.
///
/// # Safety
///
/// `link` is a link of the chain that `run` delivers to, made from a `ErasedHandler` of `F` and `H`, and
/// `event` is the event that `run` delivers.
unsafe fn call<F: Family, H: CallHandler<F>>(link: *const Link, event: *mut (), run: &Run<'_>) {
    // SAFETY: by invariant 1 `handler` points to an `H` which the chain keeps alive.
    let handler = unsafe { &*(*link).handler.cast::<H>() };
    // SAFETY: by invariant 2 this is an event of `F`, borrowed by the delivery under way; handlers
    // take every lifetime that it may have. The reference ends before the next handler is called.
    let borrowed = unsafe { &mut *event.cast::<F::Of<'_>>() };
    let guard = UnwindGuard { run, link };
    // Nothing that has a `Drop` may outlive this match: the call below must stay the last.
    let goes_on = match handler.handle(borrowed, run) {
        Step::Done => true,
        step => run.record_step(step, LinkPos(link)),
    };
    mem::forget(guard);
    if goes_on {
        // SAFETY: by invariant 3 a link that is no stop has one behind it, for which the same holds.
        // The event is read anew, for a handler that is not inlined then keeps a register less.
        unsafe {
            let next = link.add(1);
            ((*next).call)(next, run.delivery.event, run);
        }
    }
}

/// The last link of a chain: nobody is left.
fn end(_: *const Link, _: *mut (), _: &Run<'_>) {}

/// A link before others: whoever runs the chain shall go on behind it.
fn pause(link: *const Link, _: *mut (), run: &Run<'_>) {
    run.pause_at(LinkPos(link));
}

/// Dropped only while its handler unwinds: a handler that returns forgets it.
struct UnwindGuard<'a, 'r> {
    run: &'a Run<'r>,
    link: *const Link,
}

impl Drop for UnwindGuard<'_, '_> {
    fn drop(&mut self) {
        self.run.pause_at(LinkPos(self.link));
    }
}

/// Handlers of one family in running order.
pub(crate) struct Chain {
    family: TypeId,
    info: &'static EventInfo,
    /// That of the type, or of an event without one.
    topic: Cow<'static, str>,
    /// The links, with a stop after each `stretch` of them and at the end.
    links: Box<[Link]>,
    stretch: usize,
    handlers: Box<[ErasedHandler]>,
    /// Whose handler each of them is.
    subscribers: Arc<[Arc<SubscriberInfo>]>,
}

// SAFETY: the pointers in the links are to the handlers, which are `Send` and `Sync`, see `ErasedHandler`.
unsafe impl Send for Chain {}
// SAFETY: as above; a chain does not change.
unsafe impl Sync for Chain {}

impl Chain {
    /// How many handlers call one another before the stack is given back.
    pub(crate) const MAX_NESTED_CALLS: usize = 16;

    /// The chain of these handlers, with a stop after each `stretch` of them, and, if it is
    /// `followed`, after the last: so whoever runs it learns there that something comes after it, and
    /// need not look when nothing does.
    ///
    /// # Panics
    ///
    /// When they are not all of one family: whoever calls this has mixed up event types.
    pub(crate) fn new(
        (family, info, topic): (TypeId, &'static EventInfo, Cow<'static, str>),
        handlers: Box<[ErasedHandler]>,
        subscribers: Arc<[Arc<SubscriberInfo>]>,
        stretch: usize,
        followed: bool,
    ) -> Self {
        assert!(
            handlers.iter().all(|one| one.family == family),
            "all handlers of a chain take the same events"
        );
        let stop = |call: CallFn| Link {
            call,
            handler: ptr::null(),
        };
        let stops = handlers.len() / stretch + usize::from(followed) + 1;
        let mut links = Vec::with_capacity(handlers.len() + stops);
        for (index, handler) in handlers.iter().enumerate() {
            if index > 0 && index % stretch == 0 {
                links.push(stop(pause));
            }
            links.push(handler.link());
        }
        if followed {
            links.push(stop(pause));
        }
        links.push(stop(end));
        Self {
            family,
            info,
            topic,
            links: links.into_boxed_slice(),
            stretch,
            handlers,
            subscribers,
        }
    }

    /// The same handlers, with a stop after each.
    pub(crate) fn one_by_one(&self) -> Self {
        Self::new(
            (self.family, self.info, self.topic.clone()),
            self.handlers.clone(),
            Arc::clone(&self.subscribers),
            1,
            false,
        )
    }

    #[inline]
    pub(crate) fn info(&self) -> &'static EventInfo {
        self.info
    }

    pub(crate) fn topic(&self) -> &Cow<'static, str> {
        &self.topic
    }

    /// Whose handlers stand here, in running order.
    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    /// How many handlers stand here.
    pub(crate) fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// Takes an event, if it is one of those that the handlers take.
    #[inline]
    pub(crate) fn takes<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Option<Delivery<'a>> {
        (*event.family == self.family).then_some(Delivery {
            event: event.event,
            chain: self,
            first: self.links.as_ptr(),
            borrowed: PhantomData,
        })
    }

    /// Which handler stands there.
    pub(super) fn index_of(&self, LinkPos(link): LinkPos) -> usize {
        let range = self.links.as_ptr_range();
        if !range.contains(&link) {
            unreachable!("no place of this chain");
        }
        let index = (link.addr() - range.start.addr()) / size_of::<Link>();
        index - index / (self.stretch + 1)
    }
}

/// An event whose type is forgotten, borrowed. It is two words, which travel in registers.
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
}

/// An event whose type is forgotten, lent to read.
#[derive(Clone, Copy)]
pub(crate) struct ErasedEventRef<'e> {
    family: TypeId,
    event: *const (),
    borrowed: PhantomData<&'e ()>,
}

impl ErasedEvent<'_> {
    /// Lends it.
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

    /// The event, when it is one of this type.
    #[inline]
    pub(crate) fn get<E: OwnedEvent>(self) -> Option<&'e E> {
        // SAFETY: the event was lent as an `E`, or as a member of the family `E`, of which `E` is the
        // only one; it stays borrowed for `'e`.
        (self.family == TypeId::of::<E>()).then(|| unsafe { &*self.event.cast::<E>() })
    }
}

/// An event on its way through a chain whose handlers take it.
pub(crate) struct Delivery<'a> {
    event: *mut (),
    chain: &'a Chain,
    first: *const Link,
    /// The event.
    borrowed: PhantomData<&'a mut ()>,
}

impl<'a> Delivery<'a> {
    #[inline]
    pub(super) fn chain(&self) -> &'a Chain {
        self.chain
    }
}

impl Run<'_> {
    /// Runs the handlers up to the first stop; the panic of one comes back.
    #[inline]
    pub(crate) fn start(&mut self) -> thread::Result<()> {
        self.call(self.delivery.first)
    }

    /// Runs the handlers behind the one that panicked, or behind the stop.
    pub(crate) fn resume(&mut self) -> thread::Result<()> {
        let LinkPos(link) = self.paused_at.replace(LinkPos::NOWHERE);
        if link.is_null() {
            return Ok(());
        }
        // SAFETY: this is the place of a handler or of a stop between others, so there is a link
        // behind it (invariant 3).
        self.call(unsafe { link.add(1) })
    }

    #[inline]
    fn call(&self, link: *const Link) -> thread::Result<()> {
        // SAFETY: both callers pass a link of the chain that took the event, and borrow this run, and
        // with it the event, for themselves (invariant 2).
        catch_unwind(AssertUnwindSafe(|| unsafe {
            ((*link).call)(link, self.delivery.event, self);
        }))
    }
}
