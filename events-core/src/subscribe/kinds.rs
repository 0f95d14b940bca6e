//! The kinds of run-time subscriptions, as types.

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
