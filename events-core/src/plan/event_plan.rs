//! A plan: the handlers of one event type in running order, and their subscribers.

use std::{
    any::TypeId,
    ops::Range,
    sync::{Arc, OnceLock},
};

use crate::{
    background::{AwaitedChain, BackgroundHandler, BackgroundPlan, ChainStep, ErasedAwaited},
    handler::{Chain, Delivery, ErasedEvent, ErasedHandler, ViewFn},
    metadata::{EventInfo, Origin, SubscriberInfo},
    policy::{PlanType, PolicyRef},
    result::PlanSubscribers,
};

/// The handlers of one event type in running order, and the subscriber of each. There is at least one.
pub(crate) struct Plan {
    chain: Chain,
    /// The background handlers, which run after the chain, and the awaited ones of the chain; `None` if there are neither.
    background: Option<Arc<BackgroundPlan>>,
    /// The same chain with a pause after each handler, built at the first emit that records each handler.
    traced_chain: OnceLock<Chain>,
    /// Whether a handler takes the emission, with its time.
    takes_emission: bool,
    /// The subscribers that are not in it, as they are muted; each with its index among all subscribers, of which those of
    /// the chain come first.
    muted: Box<[(usize, Arc<SubscriberInfo>)]>,
    /// The subscribers for the records of emits, made for the first one that is recorded.
    for_records: OnceLock<Arc<PlanSubscribers>>,
}

impl Plan {
    /// Builds the plan of these handlers, each with its subscriber.
    ///
    /// `dependencies` are pairs of background handlers, as indices into `handlers`: the second of a pair
    /// starts when the first has ended.
    pub(crate) fn new(
        of: PlanType,
        handlers: impl ExactSizeIterator<Item = (HandlerKind, Arc<SubscriberInfo>)>,
        dependencies: Vec<(usize, usize)>,
        muted: Box<[(usize, Arc<SubscriberInfo>)]>,
    ) -> Self {
        let mut chain = Vec::with_capacity(handlers.len());
        let mut subscribers = Vec::with_capacity(handlers.len());
        let (mut background, mut background_subscribers) = (Vec::new(), Vec::new());
        let mut background_indices = Vec::new();
        let mut takes_emission = false;
        let (mut awaited, mut view) = (Vec::new(), None);
        for (handler, subscriber) in handlers {
            takes_emission |= subscriber.takes_emission;
            if !dependencies.is_empty() {
                background_indices.push(background.len());
            }
            match handler {
                HandlerKind::Sync(handler) => {
                    chain.push(handler);
                    subscribers.push(subscriber);
                }
                HandlerKind::Awaited(handler) => {
                    awaited.push((chain.len(), handler.clone()));
                    chain.push(handler.in_sync_emit().clone());
                    subscribers.push(subscriber);
                }
                HandlerKind::Background(handler, view_of_type) => {
                    background.push(handler);
                    background_subscribers.push(subscriber);
                    view = view.or(view_of_type);
                }
            }
        }
        let dependencies = dependencies
            .into_iter()
            .map(|(first, second)| (background_indices[first], background_indices[second]));
        let dependencies = dependencies.collect();
        let background = BackgroundPlan::new(
            of.policy.clone(),
            background.into(),
            background_subscribers.into(),
            dependencies,
            awaited_chain(&of, &chain, &subscribers, awaited),
            view,
        );
        let has_background = background.len() > 0 || background.has_awaited();
        let background = has_background.then(|| Arc::new(background));
        let chain = Chain::new(
            of,
            chain.into(),
            subscribers.into(),
            Chain::MAX_NESTED_CALLS,
            has_background,
        );
        Self {
            chain,
            background,
            traced_chain: OnceLock::new(),
            takes_emission,
            muted,
            for_records: OnceLock::new(),
        }
    }

    /// Whether a handler takes the emission, with its time.
    pub(crate) fn takes_emission(&self) -> bool {
        self.takes_emission
    }

    #[inline]
    pub(crate) fn background(&self) -> Option<&Arc<BackgroundPlan>> {
        self.background.as_ref()
    }

    /// The subscribers, for the record of an emit.
    pub(crate) fn subscribers(&self) -> &Arc<PlanSubscribers> {
        self.for_records.get_or_init(|| {
            let called = self.all_subscribers();
            Arc::new(PlanSubscribers::new(called, &self.muted))
        })
    }

    /// All subscribers: those of the chain, then those of the background plan.
    pub(crate) fn all_subscribers(&self) -> impl Iterator<Item = &Arc<SubscriberInfo>> {
        let background = self.background.as_deref().map(BackgroundPlan::subscribers);
        let chain = self.chain.subscribers();
        chain.iter().chain(background.into_iter().flatten())
    }

    /// Whether a subscriber receives events with this origin, if no condition keeps them from it.
    pub(crate) fn receives(&self, origin: Option<&Origin>) -> bool {
        let is_of =
            |one: &Arc<SubscriberInfo>| one.origin.is_none() || one.origin.as_ref() == origin;
        self.all_subscribers().any(is_of)
    }

    #[inline]
    pub(crate) fn info(&self) -> &'static EventInfo {
        self.chain.of().info
    }

    /// The event type.
    pub(crate) fn family(&self) -> TypeId {
        self.chain.of().family
    }

    /// The hooks and the middleware of the registry.
    #[inline]
    pub(crate) fn policy(&self) -> &PolicyRef {
        &self.chain.of().policy
    }

    /// The number of handlers in the chain.
    pub(crate) fn len(&self) -> usize {
        self.chain.len()
    }

    /// Checks that the handlers accept the type of an event, and returns it as a delivery to the chain.
    ///
    /// # Panics
    ///
    /// If the event is of another type: the plan is in the slot of the wrong type.
    #[inline]
    pub(crate) fn deliver<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Delivery<'a> {
        match self.chain.deliver(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    /// Like [`deliver`](Self::deliver), with a pause after each handler.
    pub(crate) fn deliver_one_by_one<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Delivery<'a> {
        let chain = self.traced_chain.get_or_init(|| self.chain.one_by_one());
        match chain.deliver(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self) -> ! {
        unreachable!(
            "the plan of `{}` received an event of another type",
            self.info().topic()
        );
    }
}

/// The chain for emits that can await: that of `handlers`, divided at the awaited ones, which are given with their
/// indices. `None` if there are none.
fn awaited_chain(
    of: &PlanType,
    handlers: &[ErasedHandler],
    subscribers: &[Arc<SubscriberInfo>],
    awaited: Vec<(usize, ErasedAwaited)>,
) -> Option<AwaitedChain> {
    if awaited.is_empty() {
        return None;
    }
    let mut steps = Vec::new();
    let add_stretch = |steps: &mut Vec<_>, range: Range<usize>| {
        if !range.is_empty() {
            steps.push(ChainStep::sync(Chain::new(
                of.clone(),
                handlers[range.clone()].into(),
                subscribers[range].into(),
                Chain::MAX_NESTED_CALLS,
                false,
            )));
        }
    };
    let mut first = 0;
    for (index, handler) in awaited {
        add_stretch(&mut steps, first..index);
        let subscriber = Arc::clone(&subscribers[index]);
        steps.push(ChainStep::Awaited(handler, subscriber));
        first = index + 1;
    }
    add_stretch(&mut steps, first..handlers.len());
    Some(AwaitedChain::new(steps))
}

/// A handler, by when it runs.
#[derive(Clone)]
pub(crate) enum HandlerKind {
    /// It runs in the chain and may change the event.
    Sync(ErasedHandler),
    /// It is awaited in the chain and may change the event.
    Awaited(ErasedAwaited),
    /// It runs after the chain and only reads the event. A handler of events of any type has the function that shows it
    /// an event of the plan's type.
    Background(Arc<dyn BackgroundHandler>, Option<ViewFn>),
}
