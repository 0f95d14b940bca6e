//! The emits in progress on this thread, each inside a handler of the one before.
//!
//! Endless nesting would overflow the stack, which aborts the program. Therefore an emit beyond a depth
//! limit is refused, and so is a nested one when little of the thread's stack is left: the depth limit
//! bounds a number of frames, not their size. The event types stored beside the depth counter show which
//! emits led to it. An emission's id is stored here as well. It is created on demand: for a handler, or for
//! a nested emission whose parent it is.
//!
//! The storage is fixed arrays of cells without a destructor. Entering an emit is two loads and three
//! stores on thread-local memory.

use std::{cell::Cell, marker::PhantomData, ptr};

use crate::{
    metadata::{EmissionId, EventInfo},
    result::TooDeep,
};

/// The maximum number of nested emits, unless the registry sets another.
pub(crate) const DEFAULT_LIMIT: usize = 128;

/// The highest limit that can be set; the arrays take 6 KiB per thread.
pub(crate) const MAX_LIMIT: usize = 256;

/// Up to this depth an emit does not measure the stack. The fast path does not go deeper.
pub(crate) const MAX_UNMEASURED_DEPTH: usize = 16;

/// An emit that is nested deeper is refused if less of the stack is left, in bytes. It must suffice for the frames
/// of one emit: the chain nests its handlers, so that the locals of up to 16 inlined handlers add up, and an
/// async emit moves its event. 2 MiB is the usual stack of a thread.
const MIN_STACK_LEFT: usize = 128 * 1024;

/// The size of a stack that is added, in bytes.
const ADDED_STACK: usize = 1024 * 1024;

struct Stack {
    depth: Cell<usize>,
    infos: [Cell<Option<&'static EventInfo>>; MAX_LIMIT],
    ids: [Cell<Option<EmissionId>>; MAX_LIMIT],
    /// The handler with a concurrency limit whose call each emit is polling, or null.
    limited: [Cell<*const ()>; MAX_LIMIT],
}

thread_local! {
    static STACK: Stack = const {
        Stack {
            depth: Cell::new(0),
            infos: [const { Cell::new(None) }; MAX_LIMIT],
            ids: [const { Cell::new(None) }; MAX_LIMIT],
            limited: [const { Cell::new(ptr::null()) }; MAX_LIMIT],
        }
    };
}

/// One emit in progress; dropping the guard ends it.
///
/// No reference to the guard is taken on the fast path, so it stays in a register. Each emit loads the
/// counter that the one before it stored; a spill of the guard to the stack would add a second store
/// forwarding to that dependency and double the latency.
pub(crate) struct EmitGuard {
    /// The number of emits around this one.
    depth: usize,
    not_send: PhantomData<*const ()>,
}

impl EmitGuard {
    /// Begins an emit; `None` if `limit` emits are in progress already.
    #[inline]
    pub(crate) fn enter(info: &'static EventInfo, limit: usize) -> Option<Self> {
        STACK.with(|stack| {
            let depth = stack.depth.get();
            if depth >= limit {
                return None;
            }
            // No limit exceeds the length of the arrays; the remainder lets the compiler omit the
            // bounds check.
            stack.infos[depth % MAX_LIMIT].set(Some(info));
            stack.ids[depth % MAX_LIMIT].set(None);
            stack.depth.set(depth + 1);
            Some(Self {
                depth,
                not_send: PhantomData,
            })
        })
    }

    /// Begins an emit on the slow path.
    ///
    /// # Errors
    ///
    /// If `limit` emits are in progress already, or if little of the stack is left.
    #[inline]
    pub(crate) fn try_enter(info: &'static EventInfo, limit: usize) -> Result<Self, Box<TooDeep>> {
        let stack_left = too_little_stack();
        let entered = if stack_left.is_none() {
            Self::enter(info, limit)
        } else {
            None
        };
        entered.ok_or_else(|| Box::new(Self::refusal(info, limit, stack_left)))
    }

    /// The error of an emission that cannot be resumed here, since little of the stack is left; `None` if it can be.
    #[inline]
    pub(crate) fn refuses_to_resume(info: &'static EventInfo) -> Option<TooDeep> {
        let stack_left = too_little_stack()?;
        Some(Self::refusal(info, MAX_LIMIT, Some(stack_left)))
    }

    /// Resumes an emission, with the id that it had when it was suspended. Only `MAX_LIMIT` applies.
    pub(crate) fn reenter(info: &'static EventInfo, id: Option<EmissionId>) -> Option<Self> {
        let guard = Self::enter(info, MAX_LIMIT)?;
        STACK.with(|stack| stack.ids[guard.depth % MAX_LIMIT].set(id));
        Some(guard)
    }

    /// As [`reenter`](Self::reenter); an error also if little of the stack is left.
    pub(crate) fn try_reenter(
        info: &'static EventInfo,
        id: Option<EmissionId>,
    ) -> Result<Self, TooDeep> {
        let stack_left = too_little_stack();
        let guard = if stack_left.is_none() {
            Self::reenter(info, id)
        } else {
            None
        };
        guard.ok_or_else(|| Self::refusal(info, MAX_LIMIT, stack_left))
    }

    /// The emission's id, if it has been created.
    pub(crate) fn id(&self) -> Option<EmissionId> {
        STACK.with(|stack| stack.ids[self.depth % MAX_LIMIT].get())
    }

    /// The error of an emit of this event that is refused.
    #[cold]
    fn refusal(info: &'static EventInfo, limit: usize, stack_left: Option<usize>) -> TooDeep {
        let mut chain = topics();
        chain.push(info.topic());
        TooDeep {
            limit,
            stack_left,
            chain,
        }
    }
}

impl Drop for EmitGuard {
    #[inline]
    fn drop(&mut self) {
        STACK.with(|stack| stack.depth.set(self.depth));
    }
}

/// Whether an emit may be entered here: if fewer than `limit` are in progress, and enough of the stack is left.
#[inline]
pub(crate) fn may_enter(limit: usize) -> bool {
    depth() < limit && too_little_stack().is_none()
}

/// How much of the stack is left, in bytes, if that is measured at this depth and is too little for an emit.
#[inline]
fn too_little_stack() -> Option<usize> {
    if depth() < MAX_UNMEASURED_DEPTH {
        return None;
    }
    stacker::remaining_stack().filter(|left| *left < MIN_STACK_LEFT)
}

/// Calls a function that may recurse once for each of some nested emits, and cannot be refused, such as a destructor: on
/// an added stack if little of this one is left.
pub(crate) fn with_enough_stack(f: impl FnOnce()) {
    match stacker::remaining_stack() {
        Some(left) if left < MIN_STACK_LEFT => stacker::grow(ADDED_STACK, f),
        _ => f(),
    }
}

/// The number of emits in progress on this thread.
pub(crate) fn depth() -> usize {
    STACK.with(|stack| stack.depth.get())
}

/// The id of the innermost emission of this thread, created if needed.
pub(crate) fn emission_id() -> EmissionId {
    id_at(depth().saturating_sub(1))
}

/// The id of the innermost emission of this thread, if there is one.
pub(super) fn innermost() -> Option<EmissionId> {
    depth().checked_sub(1).map(id_at)
}

/// The id of the emission around the innermost one of this thread, if there is one.
pub(super) fn thread_parent() -> Option<EmissionId> {
    depth().checked_sub(2).map(id_at)
}

/// The topics of the emits in progress on this thread, outermost first.
pub(crate) fn topics() -> Vec<&'static str> {
    STACK.with(|stack| {
        let infos = &stack.infos[..stack.depth.get()];
        infos
            .iter()
            .filter_map(Cell::get)
            .map(EventInfo::topic)
            .collect()
    })
}

/// Until this is dropped, the innermost emit polls a call of a handler with a concurrency limit.
pub(crate) struct LimitedCallGuard {
    index: usize,
    outer: *const (),
}

impl LimitedCallGuard {
    /// The handler is identified by an address.
    pub(crate) fn enter(handler: *const ()) -> Self {
        let index = depth().saturating_sub(1);
        let outer = STACK.with(|stack| stack.limited[index].replace(handler));
        Self { index, outer }
    }
}

impl Drop for LimitedCallGuard {
    fn drop(&mut self) {
        STACK.with(|stack| stack.limited[self.index].set(self.outer));
    }
}

/// Whether this thread is inside the call of that handler with a concurrency limit in that emission. The
/// innermost emission is not included.
pub(crate) fn is_inside_call(handler: *const (), id: EmissionId) -> bool {
    STACK.with(|stack| {
        let outer = stack.depth.get().saturating_sub(1);
        let mut calls = stack.ids[..outer].iter().zip(&stack.limited);
        calls.any(|(other, limited)| other.get() == Some(id) && limited.get() == handler)
    })
}

fn id_at(depth: usize) -> EmissionId {
    STACK.with(|stack| {
        let cell = &stack.ids[depth % MAX_LIMIT];
        let id = cell.get().unwrap_or_else(EmissionId::new);
        cell.set(Some(id));
        id
    })
}
