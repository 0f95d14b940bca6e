//! Events that can be cloned for background handlers: async or deferred ones, which run after the sync
//! handlers. The clone is called a *snapshot*.

use super::traits::OwnedEvent;

/// An owned event that can be cloned for async and deferred subscribers.
///
/// After an [`emit`](crate::Event::emit), such a subscriber receives a snapshot from the queue: a clone of the
/// event, perhaps on another thread. So the event is `Clone`, `Send` and `Sync`.
///
/// ```
/// use events_core::{Event, Registry, Subscription, bounds::Snapshot};
///
/// /// Subscribes a function that runs later, for any event that the queue can store.
/// fn later<E: Snapshot>(registry: &Registry, act: fn(&E)) -> Subscription {
///     registry.on_deferred(move |event: &E| act(event))
/// }
///
/// #[derive(Event, Clone)]
/// struct SignedUp {
///     email: &'static str,
/// }
///
/// let registry = Registry::new();
/// later(&registry, |event: &SignedUp| println!("a mail to {}", event.email)).detach();
/// registry.emit(SignedUp { email: "ada@example.org" });
/// assert_eq!(registry.queue().flush().ran(), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be queued for an async or deferred subscriber",
    label = "an async or deferred subscriber receives a clone of this event, perhaps on another thread",
    note = "derive `Clone` for `{Self}`, and store in it only owned values that are `Send` and `Sync`; \
            or make the subscriber a sync one"
)]
pub trait Snapshot: OwnedEvent + Clone + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent + Clone + Send + Sync> Snapshot for E {}

/// An event that can be copied for a subscriber that runs after a unit of work has ended.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be copied for a subscriber that runs after the commit or the rollback",
    label = "such a subscriber receives an event that is kept until the unit of work ends",
    note = "derive `Clone` for `{Self}`, and store in it only owned values that are `Send` and `Sync`; \
            or remove `after_commit` or `after_rollback`"
)]
pub trait HeldCopy: Snapshot {}

#[diagnostic::do_not_recommend]
impl<E: Snapshot> HeldCopy for E {}
