//! A plan: the handlers of one event type in running order, and who they are.

use std::sync::{Arc, OnceLock};

use super::{Chain, Delivery, Erased, Place, Wired};
use crate::words::{EventInfo, SubscriberInfo};

/// The handlers of one event type in running order, at least one, and beside each who it is.
pub(crate) struct Plan {
    info: &'static EventInfo,
    chain: Chain,
    /// The same handlers with a stop after each, once somebody watches them one by one.
    watched: OnceLock<Chain>,
    subscribers: Box<[Arc<SubscriberInfo>]>,
}

impl Plan {
    /// The plan of these handlers, each beside who it is.
    pub(crate) fn new(
        info: &'static EventInfo,
        handlers: Box<[Wired]>,
        subscribers: Box<[Arc<SubscriberInfo>]>,
    ) -> Self {
        Self {
            info,
            chain: Chain::new(handlers, Chain::STRETCH),
            watched: OnceLock::new(),
            subscribers,
        }
    }

    #[inline]
    pub(crate) fn info(&self) -> &'static EventInfo {
        self.info
    }

    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    pub(crate) fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// Takes an event that the handlers take.
    ///
    /// # Panics
    ///
    /// When it is of another type: a slot has been given to the wrong one.
    #[inline]
    pub(crate) fn deliver<'a>(&'a self, event: &'a mut Erased<'_>) -> Delivery<'a> {
        match self.chain.takes(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    /// The same, with a stop after each handler.
    pub(crate) fn deliver_one_by_one<'a>(&'a self, event: &'a mut Erased<'_>) -> Delivery<'a> {
        let chain = self.watched.get_or_init(|| self.chain.one_by_one());
        match chain.takes(event) {
            Some(delivery) => delivery,
            None => self.refuse(),
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self) -> ! {
        unreachable!("{} was handed an event of another type", self.info.topic());
    }

    /// Which handler stands there.
    pub(super) fn index_of(&self, place: Place) -> usize {
        let watched = || self.watched.get()?.index_of(place);
        let index = self.chain.index_of(place).or_else(watched);
        index.unwrap_or_else(|| unreachable!("no place of this plan"))
    }
}
