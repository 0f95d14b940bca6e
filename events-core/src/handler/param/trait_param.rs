//! The trait of the parameters.

use super::{
    call_context::CallContext,
    prepare::{Prepare, PrepareError},
};
use crate::result::BoxError;

/// A parameter that a subscriber may have besides its event: [`State<'_, T>`](crate::State),
/// `&`[`Emission`](crate::Emission), or a type that implements this trait.
///
/// Only functions and methods with an attribute have such parameters; a closure that is subscribed at run time captures
/// its values, and may take `&Emission`.
///
/// The trait has three steps. [`prepare`](Self::prepare) runs once, when the subscriber is registered.
/// [`acquire`](Self::acquire) runs before each call of the subscriber, and again for each repetition that the option
/// `retry` allows. [`item`](Self::item) borrows the argument of the function from what was acquired, which is dropped
/// when the function has returned or its future is dropped.
///
/// A type with a lifetime is implemented for every lifetime, and has itself as its `Item`, with the lifetime of the
/// call: `impl Param for Tx<'_> { type Item<'i> = Tx<'i>; .. }`.
///
/// Parameters of sync, awaited, async and deferred subscribers are acquired in the same way. For an async function
/// `Held` and `Item` must be `Send`: they are part of its future.
///
/// Guide: [parameters of your own](crate::guide::subscribers#parameters-of-your-own).
///
/// # Exclusive access
///
/// The emitter gives a value with [`Registry::emitting`](crate::Registry::emitting). If only one subscriber at a time may
/// use it, as a transaction, `acquire` locks it, and the lock is released when `Held` is dropped. To wait there is no
/// way: `acquire` is not async. A subscriber that finds the value locked fails.
///
/// ```
/// use std::sync::{Arc, Mutex, MutexGuard};
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// The statements of a transaction.
/// type Statements = Vec<&'static str>;
///
/// /// The transaction in which an event is emitted, as a parameter.
/// struct Tx<'t>(&'t mut Statements);
///
/// impl Param for Tx<'_> {
///     type Kept = ();
///     type Held<'c> = MutexGuard<'c, Statements>;
///     type Item<'i> = Tx<'i>;
///
///     fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
///         if scan.may_run_later() {
///             return Err(PrepareError::new("a transaction ends with its emit; make the subscriber a sync one"));
///         }
///         Ok(())
///     }
///
///     fn acquire<'c>(
///         (): &'c (),
///         call: &'c CallContext<'c>,
///     ) -> Result<MutexGuard<'c, Statements>, BoxError> {
///         let transaction = call.require::<Arc<Mutex<Statements>>>()?;
///         transaction.try_lock().map_err(|_| "another subscriber uses the transaction".into())
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut MutexGuard<'c, Statements>) -> Tx<'i> {
///         Tx(held)
///     }
/// }
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// #[subscriber]
/// fn reserve(_: &OrderPlaced, tx: Tx<'_>) {
///     tx.0.push("UPDATE stock SET reserved = reserved + 1");
/// }
///
/// let registry = Registry::with(subscribers![reserve]);
/// let transaction = Arc::new(Mutex::new(vec!["INSERT INTO orders VALUES (7)"]));
/// registry.emitting().with(Arc::clone(&transaction)).emit(OrderPlaced);
/// assert_eq!(transaction.lock().unwrap().len(), 2);
///
/// // Without a transaction the subscriber fails, and is not called:
/// let error = registry.try_emit(OrderPlaced).unwrap_err();
/// assert!(error.to_string().contains("registry.emitting().with(value)"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a subscriber cannot have the parameter `{Self}`",
    label = "not a parameter of a subscriber",
    note = "after the event it may accept `State<'_, T>` (of a value from `scanner().state(value)`), \
            `&Emission`, and types that implement `Param`"
)]
pub trait Param {
    /// What is stored with the subscriber from its registration on.
    type Kept: Send + Sync + 'static;
    /// What is acquired for one call, and dropped after it.
    type Held<'c>;
    /// What the function is called with.
    type Item<'i>;

    /// Whether `acquire` may use its context: so it is for each type but `State`.
    #[doc(hidden)]
    const NEEDS_CALL: bool = true;

    /// Prepares the parameter when its subscriber is registered: by a scan, or with its listener.
    ///
    /// # Errors
    ///
    /// If the subscriber cannot have the parameter here. The scan registers nothing then, and reports the error with the
    /// subscriber and this type.
    fn prepare(scan: &Prepare<'_>) -> Result<Self::Kept, PrepareError>;

    /// Acquires what one call needs, before it.
    ///
    /// # Errors
    ///
    /// An error is the failure of the subscriber, which is not called: its cause is
    /// [`Cause::Param`](crate::failures::Cause::Param). A panic is the panic of the subscriber.
    fn acquire<'c>(
        kept: &'c Self::Kept,
        call: &'c CallContext<'c>,
    ) -> Result<Self::Held<'c>, BoxError>;

    /// The argument of the function, borrowed from what was acquired.
    fn item<'i, 'c: 'i>(held: &'i mut Self::Held<'c>) -> Self::Item<'i>;
}
