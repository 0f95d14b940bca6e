//! The emits under way on this thread, each inside a handler of the one before.
//!
//! A chain without end would overflow the stack, which no program survives; a counter refuses it
//! instead, and the topics beside the counter tell how it came about. An emission's id stands here
//! too: it is made when somebody asks, the emitter or a nested emit whose parent it is.
//!
//! The frames are a fixed array of cells without a destructor: entering a level is two loads and
//! three stores on memory that no other thread sees.

use std::{
    cell::Cell,
    fmt,
    marker::PhantomData,
    num::NonZeroU64,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::words::{EventInfo, TooDeep};

/// How many emits may be inside one another unless the registry is told otherwise.
pub(crate) const DEFAULT_LIMIT: usize = 128;

/// The highest limit that can be set; the frames take 4 KiB a thread.
pub(crate) const MAX_LIMIT: usize = 256;

/// What tells one emission from every other of this process; made when somebody asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmissionId(NonZeroU64);

impl fmt::Display for EmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl EmissionId {
    /// Each thread takes ids from a block of its own, so that threads share a line of cache once
    /// in a thousand ids only.
    const BLOCK: u64 = 1024;

    pub(crate) fn new() -> Self {
        static BLOCKS: AtomicU64 = AtomicU64::new(0);
        thread_local! {
            static NEXT: Cell<u64> = const { Cell::new(0) };
        }
        NEXT.with(|next| {
            let mut id = next.get();
            if id.is_multiple_of(Self::BLOCK) {
                id = BLOCKS.fetch_add(1, Ordering::Relaxed) * Self::BLOCK;
            }
            next.set(id + 1);
            Self(NonZeroU64::MIN.saturating_add(id))
        })
    }
}

struct Frame {
    info: Cell<Option<&'static EventInfo>>,
    id: Cell<Option<EmissionId>>,
}

struct Stack {
    depth: Cell<usize>,
    frames: [Frame; MAX_LIMIT],
}

thread_local! {
    static STACK: Stack = const {
        Stack {
            depth: Cell::new(0),
            frames: [const { Frame { info: Cell::new(None), id: Cell::new(None) } }; MAX_LIMIT],
        }
    };
}

/// One emit under way; leaving the scope ends it.
///
/// Nothing refers to it, so it stays in a register: what one emit leaves in the counter the next
/// one waits for, and a detour through the stack would double that wait.
pub(crate) struct Level {
    depth: Depth,
    this_thread: PhantomData<*const ()>,
}

/// How many emits are around this one.
#[derive(Clone, Copy)]
pub(crate) struct Depth(usize);

impl Level {
    #[inline]
    pub(crate) fn enter(info: &'static EventInfo, limit: usize) -> Result<Self, TooDeep> {
        STACK.with(|stack| {
            let depth = stack.depth.get();
            if depth >= limit {
                return Err(refuse(stack, info, limit));
            }
            // No limit is above the number of frames; the remainder spares the check of it.
            let frame = &stack.frames[depth % MAX_LIMIT];
            frame.info.set(Some(info));
            frame.id.set(None);
            stack.depth.set(depth + 1);
            Ok(Self {
                depth: Depth(depth),
                this_thread: PhantomData,
            })
        })
    }

    #[inline]
    pub(crate) fn depth(&self) -> Depth {
        self.depth
    }
}

impl Depth {
    /// The id of this emission.
    pub(crate) fn id(self) -> EmissionId {
        id_at(self.0)
    }

    /// The id of the emission whose handler emitted this one.
    pub(crate) fn parent(self) -> Option<EmissionId> {
        self.0.checked_sub(1).map(id_at)
    }
}

impl Drop for Level {
    #[inline]
    fn drop(&mut self) {
        STACK.with(|stack| stack.depth.set(self.depth.0));
    }
}

/// Whether an emit is under way on this thread.
pub(crate) fn is_emitting() -> bool {
    STACK.with(|stack| stack.depth.get() > 0)
}

fn id_at(depth: usize) -> EmissionId {
    STACK.with(|stack| {
        let cell = &stack.frames[depth % MAX_LIMIT].id;
        let id = cell.get().unwrap_or_else(EmissionId::new);
        cell.set(Some(id));
        id
    })
}

#[cold]
#[inline(never)]
fn refuse(stack: &Stack, info: &'static EventInfo, limit: usize) -> TooDeep {
    let chain = stack.frames[..stack.depth.get()]
        .iter()
        .filter_map(|frame| frame.info.get())
        .chain([info])
        .map(EventInfo::topic)
        .collect();
    TooDeep { limit, chain }
}
