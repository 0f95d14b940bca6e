//! Every public name is imported, so that the lint `unused_qualifications` would report a generated
//! path; and `events-core` is at another path.

#![allow(
    clippy::missing_const_for_fn,
    reason = "about the subscribers themselves"
)]

use std::future::{Future, ready};

use events_core::{
    Emission, EmitError, Emitted, Event, Origin, Outcome, State,
    bounds::Family,
    builder::Build,
    flush_queue,
    handlers::Param,
    info::{EventInfo, FieldInfo, IntoKey, Key, Location},
    subscriber,
};

/// A framework that reexports `events-core`.
pub mod framework {
    pub use events_core as events;
}

/// Derived through the framework.
#[derive(Event, Debug, Clone)]
#[event(crate = crate::events::imported::framework::events)]
pub struct Framed {
    /// A field.
    #[event(into)]
    pub name: String,
    /// Another.
    pub note: Option<String>,
}

#[subscriber(crate = framework::events, origin = Origin::of::<Framed>(), when = |_| true, once)]
fn framed(event: &mut Framed, _: State<'_, u8>, _: &Emission) -> Result<(), String> {
    if event.name.is_empty() {
        return Err("no name".to_owned());
    }
    event.name.push('!');
    Ok(())
}

#[subscriber(crate = framework::events, origin = Origin::of::<Framed>(), when = |_| true, once)]
async fn sent(event: &Framed, _: State<'_, u8>, _: &Emission) -> Result<(), String> {
    ready(event).await;
    Ok(())
}

#[subscriber(crate = framework::events, deferred, concurrency = 1)]
fn archived(_: &Framed) {}

/// Flushes.
#[flush_queue(crate = framework::events)]
pub async fn flushed() -> u8 {
    ready(1).await
}

/// Uses what is imported.
///
/// # Errors
///
/// When a subscriber fails.
///
/// # Panics
///
/// When an event has no field.
pub fn emit<E, F, O, P, A>(event: E, key: impl IntoKey<E>) -> Result<Emitted<E>, EmitError<E>>
where
    E: Event + Build<Event = F>,
    F: Family,
    O: Outcome,
    P: Param,
    A: Future,
{
    let info: &EventInfo = E::info();
    let field: Option<FieldInfo> = info.fields().next();
    let place: Location = info.location();
    let key: Key = key.into_key();
    assert!(field.is_some() && !place.to_string().is_empty());
    event.try_emit_from(Origin::from(key))
}
