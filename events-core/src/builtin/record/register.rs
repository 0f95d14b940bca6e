//! The registration of a model: its topics, and how its events are copied.

use super::events::{Created, Creating, Deleted, Deleting, Updated, Updating, model};
use crate::{declared::Model, event::register_clone_fn};

/// Registers a model with its six topics, and returns it.
///
/// The first emit of, or subscription to, one of a model's events registers the model as well; call
/// this to register it earlier. Repeated calls have no effect.
///
/// ```
/// use events_core::record::{models, register_model};
///
/// struct Invoice;
///
/// register_model::<Invoice>();
/// let models = models();
/// let invoice = models.iter().find(|model| model.name().ends_with("::Invoice")).unwrap();
/// assert!(invoice.events().iter().all(|event| event.topic().contains("::Invoice::")));
/// ```
#[expect(clippy::must_use_candidate, reason = "called to register the model")]
pub fn register_model<M: 'static>() -> &'static Model {
    model::<M>()
}

/// Registers how the events of a model are copied, for async and deferred subscribers of patterns and of several event
/// types, which take an [`EventCopy`](crate::EventCopy).
///
/// The events are generic, so the crate cannot find out whether a model is `Clone`. An event of a model that is not
/// registered has no copy, which is a failure of such a subscriber, [`Cause::NoCopy`](crate::failures::Cause::NoCopy).
/// [`observer`](macro@crate::observer) registers the model that it observes, if that is `Clone + Send + Sync`. Repeated
/// calls have no effect.
///
/// ```
/// use events_core::{Event, EventCopy, Registry, record::{Created, register_copies}};
///
/// #[derive(Clone)]
/// struct Customer {
///     name: &'static str,
/// }
///
/// register_copies::<Customer>(); // first in `main`
///
/// let registry = Registry::new();
/// let audit = |event: &EventCopy| {
///     let created = event.downcast_ref::<Created<Customer>>().expect("it is one");
///     println!("{}", created.record.name);
/// };
/// registry.on_topic_deferred("events::db::.*::created", audit)?.detach();
/// registry.emit(Created::new(Customer { name: "Ada" }));
/// assert_eq!(registry.queue().flush().ran(), 1);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
pub fn register_copies<M: Clone + Send + Sync + 'static>() {
    register_clone_fn::<Creating<M>>();
    register_clone_fn::<Created<M>>();
    register_clone_fn::<Updating<M>>();
    register_clone_fn::<Updated<M>>();
    register_clone_fn::<Deleting<M>>();
    register_clone_fn::<Deleted<M>>();
}
