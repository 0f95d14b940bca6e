//! Which subscribers of other events could have been meant for an event.

use crate::{
    metadata::{is_similar, suggest_topics},
    registry::Receiver,
};

/// How likely it is that a subscriber of other events was meant; the most likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// The topic of one of its events has a similar end, or its pattern is similar to the topic.
    Similar,
    /// The topic of one of its events differs in the end only.
    SameModule,
    /// It has a pattern.
    Pattern,
    Far,
}

impl Nearness {
    pub(super) fn of(receiver: &Receiver, topic: &str) -> Self {
        if let Some(pattern) = &receiver.subscriber.pattern {
            return match suggest_topics(pattern, [topic].into_iter()) {
                Some(_) => Self::Similar,
                None => Self::Pattern,
            };
        }
        let mut topics = receiver.topics.iter();
        if topics.any(|other| is_similar(topic, other)) {
            return Self::Similar;
        }
        let mut topics = receiver.topics.iter();
        let module = module(topic);
        if module.is_some() && topics.any(|other| self::module(other) == module) {
            return Self::SameModule;
        }
        Self::Far
    }
}

/// The topic without its last part.
fn module(topic: &str) -> Option<&str> {
    let (module, _) = topic.rsplit_once(['.', ':'])?;
    Some(module.trim_end_matches(['.', ':']))
}
