//! The state of a mock. A mock records the events that a registry emits and compares them with its
//! rules; a rule is one expectation of the test.

pub(crate) mod field_values;
pub(crate) mod mock_state;
pub(crate) mod recorded_event;
pub(crate) mod rule;
