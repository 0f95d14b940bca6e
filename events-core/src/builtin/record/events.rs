//! The six events of a record.
//!
//! They are implemented by a macro of their own: the derive assigns one topic to all instances of a
//! generic event, and these events have one topic for each model.

use std::any::{Any, TypeId, type_name};
use std::fmt;

use super::{diff::Diff, draft::Draft, vetoes::Vetoes};
use crate::{
    current::{BuiltinCheckOnCurrent, BuiltinOnCurrent},
    declared::{MODELS, Model},
    event::{Event, EventStatics, Family, Owned, Visit, nth},
    metadata::{EventInfo, Location, Origin, SubscriberInfo},
    result::FailedCheck,
};

/// Emitted just before a record is created.
///
/// Handlers may change the record that will be written, or [`veto`](Self::veto) the write. A handler that fails vetoes it
/// as well, unless it is `optional`: see [the module](super#failures).
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
    /// Which columns are not set; `None` if all are set.
    pub(super) draft: Option<Box<Draft<M>>>,
    vetoes: Vetoes,
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
/// Handlers may change the record that will be written, or [`veto`](Self::veto) the write. A handler that fails vetoes it
/// as well, unless it is `optional`: see [the module](super#failures). The diff is that of the emitter; it does not include
/// changes by handlers.
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
///         event.veto("the e-mail address cannot be changed");
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
    /// The fields that will change.
    pub diff: Diff,
    vetoes: Vetoes,
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
    /// The fields that have changed.
    pub diff: Diff,
}

/// Emitted just before a record is deleted.
///
/// Handlers may [`veto`](Self::veto) the deletion. A handler that fails vetoes it as well, unless it is `optional`: see
/// [the module](super#failures).
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
///         event.veto("an admin cannot be deleted");
///     }
/// });
/// let _scope = registry.enter();
/// assert_eq!(Deleting::new(User { admin: true }).emit().veto_reason(), Some("an admin cannot be deleted"));
/// assert_eq!(Deleting::new(User { admin: false }).emit().veto_reason(), None);
/// ```
#[derive(Clone)]
pub struct Deleting<M> {
    /// The record that will be deleted.
    pub record: M,
    vetoes: Vetoes,
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

/// Implements what all six events have in common: the constructor, the `EventInfo` and the traits.
///
/// The traits are implemented with `do_not_recommend`: if a type is not an event, the compiler lists
/// other implementations, and these would always be among them.
macro_rules! record_event {
    ($event:ident, $number:literal, $moment:literal, $docs:literal,
     $backend:ty, $fields:expr, ($($field:ident: $type:ty),*), ($($vetoes:ident $($draft:ident)?)?) $($after_commit:ident)?) => {
        impl<M> $event<M> {
            /// Creates the event for this record.
            #[must_use]
            pub fn new($($field: $type),*) -> Self {
                Self { $($field,)* $($($draft: None,)? $vetoes: Vetoes::default())? }
            }

            fn event_info() -> EventInfo {
                let model = type_name::<M>();
                EventInfo::new(
                    format!("events::db::{model}::{}", $moment).leak(),
                    stringify!($event),
                    "events_core::record",
                    Location::new(file!(), line!(), column!()),
                    $docs,
                    const { &$fields },
                    false,
                )
                $(.$after_commit())?
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static> Family for $event<M> {
            type Of<'x> = Self;

            #[inline]
            fn statics() -> EventStatics {
                EventStatics { info: &model::<M>().events()[$number], default_slot: None, clone_fn: None }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static> Event for $event<M> {
            type Family = Self;
            type Ownership = Owned;
            type Backend = $backend;

            $(
                const __FAILS_CLOSED: bool = true;

                fn __refuse(&mut self, failed: FailedCheck) {
                    self.$vetoes.add_failed(failed);
                }
            )?

            #[inline]
            fn __lend<'s, V: Visit<'s, Self>>(&'s mut self, visitor: V) -> V::Output {
                visitor.visit(self)
            }

            #[inline]
            fn __field(&self, number: usize) -> Option<&dyn Any> {
                nth(&[$(&self.$field),*], number)
            }

            #[inline]
            fn __default_origin() -> Option<Origin> {
                Some(Origin::of::<M>())
            }

            #[cfg(feature = "serde")]
            fn __json(&self) -> Option<serde_json::Value> {
                super::json::of_event(&[$(&self.$field),*])
            }
        }

        /// Shows the topic, not the record, whose type need not implement `Debug`.
        impl<M: 'static> fmt::Debug for $event<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(Self::topic()).finish_non_exhaustive()
            }
        }
    };
}

record_event!(
    Creating, 0, "creating", "Emitted just before a record is created.", BuiltinCheckOnCurrent,
    [("record", "M", false)], (record: M), (vetoes draft)
);
record_event!(
    Created, 1, "created", "Emitted just after a record was created.", BuiltinOnCurrent,
    [("record", "M", false)], (record: M), () after_commit
);
record_event!(
    Updating, 2, "updating", "Emitted just before a record is updated.", BuiltinCheckOnCurrent,
    [("record", "M", false), ("diff", "Diff", false)], (record: M, diff: Diff), (vetoes)
);
record_event!(
    Updated, 3, "updated", "Emitted just after a record was updated.", BuiltinOnCurrent,
    [("record", "M", false), ("diff", "Diff", false)], (record: M, diff: Diff), () after_commit
);
record_event!(
    Deleting, 4, "deleting", "Emitted just before a record is deleted.", BuiltinCheckOnCurrent,
    [("record", "M", false)], (record: M), (vetoes)
);
record_event!(
    Deleted, 5, "deleted", "Emitted just after a record was deleted.", BuiltinOnCurrent,
    [("record", "M", false)], (record: M), () after_commit
);

/// The events of a model, each at its index.
fn event_infos<M>() -> [EventInfo; 6] {
    [
        Creating::<M>::event_info(),
        Created::<M>::event_info(),
        Updating::<M>::event_info(),
        Updated::<M>::event_info(),
        Deleting::<M>::event_info(),
        Deleted::<M>::event_info(),
    ]
}

/// Implements the veto for the three events before a write.
macro_rules! can_be_vetoed {
    ($($event:ident)*) => {
        $(
            impl<M> $event<M> {
                /// Vetoes the write for this reason.
                ///
                /// Later handlers still run, unless this one stops them. A veto cannot be revoked.
                pub fn veto(&mut self, reason: impl Into<String>) {
                    self.vetoes.add(reason.into());
                }

                /// Whether a handler vetoed the write, or a subscriber failed that is not
                /// `optional`; the write must not happen then. See [the module](super#failures).
                #[must_use]
                pub fn is_vetoed(&self) -> bool {
                    !self.vetoes.reasons().is_empty()
                }

                /// The reason of the first veto, if there is one. Of a subscriber that failed it
                /// contains the name, and not the text of its error.
                #[must_use]
                pub fn veto_reason(&self) -> Option<&str> {
                    self.vetoes.reasons().first().map(String::as_str)
                }

                /// The reasons of all vetoes: first those of the sync and awaited handlers, then
                /// those of [`failed_checks`](Self::failed_checks).
                #[must_use]
                pub fn vetoes(&self) -> &[String] {
                    self.vetoes.reasons()
                }

                /// The subscribers whose failures vetoed the write.
                pub fn failed_subscribers(&self) -> impl ExactSizeIterator<Item = &SubscriberInfo> {
                    let failed = self.failed_checks().iter().filter_map(FailedCheck::subscriber);
                    failed.collect::<Vec<_>>().into_iter()
                }

                /// The failures that vetoed the write, each with its subscriber and its cause.
                #[must_use]
                pub fn failed_checks(&self) -> &[FailedCheck] {
                    self.vetoes.failed()
                }
            }
        )*
    };
}

can_be_vetoed!(Creating Updating Deleting);

/// The model of this type, which is registered by the first call.
#[inline]
pub(super) fn model<M: 'static>() -> &'static Model {
    MODELS.get_or_insert(TypeId::of::<M>(), || Model::new::<M>(event_infos::<M>()))
}
