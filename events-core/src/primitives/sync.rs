//! The primitives that plans are exchanged with, and that queues are made of.

pub(crate) use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};

pub(crate) use arc_swap::{ArcSwapOption, Guard};
