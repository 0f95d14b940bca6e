//! Declared subscribers of a pattern that run later, and the linked events that they cannot receive, because these cannot
//! be copied.

use super::declarations::Declaration;
use crate::{
    declared::{EVENTS, EventSelector},
    metadata::EventInfo,
    primitives::one_line,
};

/// How many topics a text names.
const MAX_TOPICS: usize = 8;

/// The text about the linked events that match the pattern of this subscriber and cannot be copied for it. `None` if there
/// are none, or if it is a sync subscriber or one of event types: these are checked when it is compiled.
pub(super) fn uncopied_events(declaration: &Declaration) -> Option<String> {
    let options = &declaration.subscriber.options;
    let EventSelector::Topic(pattern) = declaration.subscriber.selector else {
        return None;
    };
    if !options.asynchronous && !options.deferred {
        return None;
    }
    let compiled = pattern.compile().ok()?;
    let is_uncopied = |event: &&EventInfo| !event.has_copy() && compiled.matches(event.topic());
    let mut topics: Vec<_> = EVENTS
        .iter()
        .filter(is_uncopied)
        .map(EventInfo::topic)
        .collect();
    topics.sort_unstable();
    topics.dedup();
    let more = topics.len().saturating_sub(MAX_TOPICS);
    topics.truncate(MAX_TOPICS);
    let topics: Vec<_> = topics
        .iter()
        .map(|topic| format!("`{}`", one_line(topic)))
        .collect();
    if topics.is_empty() {
        return None;
    }
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{} cannot receive {}{more}, which match its pattern and cannot be copied; derive `Clone` for an event that owns \
         `Send` and `Sync` values, with `#[event(clone)]` if it is generic, or let the pattern match other topics only",
        declaration.describe(),
        topics.join(", ")
    ))
}
