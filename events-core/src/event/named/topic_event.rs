//! A named event: an event without a type, which has a topic, and arguments by name.

use std::{any::Any, sync::Arc};

use super::{args::Args, no_backend::NoBackend};
use crate::{
    event::{
        erased::required_clone_fn,
        json::Json,
        ownership::Owned,
        statics::EventStatics,
        traits::{Event, Family, Visit},
    },
    metadata::{EventInfo, Location},
};

/// A named event. A clone shares the topic and the values of the arguments.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct TopicEvent {
    pub(crate) topic: Arc<str>,
    pub(crate) args: Args,
}

impl TopicEvent {
    pub(crate) fn new(topic: &str, args: Args) -> Self {
        Self {
            topic: topic.into(),
            args,
        }
    }
}

/// Describes all named events; each has its own topic, which is in [`TopicEvent`].
static INFO: EventInfo = EventInfo::new(
    "a topic",
    "TopicEvent",
    module_path!(),
    Location::new(file!(), line!(), column!()),
    "",
    &[],
    true,
);

#[diagnostic::do_not_recommend]
impl Event for TopicEvent {
    type Family = Self;
    type Ownership = Owned;
    type Backend = NoBackend;

    fn __lend<'s, V: Visit<'s, Self>>(&'s mut self, visitor: V) -> V::Output {
        visitor.visit(self)
    }

    fn __named(&self, name: &str) -> Option<&dyn Any> {
        self.args.any(name)
    }

    fn __type_of(&self, name: &str) -> Option<&'static str> {
        self.args.type_name(name)
    }

    fn __own_topic(&self) -> Option<&Arc<str>> {
        Some(&self.topic)
    }

    fn __names(&self) -> Vec<(&str, bool)> {
        self.args.names().collect()
    }

    fn __json(&self) -> Option<Json> {
        self.args.json()
    }

    /// The arguments: users cannot name the type of the event.
    fn __into_any(self) -> Box<dyn Any + Send> {
        Box::new(self.args)
    }
}

#[diagnostic::do_not_recommend]
impl Family for TopicEvent {
    type Of<'x> = Self;

    fn statics() -> EventStatics {
        EventStatics {
            info: &INFO,
            default_slot: None,
            clone_fn: required_clone_fn::<Self>(),
        }
    }
}
