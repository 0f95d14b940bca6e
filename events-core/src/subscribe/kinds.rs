//! The kinds of run-time subscriptions, as types.

use crate::event::{HeldCopy, register_clone_fn};

/// A sync handler: the emit calls it at its position in the order, and resumes when it has
/// returned.
///
#[doc = include_str!("../../docs/kinds/sync.md")]
#[derive(Debug)]
pub enum SyncKind {}

/// An awaited handler: an async emit awaits it in its place among the sync handlers.
///
#[doc = include_str!("../../docs/kinds/awaited.md")]
#[derive(Debug)]
pub enum AwaitedKind {}

/// An async or deferred handler: it runs after the sync handlers, concurrently with others or from
/// the queue.
///
#[doc = include_str!("../../docs/kinds/background.md")]
#[derive(Debug)]
pub enum BackgroundKind {}

/// A sync handler that receives every event whose topic matches a pattern.
///
#[doc = include_str!("../../docs/kinds/pattern.md")]
#[derive(Debug)]
pub enum PatternKind {}

/// An async or deferred handler that receives a copy of every event whose topic matches a pattern.
///
#[doc = include_str!("../../docs/kinds/background_pattern.md")]
#[derive(Debug)]
pub enum BackgroundPatternKind {}

/// The kinds whose handler receives events of one type.
#[doc(hidden)]
pub trait ExactKind {}

impl ExactKind for SyncKind {}
impl ExactKind for AwaitedKind {}
impl ExactKind for BackgroundKind {}

/// The kinds whose handler is called at its place in the order, not later.
#[doc(hidden)]
pub trait InOrderKind {}

impl InOrderKind for SyncKind {}
impl InOrderKind for AwaitedKind {}
impl InOrderKind for PatternKind {}

/// The kinds whose handler may run after a unit of work has ended, with the bound that their events then need.
#[doc(hidden)]
pub trait HeldKind<F> {
    /// Registers how the events are copied, if they have a type.
    fn register_copy() {}
}

impl<E: HeldCopy> HeldKind<E> for SyncKind {
    fn register_copy() {
        register_clone_fn::<E>();
    }
}

impl<E: HeldCopy> HeldKind<E> for AwaitedKind {
    fn register_copy() {
        register_clone_fn::<E>();
    }
}

impl<E: HeldCopy> HeldKind<E> for BackgroundKind {
    fn register_copy() {
        register_clone_fn::<E>();
    }
}

impl<F> HeldKind<F> for PatternKind {}
impl<F> HeldKind<F> for BackgroundPatternKind {}
