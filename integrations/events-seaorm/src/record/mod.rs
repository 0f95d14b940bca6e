//! The events of records, emitted by the hooks of entities and by the statements that write them.
//!
//! The hook before a write emits the "-ing" event; the "-ed" event is that of the statement, to which it hands a baton: see `handoff`.
//!
//! - `observed`: the trait that the derive implements, and what else an entity needs; `behavior`: the own hooks of an entity;
//! - `hooks`: what the derive calls; `find`: rows by their keys; `with_old`: an UPDATE that returns the old row; `draft`: the record of
//!   a write that is not there yet; `checks`: the events before a write, and the error of one that was refused; `bare`: writes through
//!   connections that are not of this crate; `model_type`: subscribers of another type than the model;
//! - `register`: the registration of models, for pattern subscribers; `json`: their events as JSON.

mod bare;
mod behavior;
mod checks;
mod draft;
mod find;
mod hooks;
mod json;
mod model_type;
mod observed;
mod register;
mod with_old;

pub use behavior::{Behavior, NoBehavior, Own, OwnBehavior};
pub(crate) use checks::Checks;
pub use checks::{FailedCheck, failed_check, veto_reason};
pub(crate) use draft::{adopt_update, is_key};
pub use hooks::{before_delete, before_save};
pub use json::{Changed, JsonChange, JsonField, ModelProbe, NoJson, TextChange};
pub(crate) use observed::ColumnOf;
pub use observed::{Observed, ObservedActiveModel, is_changed};
pub(crate) use register::register_observed;
pub use register::{EntityProbe, OtherEntity, register_entity};
