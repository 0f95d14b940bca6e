//! The state of a mock. A mock records the events that a registry emits and compares them with its
//! rules; a rule is one expectation of the test.

pub(crate) mod discard;
pub(crate) mod event_clone;
pub(crate) mod field_values;
pub(crate) mod mock_data;
pub(crate) mod mock_state;
pub(crate) mod nesting;
pub(crate) mod recorded_event;
pub(crate) mod rule;
pub(crate) mod stopped_time;
pub(crate) mod waiting;
