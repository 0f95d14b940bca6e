//! The primitives that plans are exchanged with.

pub(super) use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU8, Ordering},
};

pub(super) use arc_swap::{ArcSwapOption, Guard};
