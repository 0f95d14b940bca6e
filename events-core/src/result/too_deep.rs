//! The error of an emit that was refused because it was nested too deep.

use std::{borrow::Cow, error::Error, fmt};

use super::topic_chain::fmt_chain;
use crate::primitives::OptionBox;

/// A refused emit: it exceeded the limit of nested emits, or little of the thread's stack was left.
///
/// A nested emit is an emit inside a handler of another one. The limit is
/// [`Registry::set_depth_limit`](crate::Registry::set_depth_limit). An emit that is nested more than 16 deep is
/// refused as well if less than 128 KiB of the stack are left, where the platform can tell. So a single handler, or an
/// async emit of an event of many KiB, that needs more than this can still overflow the stack: box such data.
/// `Display` shows the chain of topics, outermost first.
///
/// A nested async emit can also be resumed on a thread with a smaller stack than that on which it began. If that little
/// is left there, its async subscribers that have not ended are dropped, each of which is a failure with
/// [`Cause::TooDeep`](crate::failures::Cause::TooDeep).
///
/// ```
/// use std::sync::Mutex;
/// use events_core::{Event, Registry, failures::TooDeep};
///
/// #[derive(Event)]
/// #[event(topic = "cells::changed")]
/// struct Changed;
///
/// static REFUSED: Mutex<Option<TooDeep>> = Mutex::new(None);
/// let registry = Registry::new();
/// registry.set_depth_limit(2);
/// // Each change causes another one, without end.
/// registry
///     .on(|_: &Changed| {
///         if let Err(error) = Changed.try_emit() {
///             *REFUSED.lock().unwrap() = error.too_deep().cloned();
///         }
///     })
///     .detach();
/// let _scope = registry.enter();
/// Changed.emit();
///
/// let refused = REFUSED.lock().unwrap().take().expect("the third emit is refused");
/// assert_eq!(refused.limit(), 2);
/// assert_eq!(refused.chain(), ["cells::changed"; 3]);
/// ```
#[derive(Clone, Debug)]
pub struct TooDeep {
    pub(crate) limit: usize,
    pub(crate) stack_left: Option<usize>,
    /// Its drop is outlined: each result of an emit may contain a refusal.
    pub(crate) chain: OptionBox<Vec<Cow<'static, str>>>,
}

impl TooDeep {
    /// The maximum number of nested emits.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many bytes of the thread's stack were left, if the emit was refused for that reason.
    #[must_use]
    pub fn stack_left(&self) -> Option<usize> {
        self.stack_left
    }

    /// The topics of the nested emits, outermost first; the refused one is last.
    #[must_use]
    pub fn chain(&self) -> &[Cow<'static, str>] {
        self.chain.get().map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("emit refused: ")?;
        self.fmt_reason(f)
    }
}

impl TooDeep {
    /// The reason, with its remedy and the chain.
    pub(super) fn fmt_reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stack_left {
            None => {
                fmt_nested(f, self.limit)?;
                f.write_str(
                    ", which is the limit (Registry::set_depth_limit changes it); the chain is ",
                )?;
            }
            Some(left) => {
                fmt_nested(f, self.chain().len() - 1)?;
                write!(
                    f,
                    ", and {} KiB of the thread's stack are left (enqueue the inner events, or use a thread with a \
                     larger stack); the chain is ",
                    left / 1024
                )?;
            }
        }
        fmt_chain(f, self.chain())
    }
}

/// Writes how many emits are in progress, each inside a handler of the one before.
fn fmt_nested(f: &mut fmt::Formatter<'_>, emits: usize) -> fmt::Result {
    match emits {
        1 => f.write_str("1 emit is in progress"),
        emits => write!(f, "{emits} emits are nested"),
    }
}

impl Error for TooDeep {}
