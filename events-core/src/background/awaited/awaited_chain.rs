//! The chain of an event type that has awaited handlers: *stretches* of sync handlers, and the awaited handlers between
//! them. Only async emits and the queue run it. A sync emit runs the plain chain of the plan.

use std::sync::{Arc, OnceLock};

use super::filtered_awaited::ErasedAwaited;
use crate::{
    handler::{Chain, ErasedEvent, Run, run_wrapped},
    metadata::{Origin, SubscriberInfo},
    result::{EmitStats, FailureList},
};

/// The sync and the awaited handlers of one event type, in running order. `K` is what a run of it keeps alive.
pub(crate) struct AwaitedChain<K> {
    pub(super) steps: Box<[ChainStep<K>]>,
}

/// A part of the chain.
#[expect(
    clippy::large_enum_variant,
    reason = "a chain has few steps, and a box would be one more load in each"
)]
pub(crate) enum ChainStep<K> {
    Sync(Stretch),
    Awaited(ErasedAwaited<K>, Arc<SubscriberInfo>),
}

/// Sync handlers that run one after the other.
pub(crate) struct Stretch {
    chain: Chain,
    /// The same with a pause after each handler, built when spans are recorded.
    traced_chain: OnceLock<Chain>,
}

impl<K> AwaitedChain<K> {
    pub(crate) fn new(steps: Vec<ChainStep<K>>) -> Self {
        Self {
            steps: steps.into_boxed_slice(),
        }
    }

    /// The subscribers of the steps from this one on.
    pub(super) fn subscribers_from(
        &self,
        step: usize,
    ) -> impl Iterator<Item = &Arc<SubscriberInfo>> {
        self.steps[step..].iter().flat_map(|step| match step {
            ChainStep::Sync(stretch) => stretch.chain.subscribers(),
            ChainStep::Awaited(_, subscriber) => std::slice::from_ref(subscriber),
        })
    }
}

impl<K> ChainStep<K> {
    pub(crate) fn sync(chain: Chain) -> Self {
        Self::Sync(Stretch {
            chain,
            traced_chain: OnceLock::new(),
        })
    }
}

impl Stretch {
    /// Runs the handlers, each in a span of its own if `is_traced`.
    pub(super) fn run(
        &self,
        mut event: ErasedEvent<'_>,
        origin: Option<&Origin>,
        failures: &FailureList<'_>,
        is_traced: bool,
    ) -> EmitStats {
        let middlewares = self.chain.of().policy.middlewares();
        let chain = if is_traced || middlewares.is_some() {
            self.traced_chain.get_or_init(|| self.chain.one_by_one())
        } else {
            &self.chain
        };
        let Some(delivery) = chain.deliver(&mut event) else {
            return EmitStats::default();
        };
        if let Some(middlewares) = middlewares {
            return run_wrapped(delivery, origin, Some(failures), middlewares).into_stats();
        }
        let mut run = Run::new(delivery, origin, Some(failures));
        run.run_to_end(is_traced);
        run.stats().into_stats()
    }
}
