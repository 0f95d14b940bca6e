//! The emits under way on this thread, each inside a handler of the one before.
//!
//! A chain without end would overflow the stack, which no program survives; a counter refuses it
//! instead, and the topics beside the counter tell how it came about. An emission's id stands here
//! too: it is made when somebody asks, the emitter or a nested emit whose parent it is.
//!
//! The places are fixed arrays of cells without a destructor: entering a level is two loads and
//! three stores on memory that no other thread sees.

use std::{cell::Cell, marker::PhantomData};

use super::emission::EmissionId;
use crate::{metadata::EventInfo, result::TooDeep};

/// How many emits may be inside one another unless the registry is told otherwise.
pub(crate) const DEFAULT_LIMIT: usize = 128;

/// The highest limit that can be set; the places take 4 KiB a thread.
pub(crate) const MAX_LIMIT: usize = 256;

struct Stack {
    depth: Cell<usize>,
    infos: [Cell<Option<&'static EventInfo>>; MAX_LIMIT],
    ids: [Cell<Option<EmissionId>>; MAX_LIMIT],
}

thread_local! {
    static STACK: Stack = const {
        Stack {
            depth: Cell::new(0),
            infos: [const { Cell::new(None) }; MAX_LIMIT],
            ids: [const { Cell::new(None) }; MAX_LIMIT],
        }
    };
}

/// One emit under way; leaving the scope ends it.
///
/// Nothing refers to it, so it stays in a register: what one emit leaves in the counter the next
/// one waits for, and a detour through the stack would double that wait.
pub(crate) struct EmitGuard {
    /// How many emits are around this one.
    depth: usize,
    this_thread: PhantomData<*const ()>,
}

impl EmitGuard {
    /// `None` when there are `limit` already.
    #[inline]
    pub(crate) fn enter(info: &'static EventInfo, limit: usize) -> Option<Self> {
        STACK.with(|stack| {
            let depth = stack.depth.get();
            if depth >= limit {
                return None;
            }
            // No limit is above the number of places; the remainder spares the check of it.
            stack.infos[depth % MAX_LIMIT].set(Some(info));
            stack.ids[depth % MAX_LIMIT].set(None);
            stack.depth.set(depth + 1);
            Some(Self {
                depth,
                this_thread: PhantomData,
            })
        })
    }

    /// Enters again, with the id that the emission had when it was left; nothing refuses it.
    pub(crate) fn reenter(info: &'static EventInfo, id: Option<EmissionId>) -> Option<Self> {
        let level = Self::enter(info, MAX_LIMIT)?;
        STACK.with(|stack| stack.ids[level.depth % MAX_LIMIT].set(id));
        Some(level)
    }

    /// The emission's id, if somebody has asked for it.
    pub(crate) fn id(&self) -> Option<EmissionId> {
        STACK.with(|stack| stack.ids[self.depth % MAX_LIMIT].get())
    }

    /// Why an emit of this event could not [`enter`](Self::enter).
    #[cold]
    pub(crate) fn refusal(info: &'static EventInfo, limit: usize) -> TooDeep {
        let around = |stack: &Stack| -> Vec<_> {
            let infos = &stack.infos[..stack.depth.get()];
            infos.iter().filter_map(Cell::get).collect()
        };
        let chain = STACK.with(around).into_iter().chain([info]);
        TooDeep {
            limit,
            chain: chain.map(EventInfo::topic).collect(),
        }
    }
}

impl Drop for EmitGuard {
    #[inline]
    fn drop(&mut self) {
        STACK.with(|stack| stack.depth.set(self.depth));
    }
}

/// How many emits are under way on this thread.
pub(crate) fn depth() -> usize {
    STACK.with(|stack| stack.depth.get())
}

/// The id of the innermost emission of this thread.
pub(crate) fn emission_id() -> EmissionId {
    id_at(depth().saturating_sub(1))
}

/// The id of the emission whose handler emitted the innermost one, when both are on this thread.
pub(crate) fn thread_parent() -> Option<EmissionId> {
    depth().checked_sub(2).map(id_at)
}

fn id_at(depth: usize) -> EmissionId {
    STACK.with(|stack| {
        let cell = &stack.ids[depth % MAX_LIMIT];
        let id = cell.get().unwrap_or_else(EmissionId::new);
        cell.set(Some(id));
        id
    })
}
