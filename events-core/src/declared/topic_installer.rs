//! Declared handlers of events of any type: how they get into a registry.

use std::{
    borrow::Cow,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use super::installer::{Hears, Installer};
use crate::{
    background::Hand,
    event::{AnyEvent, Family},
    handler::{OnAny, Run, Step},
    metadata::Pattern,
    plan::{Entry, Hearing, Kind, Rank},
    subscribe::{Door, Leave, Member},
};

/// A declared handler of events of any type, to be registered.
#[doc(hidden)]
pub struct AnyHandler {
    handler: Arc<dyn OnAny>,
    /// What closes it, when it belongs to a listener that is added by hand.
    door: Weak<dyn Door>,
    number: u64,
    declared: bool,
}

/// What the attribute makes of a function.
struct Open<H> {
    handler: H,
    closed: AtomicBool,
}

impl<H> OnAny for Open<H>
where
    H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync,
{
    fn hear(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
        if self.closed.load(Ordering::Acquire) {
            return Step::Skipped;
        }
        (self.handler)(event, run)
    }
}

impl<H: Send + Sync> Door for Open<H> {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

impl Installer<'_> {
    /// Makes a handler of a function that takes `&dyn AnyEvent`.
    pub fn any<H>(&mut self, handler: H) -> AnyHandler
    where
        H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let open = Arc::new(Open {
            handler,
            closed: AtomicBool::new(false),
        });
        let door = Arc::downgrade(&open);
        let declared = self.added.is_none();
        AnyHandler {
            handler: open,
            door,
            number: if declared {
                self.subscriber.address()
            } else {
                self.core.next_number()
            },
            declared,
        }
    }

    /// Registers it for the events of one type.
    pub fn hear<F: Family>(&mut self, any: &AnyHandler) {
        let kind = Kind::of::<F>();
        let rank = self.rank(any);
        let (position, subscriber) = self.describe(kind.info.topic().into(), None, rank);
        self.leave(any, Some(kind));
        let entry = Entry {
            number: any.number,
            declared: any.declared,
            position,
            subscriber,
            handler: Hand::Now((kind.any)(&any.handler)),
        };
        self.group.add(kind, entry);
    }

    /// Registers it for the events whose topic its pattern matches.
    ///
    /// # Panics
    ///
    /// When that is no regular expression; the attribute has looked.
    pub fn hear_topic(&mut self, any: &AnyHandler) {
        let Hears::Topic(text) = self.subscriber.hears else {
            return;
        };
        let text = Cow::Borrowed(text);
        let pattern = match Pattern::new(text.clone()) {
            Ok(pattern) => pattern,
            Err(error) => panic!("{:?}: {error}", self.subscriber),
        };
        let rank = self.rank(any);
        let (position, subscriber) = self.describe(text.clone(), Some(text), rank);
        self.leave(any, None);
        self.group.hear(Hearing {
            number: any.number,
            declared: any.declared,
            position,
            subscriber,
            handler: Arc::clone(&any.handler),
            pattern,
        });
    }

    fn rank(&self, any: &AnyHandler) -> Rank {
        let one = self.subscriber;
        if any.declared {
            Rank::declared(one.priority, one.module, one.location, one.name)
        } else {
            Rank::subscribed(one.priority, any.number)
        }
    }

    /// How it leaves, when it belongs to a listener that is added by hand.
    fn leave(&mut self, any: &AnyHandler, kind: Option<Kind>) {
        if let Some(added) = &mut self.added {
            let leave = Leave::new(&added.registry, kind, None, any.number);
            added
                .members
                .push(Member::new(leave, Weak::clone(&any.door)));
        }
    }
}
