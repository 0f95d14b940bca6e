//! The topic of an event: that of its type, or its own if it is a named event.

use std::borrow::Cow;

use super::traits::Event;

/// The topic of an event.
#[inline]
pub(crate) fn topic_of<E: Event>(event: &E) -> &str {
    event.__own_topic().map_or(E::topic(), |topic| topic)
}

/// The topic of an event, for a report that outlives the event.
pub(crate) fn topic_text<E: Event>(event: &E) -> Cow<'static, str> {
    let own = event.__own_topic();
    own.map_or(E::topic().into(), |topic| topic.to_string().into())
}
