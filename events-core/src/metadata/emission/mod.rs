//! What describes one emission.
//!
//! - `emission_id`: its id;
//! - `emit_verb`: the kinds of methods that emit an event;
//! - `when`: when an event is to be enqueued.

mod emission_id;
mod emit_verb;
mod when;

pub use emission_id::EmissionId;
pub use emit_verb::EmitVerb;
pub use when::When;
