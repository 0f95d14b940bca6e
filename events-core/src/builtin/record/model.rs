//! The models that are known, each with its six events.
//!
//! A static cannot be generic, so what the derive puts beside other events stands here in a table, which
//! is asked in every emit.
//!
//! Nothing in it is ever freed. There is one node for each model type of the program, which the
//! source bounds, and not what the program does.

use std::{any::type_name, fmt};

use crate::{
    metadata::{EventInfo, Origin},
    primitives::TypeMap,
};

/// A type whose records are written, with its events.
///
/// ```
/// use events_core::{Origin, record::{Model, register_model}};
///
/// struct User;
///
/// let model: &Model = register_model::<User>();
/// assert!(model.name().ends_with("::User"));
/// assert_eq!(*model.origin(), Origin::of::<User>());
/// assert!(model.events()[0].topic().ends_with("::User::creating"));
/// ```
pub struct Model {
    name: &'static str,
    origin: Origin,
    events: [EventInfo; 6],
}

impl Model {
    pub(super) fn new<M: 'static>(events: [EventInfo; 6]) -> Self {
        Self {
            name: type_name::<M>(),
            origin: Origin::of::<M>(),
            events,
        }
    }

    /// The path of the type, as it stands in the topics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its events are emitted from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its events: creating, created, updating, updated, deleting, deleted.
    #[must_use]
    pub const fn events(&self) -> &[EventInfo; 6] {
        &self.events
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Model").field(&self.name).finish()
    }
}

/// The models that are known so far, by name.
///
/// Those that were registered, and those of which an event was subscribed to or emitted; see
/// [`register_model`].
#[must_use]
pub fn models() -> Vec<&'static Model> {
    let mut models: Vec<_> = MODELS.iter().collect();
    models.sort_by_key(|model| model.name);
    models
}

/// A program with hundreds of models has lists of a few.
const BUCKETS: usize = 64;

pub(super) static MODELS: TypeMap<Model, BUCKETS> = TypeMap::new();
