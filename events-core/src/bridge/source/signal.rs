//! A callback as a source.

use std::fmt;

use super::traits::Source;

/// A callback as a source: the first type parameter of the [`Bridge`](crate::bridges::Bridge) that
/// [`signal_to_event`](crate::signal_to_event) returns.
///
/// ```
/// use events_core::{
///     Event, Registry, Subscription, bridges::{Bridge, FromSignal, Signal}, signal_to_event,
/// };
///
/// #[derive(Event, Clone)]
/// struct Login(u32);
///
/// /// The logins of a part of the program that has a registry of its own.
/// struct Accounts(Registry);
///
/// impl Accounts {
///     /// A bridge that has no filter and no event yet: the caller sets them.
///     fn logins(&self) -> Bridge<FromSignal<'_, Self>> {
///         signal_to_event(self)
///     }
/// }
///
/// impl Signal for Accounts {
///     type Item = Login;
///     type Guard = Subscription;
///
///     fn connect(&self, callback: impl Fn(Login) + Send + Sync + 'static) -> Subscription {
///         self.0.on(move |login: &Login| callback(login.clone()))
///     }
/// }
///
/// let (accounts, audit) = (Accounts(Registry::new()), Registry::new());
/// let connection = accounts.logins().filter(|login| login.0 != 0).to::<Login>().on(&audit).connect();
/// accounts.0.emit(Login(0));
/// accounts.0.emit(Login(7));
/// assert_eq!(connection.stop().emitted(), 1);
/// ```
pub struct FromSignal<'a, G: ?Sized>(pub(in crate::bridge) &'a G);

impl<G: Signal + ?Sized> Source for FromSignal<'_, G> {
    type Item = G::Item;
}

impl<G: ?Sized> fmt::Debug for FromSignal<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromSignal")
    }
}

/// A source that calls a callback: a button, a file watcher, a library with listeners of its own.
///
/// [`signal_to_event`](crate::signal_to_event) accepts it.
///
/// ```
/// use std::sync::{Arc, Mutex, Weak};
/// use events_core::{Event, Registry, bridges::Signal, signal_to_event};
///
/// type Callback = dyn Fn(i32) + Send + Sync;
///
/// /// A thermometer of some library, with one callback.
/// #[derive(Default)]
/// struct Thermometer(Mutex<Option<Weak<Callback>>>);
///
/// impl Thermometer {
///     fn measure(&self, degrees: i32) {
///         let callback = self.0.lock().unwrap().as_ref().and_then(Weak::upgrade);
///         if let Some(callback) = callback {
///             callback(degrees); // without the lock
///         }
///     }
/// }
///
/// impl Signal for Thermometer {
///     type Item = i32;
///     /// Without it the thermometer has no callback any more.
///     type Guard = Arc<Callback>;
///
///     fn connect(&self, callback: impl Fn(i32) + Send + Sync + 'static) -> Arc<Callback> {
///         let callback: Arc<Callback> = Arc::new(callback);
///         *self.0.lock().unwrap() = Some(Arc::downgrade(&callback));
///         callback
///     }
/// }
///
/// #[derive(Event)]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// let thermometer = Thermometer::default();
/// let event = signal_to_event(&thermometer).with(|degrees| Some(Measured(degrees)));
/// let connection = event.on(&registry).connect();
/// thermometer.measure(21);
/// assert_eq!(connection.stop().emitted(), 1);
/// thermometer.measure(22); // no callback is connected any more
/// ```
pub trait Signal {
    /// The argument of the callback.
    type Item;

    /// Keeps the callback connected; dropping it disconnects.
    type Guard;

    /// Connects a callback: it is called with each item from now on, from any thread, until the guard
    /// is dropped. The callback does not panic.
    fn connect(&self, callback: impl Fn(Self::Item) + Send + Sync + 'static) -> Self::Guard;
}
