//! The registered models, each with its six events.
//!
//! A static cannot be generic, so the `EventInfo`s of these events are in a table with the model type
//! as the key, which each emit looks up. For other events the derive writes a static.
//!
//! Entries are never freed. There is at most one for each model type in the source of the program, so
//! the table does not grow with the running time.

use std::{
    any::{TypeId, type_name},
    fmt,
};

use crate::{
    metadata::{EventInfo, Origin},
    primitives::TypeMap,
};

/// A type whose values are stored, with the events of these records.
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
    pub(crate) fn new<M: 'static>(events: [EventInfo; 6]) -> Self {
        Self {
            name: type_name::<M>(),
            origin: Origin::of::<M>(),
            events,
        }
    }

    /// The path of the type, which is part of the topics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The origin of its events.
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

/// The models registered so far, ordered by name; see [`register_model`](crate::record::register_model).
///
/// ```
/// use events_core::record::{models, register_model};
///
/// struct Invoice;
/// register_model::<Invoice>();
///
/// // All topics of the models, for the documentation of a program:
/// let models = models();
/// let mut topics = models.iter().flat_map(|model| model.events()).map(|event| event.topic());
/// assert!(topics.any(|topic| topic.ends_with("::Invoice::creating")));
/// ```
#[must_use]
pub fn models() -> Vec<&'static Model> {
    let mut models: Vec<_> = MODELS.iter().collect();
    models.sort_by_key(|model| model.name);
    models
}

/// The model of this type, if it is registered: by [`register_model`](crate::record::register_model), or because one of its events
/// was emitted or has had a subscriber.
///
/// ```
/// use events_core::{Registry, record::{Updated, registered_model}};
///
/// struct Invoice;
///
/// assert!(registered_model::<Invoice>().is_none());
/// Registry::new().on(|_: &Updated<Invoice>| ()).detach();
/// assert!(registered_model::<Invoice>().is_some_and(|model| model.name().ends_with("::Invoice")));
/// ```
#[must_use]
pub fn registered_model<M: 'static>() -> Option<&'static Model> {
    MODELS.get(TypeId::of::<M>())
}

/// With some hundred models a bucket has a few of them.
const BUCKETS: usize = 64;

pub(crate) static MODELS: TypeMap<Model, BUCKETS> = TypeMap::new();
