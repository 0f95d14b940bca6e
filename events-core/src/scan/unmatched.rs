//! Declared patterns that match no linked event, with the topics that were probably meant.

use super::declarations::Declaration;
use crate::{
    declared::{EVENTS, EventSelector},
    metadata::{EventInfo, suggest_topics},
    primitives::one_line,
};

/// A declared pattern that matches no linked event.
///
/// It may be meant for events of models, which have a topic for each model, or for events that are emitted by their
/// topic alone: a scan does not know these. A similar topic is the sign of a mistake.
pub(super) struct UnmatchedPattern {
    pub(super) text: String,
    pub(super) has_suggestion: bool,
}

impl UnmatchedPattern {
    /// `None` if the pattern of this subscriber matches a linked event, or if it has none.
    pub(super) fn of(declaration: &Declaration) -> Option<Self> {
        let EventSelector::Topic(pattern) = declaration.subscriber.selector else {
            return None;
        };
        let compiled = pattern.compile().ok()?;
        let topics = || EVENTS.iter().map(EventInfo::topic);
        if topics().any(|topic| compiled.matches(topic)) {
            return None;
        }
        let suggestion = suggest_topics(pattern.text(), topics());
        let subscriber = declaration.describe();
        let pattern = one_line(pattern.text());
        let mut text =
            format!("no linked event has a topic that matches `{pattern}` of {subscriber}");
        if let Some(suggestion) = &suggestion {
            text = format!("{text}; {suggestion}");
        }
        Some(Self {
            text,
            has_suggestion: suggestion.is_some(),
        })
    }
}
