//! The emits in progress on this thread, each inside a handler of the one before.
//!
//! Endless nesting would overflow the stack, which aborts the program. Therefore an emit beyond a depth
//! limit is refused, and so is a nested one when little of the thread's stack is left: the depth limit
//! bounds a number of frames, not their size. The event types stored beside the depth counter show which
//! emits led to it. An emission's id is stored here as well. It is created on demand: for a handler, or for
//! a nested emission whose parent it is. Where the event was emitted is stored by each emit, in place of a reset of the
//! id, and the time is taken on demand.
//!
//! The storage is fixed arrays of cells without a destructor. Entering an emit is two loads and three
//! stores on thread-local memory.

use std::{borrow::Cow, cell::Cell, marker::PhantomData, ptr};

use super::named_topics::topic_at;
use crate::{
    context::emission::state::{CallSite, EmissionState, EmitTime, UNKNOWN_SITE},
    metadata::{EmissionId, EventInfo},
    result::TooDeep,
};

/// The maximum number of nested emits, unless the registry sets another.
pub(crate) const DEFAULT_LIMIT: usize = 128;

/// The highest limit that can be set; the arrays take 10 KiB per thread.
pub(crate) const MAX_LIMIT: usize = 256;

/// Up to this depth an emit does not measure the stack. The fast path does not go deeper.
pub(crate) const MAX_UNMEASURED_DEPTH: usize = 16;

/// An emit that is nested deeper is refused if less of the stack is left, in bytes. It must suffice for the frames
/// of one emit: the chain nests its handlers, so that the locals of up to 16 inlined handlers add up, and an
/// async emit moves its event. 2 MiB is the usual stack of a thread.
pub(super) const MIN_STACK_LEFT: usize = 128 * 1024;

struct Stack {
    depth: Cell<usize>,
    infos: [Cell<Option<&'static EventInfo>>; MAX_LIMIT],
    /// Where each emission was emitted, until its id is created. The fields behind this one are those of an earlier
    /// emission until then.
    sites: [Cell<Option<CallSite>>; MAX_LIMIT],
    ids: [Cell<Option<EmissionId>>; MAX_LIMIT],
    /// Where each emission was emitted, from the creation of its id on.
    known_sites: [Cell<Option<CallSite>>; MAX_LIMIT],
    /// When each emission was emitted, once that is needed.
    times: [Cell<Option<EmitTime>>; MAX_LIMIT],
    /// The handler with a concurrency limit whose call each emit is polling, or null.
    limited: [Cell<*const ()>; MAX_LIMIT],
}

thread_local! {
    static STACK: Stack = const {
        Stack {
            depth: Cell::new(0),
            infos: [const { Cell::new(None) }; MAX_LIMIT],
            sites: [const { Cell::new(None) }; MAX_LIMIT],
            ids: [const { Cell::new(None) }; MAX_LIMIT],
            known_sites: [const { Cell::new(None) }; MAX_LIMIT],
            times: [const { Cell::new(None) }; MAX_LIMIT],
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
    pub(crate) fn enter(info: &'static EventInfo, limit: usize, site: CallSite) -> Option<Self> {
        STACK.with(|stack| {
            let depth = stack.depth.get();
            if depth >= limit {
                return None;
            }
            // No limit exceeds the length of the arrays; the remainder lets the compiler omit the bounds check.
            stack.infos[depth % MAX_LIMIT].set(Some(info));
            stack.sites[depth % MAX_LIMIT].set(Some(site));
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
    pub(crate) fn try_enter(
        info: &'static EventInfo,
        limit: usize,
        site: CallSite,
    ) -> Result<Self, Box<TooDeep>> {
        let stack_left = too_little_stack();
        let entered = if stack_left.is_none() {
            Self::enter(info, limit, site)
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

    /// Resumes an emission, with the state that it had when it was suspended. Only `MAX_LIMIT` applies.
    pub(crate) fn reenter(info: &'static EventInfo, state: EmissionState) -> Option<Self> {
        let guard = Self::enter(info, MAX_LIMIT, state.site)?;
        guard.resume(state);
        Some(guard)
    }

    /// Gives this emission the id, the site and the time of that state, if it has an id.
    pub(crate) fn resume(&self, state: EmissionState) {
        if let Some(id) = state.id {
            self.set(id, state.site, state.time);
        }
    }

    /// Sets where and when the event of this emission was emitted, which is an event from a queue.
    pub(crate) fn set_emitted(&self, site: CallSite, time: Option<EmitTime>) {
        self.set(EmissionId::new(), site, time);
    }

    fn set(&self, id: EmissionId, site: CallSite, time: Option<EmitTime>) {
        STACK.with(|stack| {
            let index = self.depth % MAX_LIMIT;
            stack.sites[index].set(None);
            stack.ids[index].set(Some(id));
            stack.known_sites[index].set(Some(site));
            stack.times[index].set(time);
        });
    }

    /// Takes the time of this emission now, unless it is known.
    pub(crate) fn take_time(&self) {
        id_at(self.depth);
        STACK.with(|stack| {
            let time = &stack.times[self.depth % MAX_LIMIT];
            time.set(Some(time.get().unwrap_or_else(EmitTime::now)));
        });
    }

    /// As [`reenter`](Self::reenter); an error also if little of the stack is left.
    pub(crate) fn try_reenter(
        info: &'static EventInfo,
        state: EmissionState,
    ) -> Result<Self, TooDeep> {
        let stack_left = too_little_stack();
        let guard = if stack_left.is_none() {
            Self::reenter(info, state)
        } else {
            None
        };
        guard.ok_or_else(|| Self::refusal(info, MAX_LIMIT, stack_left))
    }

    /// Stores the state of the emission, if its id has been created.
    #[inline]
    pub(crate) fn store(&self, state: &mut EmissionState) {
        STACK.with(|stack| {
            if stack.sites[self.depth % MAX_LIMIT].get().is_none() {
                *state = stack.state(self.depth);
            }
        });
    }

    /// The error of an emit of this event that is refused.
    #[cold]
    fn refusal(info: &'static EventInfo, limit: usize, stack_left: Option<usize>) -> TooDeep {
        let mut chain = topics();
        chain.push(topic_at(chain.len(), info));
        TooDeep {
            limit,
            stack_left,
            chain: chain.into(),
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

/// The number of emits in progress on this thread.
pub(crate) fn depth() -> usize {
    STACK.with(|stack| stack.depth.get())
}

/// The id of the innermost emission of this thread, created if needed.
pub(crate) fn emission_id() -> EmissionId {
    id_at(depth().saturating_sub(1))
}

/// The state of the innermost emission of this thread, with an id that is created if needed, and with its time if that is
/// needed later.
#[inline(never)]
pub(crate) fn emission_state(with_time: bool) -> EmissionState {
    STACK.with(|stack| stack.innermost_state(with_time))
}

/// [`emission_state`], inlined: with a closure of its own, since the compiler inlines one that is used once.
#[inline(always)]
pub(crate) fn emission_state_inlined(with_time: bool) -> EmissionState {
    STACK.with(|stack| stack.innermost_state(with_time))
}

/// When an emission was emitted: if it is in progress on this thread, the first call takes the time, for all handlers.
pub(in crate::context) fn emission_time(id: EmissionId) -> EmitTime {
    STACK.with(|stack| {
        let mut indices = (0..stack.depth.get().min(MAX_LIMIT)).rev();
        let index = indices.find(|&index| stack.id(index) == Some(id));
        let time = index.and_then(|index| stack.times[index].get());
        let time = time.unwrap_or_else(EmitTime::now);
        if let Some(index) = index {
            stack.times[index].set(Some(time));
        }
        time
    })
}

/// Whether this is the innermost emission of this thread.
pub(crate) fn is_innermost(id: EmissionId) -> bool {
    innermost() == Some(id)
}

/// The id of the innermost emission of this thread, if there is one.
pub(in crate::context) fn innermost() -> Option<EmissionId> {
    depth().checked_sub(1).map(id_at)
}

/// The id of the emission around the innermost one of this thread, if there is one.
pub(in crate::context) fn thread_parent() -> Option<EmissionId> {
    depth().checked_sub(2).map(id_at)
}

/// The topic of the event type of the innermost emission of this thread, if there is one.
pub(in crate::context) fn innermost_topic() -> Option<&'static str> {
    let index = depth().checked_sub(1)?;
    STACK.with(|stack| stack.infos[index % MAX_LIMIT].get().map(EventInfo::topic))
}

/// The topics of the emits in progress on this thread, outermost first.
pub(crate) fn topics() -> Vec<Cow<'static, str>> {
    STACK.with(|stack| {
        let infos = &stack.infos[..stack.depth.get()];
        let infos = infos.iter().filter_map(Cell::get).enumerate();
        infos.map(|(depth, info)| topic_at(depth, info)).collect()
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

/// The emissions in which a call of that handler with a concurrency limit is being polled on this thread. The innermost
/// emission is not included.
pub(crate) fn calls_around(handler: *const ()) -> Vec<EmissionId> {
    STACK.with(|stack| {
        let outer = stack.depth.get().saturating_sub(1).min(MAX_LIMIT);
        let limited = (0..outer).filter(|index| stack.limited[*index].get() == handler);
        limited.filter_map(|index| stack.id(index)).collect()
    })
}

/// The ids of the emissions that are in progress on this thread, as far as they have one.
pub(crate) fn emissions_in_progress() -> Vec<EmissionId> {
    STACK.with(|stack| {
        let depth = stack.depth.get().min(MAX_LIMIT);
        (0..depth).filter_map(|index| stack.id(index)).collect()
    })
}

fn id_at(depth: usize) -> EmissionId {
    STACK.with(|stack| stack.create_id(depth))
}

impl Stack {
    /// The id of an emission, created if needed.
    #[inline]
    fn create_id(&self, depth: usize) -> EmissionId {
        let index = depth % MAX_LIMIT;
        let cell = &self.ids[index];
        if let Some(site) = self.sites[index].take() {
            self.known_sites[index].set(Some(site));
            self.times[index].set(None);
            cell.set(None);
        }
        let id = cell.get().unwrap_or_else(EmissionId::new);
        cell.set(Some(id));
        id
    }

    #[inline(always)]
    fn innermost_state(&self, with_time: bool) -> EmissionState {
        let index = self.depth.get().saturating_sub(1);
        self.create_id(index);
        let time = &self.times[index % MAX_LIMIT];
        if with_time && time.get().is_none() {
            time.set(Some(EmitTime::now()));
        }
        self.state(index)
    }

    /// The id of an emission, if it has been created.
    fn id(&self, index: usize) -> Option<EmissionId> {
        let is_created = self.sites[index].get().is_none();
        self.ids[index].get().filter(|_| is_created)
    }

    /// The state of an emission whose id has been created.
    fn state(&self, depth: usize) -> EmissionState {
        let index = depth % MAX_LIMIT;
        EmissionState {
            id: self.ids[index].get(),
            site: self.known_sites[index].get().unwrap_or(UNKNOWN_SITE),
            time: self.times[index].get(),
        }
    }
}
