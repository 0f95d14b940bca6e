//! The state of a mock: the rules that a test has set, and the events that were recorded.

pub(crate) mod field_values;
pub(crate) mod mock_state;
pub(crate) mod recorded_event;
pub(crate) mod rule;
