//! Declared patterns that match no linked event, with the topics that were probably meant.

use super::declarations::Declaration;
use crate::{
    declared::{EVENTS, EventSelector, MODELS, Model},
    metadata::{EventInfo, PatternText, suggest_topics},
    primitives::one_line,
};

/// The remedy for a pattern of the events of models.
const OF_MODELS: &str = "; a scan knows the events of a model once it is registered: call `register_model` before the scan, or \
                         `register_models!` of `events-seaorm`";

/// A declared pattern that matches no linked event.
///
/// It may be meant for events of models that are not registered yet, or for events that are emitted by their
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
        if topics().any(|topic| compiled.matches(topic)) {
            return None;
        }
        let prefix_pattern = match pattern {
            PatternText::Regex(text) => prefix_pattern(text),
            PatternText::Exact(_) => None,
        };
        let suggestion = suggest_topics(pattern.text(), topics());
        let subscriber = declaration.describe();
        let pattern = one_line(pattern.text());
        let mut text =
            format!("no linked event has a topic that matches `{pattern}` of {subscriber}");
        if let Some(pattern) = &prefix_pattern {
            text.push_str("; a pattern is a regular expression for the whole topic; write `");
            text.push_str(pattern);
            text.push('`');
        }
        if let Some(suggestion) = &suggestion {
            text = format!("{text}; {suggestion}");
        }
        if pattern.contains("events::db::") {
            text.push_str(OF_MODELS);
        }
        Some(Self {
            text,
            has_suggestion: suggestion.is_some() || prefix_pattern.is_some(),
        })
    }
}

/// The topics of linked events, and of the models that are registered.
fn topics() -> impl Iterator<Item = &'static str> {
    let of_models = MODELS.iter().flat_map(Model::events);
    EVENTS.iter().chain(of_models).map(EventInfo::topic)
}

/// The pattern that was probably meant by a plain prefix of topics, such as `shop`, `shop::` or `shop::*`: one that
/// matches a linked event. It ends the prefix at a `::` or a `.` if a topic continues so.
fn prefix_pattern(text: &str) -> Option<String> {
    let prefix = text.strip_suffix('*').unwrap_or(text);
    let is_plain = |c: char| c.is_alphanumeric() || "_-:/.".contains(c);
    if prefix.is_empty() || !prefix.chars().all(is_plain) {
        return None;
    }
    let endings = ["::", ".", ""].into_iter();
    let mut starts = endings.map(|ending| format!("{prefix}{ending}"));
    let is_start = |start: &String| topics().any(|topic| topic.starts_with(start));
    Some(format!("{}.*", starts.find(is_start)?))
}
