//! "Did you mean": the emitted topics that are similar to a missing one.

use events_core::__testing as core;

use crate::state::{mock_data::MockData, rule::EventSelector};

/// Suggests emitted topics that are similar to the selected one.
pub(crate) fn suggest_topics(data: &MockData, selector: &EventSelector) -> Option<String> {
    let topics = data.counted_events().map(|event| event.topic.as_str());
    match selector {
        // An emitted event of the same topic appears in the report already.
        EventSelector::Type { topic, .. } => {
            core::suggest(topic, topics.filter(|other| other != topic))
        }
        EventSelector::Topic(pattern) => core::suggest_topics(pattern.text(), topics),
    }
}
