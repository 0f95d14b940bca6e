//! Functions and closures as sync handlers of owned events.

use super::outcome::{Outcome, Step};
use crate::{
    context::{Emission, EmissionSource, Subscribed},
    event::OwnedEvent,
};

/// A function or closure that can be subscribed at run time: it takes `&E` or `&mut E`, then optionally
/// `&Emission`, and returns an [`Outcome`].
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// As a bound it accepts each of these forms:
///
/// ```
/// use events_core::{Event, Registry, Subscription, handlers::Handler};
///
/// #[derive(Event)]
/// struct Greeting(String);
///
/// struct Greeter {
///     registry: Registry,
/// }
///
/// impl Greeter {
///     fn on_greeting<M>(&self, handler: impl Handler<Greeting, M>) -> Subscription {
///         self.registry.on(handler)
///     }
/// }
///
/// let greeter = Greeter { registry: Registry::new() };
/// greeter.on_greeting(|greeting: &mut Greeting| greeting.0.push('!')).detach();
/// greeter.on_greeting(|greeting: &Greeting| println!("{}", greeting.0)).detach();
/// assert_eq!(greeter.registry.emit(Greeting("hello".into())).0, "hello!");
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a handler of events",
    label = "not a handler",
    note = "an async function or closure: `registry.on_async(async |event: &MyEvent| ..)`",
    note = "a handler accepts `&E` or `&mut E`, and then perhaps `&Emission`; `E` derives `Event` and \
            borrows nothing; write its type in a closure: `|event: &MyEvent| ..`",
    note = "it returns nothing, `Result<(), E>`, `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`, where the error \
            converts into `Box<dyn Error + Send + Sync>`, as `Box<dyn Error>` does not",
    note = "for an event that borrows: `registry.on_borrowed::<MyEvent>(|event| ..)`",
    note = "a function with another ABI, such as `extern \"C\"`, is called in a closure: `|event: &MyEvent| callback(event)`"
)]
pub trait Handler<E: OwnedEvent, M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Whether it takes `&mut E`.
    #[doc(hidden)]
    const CHANGES: bool;

    /// Calls the handler.
    #[doc(hidden)]
    fn call(this: &Subscribed<Self>, event: &mut E, source: &impl EmissionSource) -> Step;
}

impl<E, H, R> Handler<E, fn(&E) -> R> for H
where
    E: OwnedEvent,
    H: Fn(&E) -> R + Send + Sync + 'static,
    R: Outcome,
{
    const CHANGES: bool = false;

    #[inline]
    fn call(this: &Subscribed<Self>, event: &mut E, _: &impl EmissionSource) -> Step {
        (this.handler)(event).into_step()
    }
}

impl<E, H, R> Handler<E, fn(&mut E) -> R> for H
where
    E: OwnedEvent,
    H: Fn(&mut E) -> R + Send + Sync + 'static,
    R: Outcome,
{
    const CHANGES: bool = true;

    #[inline]
    fn call(this: &Subscribed<Self>, event: &mut E, _: &impl EmissionSource) -> Step {
        (this.handler)(event).into_step()
    }
}

impl<E, H, R> Handler<E, fn(&E, &Emission) -> R> for H
where
    E: OwnedEvent,
    H: Fn(&E, &Emission) -> R + Send + Sync + 'static,
    R: Outcome,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = false;

    #[inline]
    fn call(this: &Subscribed<Self>, event: &mut E, source: &impl EmissionSource) -> Step {
        (this.handler)(event, &this.own.emission_of(source)).into_step()
    }
}

impl<E, H, R> Handler<E, fn(&mut E, &Emission) -> R> for H
where
    E: OwnedEvent,
    H: Fn(&mut E, &Emission) -> R + Send + Sync + 'static,
    R: Outcome,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = true;

    #[inline]
    fn call(this: &Subscribed<Self>, event: &mut E, source: &impl EmissionSource) -> Step {
        (this.handler)(event, &this.own.emission_of(source)).into_step()
    }
}
