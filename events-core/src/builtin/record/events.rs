//! The six events in the life of a record.
//!
//! The derive gives all instances of a generic event one topic, and these have one for each model,
//! so what it would write stands here.

use std::{
    any::{TypeId, type_name},
    fmt,
};

use super::{
    diff::Diff,
    model::{MODELS, Model},
};
use crate::{
    current::CurrentRegistry,
    event::{EmitBackend, Event, EventStatics, Family, Owned, OwnedEvent, Visit, nth},
    metadata::{EventInfo, Location, Origin},
    result::{EmitError, Emitted, QueueFull},
};

/// Emitted just before a record is created.
///
/// Handlers may change the record, and what they leave is written; or they [`veto`](Self::veto) it,
/// and nothing is.
///
/// ```
/// use events_core::{Event, Registry, record::Creating};
///
/// struct User {
///     email: String,
/// }
///
/// let registry = Registry::new();
/// let _lower = registry.on(|event: &mut Creating<User>| event.record.email.make_ascii_lowercase());
/// let _scope = registry.enter();
///
/// let event = Creating::new(User { email: "A@X.org".into() }).emit();
/// assert!(!event.is_vetoed());
/// assert_eq!(event.record.email, "a@x.org");
/// ```
#[derive(Clone)]
pub struct Creating<M> {
    /// The record that will be written.
    pub record: M,
    vetoes: Vec<String>,
}

/// Emitted just after a record was created.
///
/// ```
/// use events_core::{Event, Registry, record::Created};
///
/// struct User;
///
/// let registry = Registry::new();
/// let _welcome = registry.on(|_: &Created<User>| println!("welcome"));
/// let _scope = registry.enter();
/// assert_eq!(Created::new(User).try_emit()?.ran(), 1);
/// # Ok::<(), events_core::EmitError<Created<User>>>(())
/// ```
#[derive(Clone)]
pub struct Created<M> {
    /// The record as it was written.
    pub record: M,
}

/// Emitted just before a record is updated.
///
/// Handlers may change the record, and what they leave is written; or they [`veto`](Self::veto) it,
/// and nothing is. The diff is that of the emitter and does not follow what handlers change.
///
/// ```
/// use events_core::{Event, Registry, record::{Diff, Updating}};
///
/// struct User {
///     email: &'static str,
/// }
///
/// let registry = Registry::new();
/// let _keep = registry.on(|event: &mut Updating<User>| {
///     if event.diff.contains("email") {
///         event.veto("the e-mail address stays");
///     }
/// });
/// let _scope = registry.enter();
///
/// let (old, new) = (User { email: "a@x.org" }, User { email: "b@x.org" });
/// let diff = Diff::new().field("email", old.email, new.email);
/// assert!(Updating::new(new, diff).emit().is_vetoed());
/// ```
#[derive(Clone)]
pub struct Updating<M> {
    /// The record that will be written, with its new values.
    pub record: M,
    /// What changes.
    pub diff: Diff,
    vetoes: Vec<String>,
}

/// Emitted just after a record was updated.
///
/// ```
/// use events_core::{Event, Registry, record::{Diff, Updated}};
///
/// struct Setting {
///     key: &'static str,
///     value: u32,
/// }
///
/// let registry = Registry::new();
/// let _log = registry.on(|event: &Updated<Setting>| println!("{}: {}", event.record.key, event.diff));
/// let _scope = registry.enter();
///
/// let diff = Diff::new().field("value", &1, &2);
/// Updated::new(Setting { key: "volume", value: 2 }, diff).emit(); // volume: value: 1 -> 2
/// ```
#[derive(Clone)]
pub struct Updated<M> {
    /// The record as it was written, with its new values.
    pub record: M,
    /// What has changed.
    pub diff: Diff,
}

/// Emitted just before a record is deleted.
///
/// Handlers may [`veto`](Self::veto) it, and the record stays.
///
/// ```
/// use events_core::{Event, Registry, record::Deleting};
///
/// struct User {
///     admin: bool,
/// }
///
/// let registry = Registry::new();
/// let _guard = registry.on(|event: &mut Deleting<User>| {
///     if event.record.admin {
///         event.veto("an admin stays");
///     }
/// });
/// let _scope = registry.enter();
/// assert_eq!(Deleting::new(User { admin: true }).emit().veto_reason(), Some("an admin stays"));
/// assert_eq!(Deleting::new(User { admin: false }).emit().veto_reason(), None);
/// ```
#[derive(Clone)]
pub struct Deleting<M> {
    /// The record that will be deleted.
    pub record: M,
    vetoes: Vec<String>,
}

/// Emitted just after a record was deleted.
///
/// ```
/// use events_core::{Event, Registry, record::Deleted};
///
/// struct User {
///     home: &'static str,
/// }
///
/// let registry = Registry::new();
/// let _tidy = registry.on(|event: &Deleted<User>| println!("{} is free", event.record.home));
/// let _scope = registry.enter();
/// Deleted::new(User { home: "/home/ada" }).emit();
/// ```
#[derive(Clone)]
pub struct Deleted<M> {
    /// The record as it was before it was deleted.
    pub record: M,
}

/// What all six are: built from their fields, described, and an event. None is recommended: to a user
/// whose type is no event the compiler would list the events that are there, and these are always.
macro_rules! record_event {
    ($event:ident, $number:literal, $moment:literal, $docs:literal,
     $fields:expr, ($($field:ident: $type:ty),*), ($($empty:ident)?)) => {
        impl<M> $event<M> {
            /// The event of this record.
            #[must_use]
            pub fn new($($field: $type),*) -> Self {
                Self { $($field,)* $($empty: Vec::new())? }
            }

            fn described(model: &str) -> EventInfo {
                EventInfo::new(
                    format!("events::db::{model}::{}", $moment).leak(),
                    stringify!($event),
                    "events_core::record",
                    Location::new(file!(), line!(), column!()),
                    $docs,
                    const { &$fields },
                )
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static> Family for $event<M> {
            type Of<'x> = Self;

            #[inline]
            fn statics() -> EventStatics {
                EventStatics { info: &known::<M>().events()[$number], default_slot: None, clone_fn: None }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static> Event for $event<M> {
            type Family = Self;
            type Ownership = Owned;
            type Backend = CurrentRegistry;

            #[inline]
            fn __lend<V: Visit<Self>>(&mut self, visitor: V) -> V::Output {
                visitor.visit(self)
            }

            #[inline]
            fn __field(&self, number: usize) -> Option<&dyn std::any::Any> {
                nth(&[$(&self.$field),*], number)
            }

            #[inline]
            fn emit(self) -> Self {
                self.emit_from(Origin::of::<M>())
            }

            #[inline]
            fn try_emit(self) -> Result<Emitted<Self>, EmitError<Self>> {
                self.try_emit_from(Origin::of::<M>())
            }

            #[inline]
            fn emit_async(self) -> <CurrentRegistry as EmitBackend>::EmitAsync<Self> {
                self.emit_async_from(Origin::of::<M>())
            }

            #[inline]
            fn try_emit_async(self) -> <CurrentRegistry as EmitBackend>::TryEmitAsync<Self> {
                self.try_emit_async_from(Origin::of::<M>())
            }

            #[inline]
            fn enqueue(self) -> Result<(), QueueFull<Self>>
            where
                Self: OwnedEvent + Send,
            {
                self.enqueue_from(Origin::of::<M>())
            }
        }

        /// Shows the topic, and nothing of the record.
        impl<M: 'static> fmt::Debug for $event<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(Self::topic()).finish_non_exhaustive()
            }
        }
    };
}

record_event!(
    Creating, 0, "creating", "Emitted just before a record is created.",
    [("record", "M", false)], (record: M), (vetoes)
);
record_event!(
    Created, 1, "created", "Emitted just after a record was created.",
    [("record", "M", false)], (record: M), ()
);
record_event!(
    Updating, 2, "updating", "Emitted just before a record is updated.",
    [("record", "M", false), ("diff", "Diff", false)], (record: M, diff: Diff), (vetoes)
);
record_event!(
    Updated, 3, "updated", "Emitted just after a record was updated.",
    [("record", "M", false), ("diff", "Diff", false)], (record: M, diff: Diff), ()
);
record_event!(
    Deleting, 4, "deleting", "Emitted just before a record is deleted.",
    [("record", "M", false)], (record: M), (vetoes)
);
record_event!(
    Deleted, 5, "deleted", "Emitted just after a record was deleted.",
    [("record", "M", false)], (record: M), ()
);

/// The events of a model, each at its number.
pub(crate) fn described<M>(model: &str) -> [EventInfo; 6] {
    [
        Creating::<M>::described(model),
        Created::<M>::described(model),
        Updating::<M>::described(model),
        Updated::<M>::described(model),
        Deleting::<M>::described(model),
        Deleted::<M>::described(model),
    ]
}

/// What the three events before a write are as well: refused, or not.
macro_rules! can_be_vetoed {
    ($($event:ident)*) => {
        $(
            impl<M> $event<M> {
                /// Refuses the write, and says why.
                ///
                /// The handlers after this one still run, unless it stops them; a veto cannot be
                /// taken back. An error or a panic in a handler is no veto.
                pub fn veto(&mut self, reason: impl Into<String>) {
                    self.vetoes.push(reason.into());
                }

                /// Whether a handler refused the write, so that it must not happen.
                #[must_use]
                pub fn is_vetoed(&self) -> bool {
                    !self.vetoes.is_empty()
                }

                /// Why the write was first refused, if it was.
                #[must_use]
                pub fn veto_reason(&self) -> Option<&str> {
                    self.vetoes.first().map(String::as_str)
                }

                /// The reasons of all handlers that refused the write, in their order.
                #[must_use]
                pub fn vetoes(&self) -> &[String] {
                    &self.vetoes
                }
            }
        )*
    };
}

can_be_vetoed!(Creating Updating Deleting);

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

/// What is known of the model, from its first time on.
#[inline]
pub(crate) fn known<M: 'static>() -> &'static Model {
    MODELS.get_or_insert(TypeId::of::<M>(), || {
        Model::new::<M>(described::<M>(type_name::<M>()))
    })
}
