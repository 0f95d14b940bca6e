//! The error of a call that was refused because it would wait for itself.

use std::{borrow::Cow, error::Error, fmt};

use super::topic_chain::fmt_chain;

/// A refused call of a handler with a concurrency limit, or one for each key: the calls in progress await, through nested
/// emits, the call that is refused, so none of them would end.
///
/// `Display` shows the chain of the emits' topics, outermost first.
///
/// ```
/// use events_core::{Event, Registry, failures::Cause, subscriber, subscribers};
///
/// #[derive(Event, Clone)]
/// #[event(topic = "files::changed")]
/// struct Changed {
///     linked: bool,
/// }
///
/// /// One call at a time, and this one awaits another call: it would wait forever.
/// #[subscriber(concurrency = 1)]
/// async fn sync_linked(event: &Changed) {
///     if event.linked {
///         let error = Changed { linked: false }.try_emit_async().await.unwrap_err();
///         match error.failures()[0].cause() {
///             Cause::WaitsForItself(refused) => {
///                 assert_eq!(refused.limit(), 1);
///                 assert_eq!(refused.chain(), ["files::changed"; 2]);
///             }
///             cause => unreachable!("{cause}"),
///         }
///     }
/// }
///
/// let registry = Registry::with(subscribers![sync_linked]);
/// let _scope = registry.enter();
/// assert!(smol::block_on(Changed { linked: true }.try_emit_async()).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct WaitsForItself {
    pub(crate) limit: usize,
    pub(crate) is_of_key: bool,
    pub(crate) chain: Vec<Cow<'static, str>>,
}

impl WaitsForItself {
    /// The maximum number of concurrent calls of the handler, or of those with one key, which is 1.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether it would wait for a call with the same key, not for any call of the handler: see the option
    /// [`per_key`](crate::subscribing::NewSubscription::per_key).
    #[must_use]
    pub fn is_of_key(&self) -> bool {
        self.is_of_key
    }

    /// The topics of the nested emits, outermost first; that of the refused call is last.
    #[must_use]
    pub fn chain(&self) -> &[Cow<'static, str>] {
        &self.chain
    }
}

impl fmt::Display for WaitsForItself {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_of_key {
            f.write_str(
                "the call with the same key is in progress and awaits this one; return another key (per_key), or do not \
                 await an emit of an event of the same key; the chain is ",
            )?;
            return fmt_chain(f, &self.chain);
        }
        match self.limit {
            1 => f.write_str(
                "the call that the limit of 1 allows is in progress and awaits this one",
            )?,
            limit => write!(
                f,
                "the calls that the limit of {limit} allows are in progress and await this one"
            )?,
        }
        f.write_str(
            "; raise the limit (concurrency), or do not await an emit of an event that the handler receives; the chain is ",
        )?;
        fmt_chain(f, &self.chain)
    }
}

impl Error for WaitsForItself {}
