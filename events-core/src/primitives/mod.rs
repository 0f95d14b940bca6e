//! primitives.

mod option_box;
mod plural;
mod sync;
mod type_map;

pub(crate) use option_box::Rare;
pub(crate) use plural::Count;
pub(crate) use sync::{
    Arc, ArcSwapOption, AtomicBool, AtomicU8, AtomicUsize, Guard, Mutex, MutexGuard, OnceLock,
    Ordering,
};
pub(crate) use type_map::ByType;
