//! The models that are known, each with its six events.
//!
//! A static cannot be generic, so what the derive puts beside other events stands here in a table, which
//! is asked in every emit.
//!
//! Nothing in it is ever freed. There is one node for each model type of the program, which the
//! source bounds, and not what the program does.

use std::{
    any::{TypeId, type_name},
    fmt,
};

use super::events::described;
use crate::{
    metadata::{EventInfo, Origin},
    primitives::ByType,
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
    fn of<M: 'static>() -> Self {
        Self {
            name: type_name::<M>(),
            origin: Origin::of::<M>(),
            events: described::<M>(type_name::<M>()),
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

/// Makes a model known, with its six topics, before the first of its events; gives what is known.
///
/// A model that anything has asked for, be it an emit or a subscriber, is known already; it does no
/// harm to say it again.
///
/// ```
/// use events_core::record::{models, register_model};
///
/// struct Invoice;
///
/// register_model::<Invoice>();
/// let known = models();
/// let invoice = known.iter().find(|model| model.name().ends_with("::Invoice")).unwrap();
/// assert!(invoice.events().iter().all(|event| event.topic().contains("::Invoice::")));
/// ```
#[expect(
    clippy::must_use_candidate,
    reason = "what it is called for is that the model is known"
)]
pub fn register_model<M: 'static>() -> &'static Model {
    known::<M>()
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

static MODELS: ByType<Model, BUCKETS> = ByType::new();

/// What is known of the model, from its first time on.
#[inline]
pub(crate) fn known<M: 'static>() -> &'static Model {
    MODELS.get_or_insert(TypeId::of::<M>(), Model::of::<M>)
}
