//! A plan: the handlers of one event type in running order, and who they are.

use std::{
    any::TypeId,
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use crate::{
    background::{BackgroundHandler, BackgroundPlan},
    handler::{Chain, Delivery, ErasedEvent, ErasedHandler},
    metadata::{EventInfo, SubscriberInfo},
};

/// The handlers of one event type in running order, at least one, and beside each who it is.
pub(crate) struct Plan {
    chain: Chain,
    /// The handlers that run when the chain is through, if there are any.
    tail: Option<Arc<BackgroundPlan>>,
    /// The same handlers with a stop after each, once somebody watches them one by one.
    watched: OnceLock<Chain>,
}

impl Plan {
    /// The plan of these handlers, each beside who it is. Of those that run later, some begin when
    /// others have ended: the second of each pair when the first has.
    pub(crate) fn new(
        family: TypeId,
        info: &'static EventInfo,
        topic: Cow<'static, str>,
        handlers: impl Iterator<Item = (HandlerKind, Arc<SubscriberInfo>)>,
        dependencies: impl Iterator<Item = (usize, usize)>,
    ) -> Self {
        let (mut chain, mut subscribers) = (Vec::new(), Vec::new());
        let (mut later, mut later_subscribers) = (Vec::new(), Vec::new());
        let mut places = Vec::new();
        for (hand, subscriber) in handlers {
            places.push(later.len());
            match hand {
                HandlerKind::Sync(wired) => {
                    chain.push(wired);
                    subscribers.push(subscriber);
                }
                HandlerKind::Background(handler) => {
                    later.push(handler);
                    later_subscribers.push(subscriber);
                }
            }
        }
        let dependencies = dependencies.map(|(first, second)| (places[first], places[second]));
        let dependencies = dependencies.collect();
        let tail = BackgroundPlan::new(later.into(), later_subscribers.into(), dependencies);
        let tail = (tail.len() > 0).then(|| Arc::new(tail));
        let chain = Chain::new(
            (family, info, topic),
            chain.into(),
            subscribers.into(),
            Chain::MAX_NESTED_CALLS,
            tail.is_some(),
        );
        Self {
            chain,
            tail,
            watched: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) fn tail(&self) -> Option<&Arc<BackgroundPlan>> {
        self.tail.as_ref()
    }

    /// All subscribers: those of the chain, and then those of the tail.
    pub(crate) fn everyone(&self) -> impl Iterator<Item = &Arc<SubscriberInfo>> {
        let tail = self.tail.as_deref().map(BackgroundPlan::subscribers);
        let chain = self.chain.subscribers();
        chain.iter().chain(tail.into_iter().flatten())
    }

    #[inline]
    pub(crate) fn info(&self) -> &'static EventInfo {
        self.chain.info()
    }

    /// Those of the chain.
    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        self.chain.subscribers()
    }

    /// How many stand in the chain.
    pub(crate) fn len(&self) -> usize {
        self.chain.len()
    }

    /// Takes an event that the handlers take.
    ///
    /// # Panics
    ///
    /// When it is of another type: a slot has been given to the wrong one.
    #[inline]
    pub(crate) fn deliver<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Delivery<'a> {
        match self.chain.deliver(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    /// The same, with a stop after each handler.
    pub(crate) fn deliver_one_by_one<'a>(&'a self, event: &'a mut ErasedEvent<'_>) -> Delivery<'a> {
        let chain = self.watched.get_or_init(|| self.chain.one_by_one());
        match chain.deliver(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self) -> ! {
        unreachable!(
            "{} was handed an event of another type",
            self.info().topic()
        );
    }
}

/// A handler as its slot keeps it.
#[derive(Clone)]
pub(crate) enum HandlerKind {
    /// It runs when its turn comes, and may change the event.
    Sync(ErasedHandler),
    /// It runs afterwards, and reads.
    Background(Arc<dyn BackgroundHandler>),
}
