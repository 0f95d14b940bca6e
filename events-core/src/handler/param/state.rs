//! [`State`]: a value that was registered with the scan, as a parameter.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    call_context::CallContext,
    prepare::{Prepare, PrepareError},
    trait_param::Param,
};
use crate::result::BoxError;

/// A reference to a value that was registered with the scan, as a parameter of a subscriber.
///
/// The value is looked up once, when the subscriber is registered; reading it takes no look-up and no
/// reference count. If no scan had a value of the type, the scan reports an error that names the
/// subscriber and the type.
///
/// A scan stores values of a known size. For a trait object, write `State<'_, Box<dyn Mailer>>`, where the trait has
/// the supertraits `Send` and `Sync`, and provide it with `scanner().state::<Box<dyn Mailer>>(Box::new(smtp))`.
///
/// Guide: [parameters of a subscriber](crate::guide::subscribers#parameters-state-and-emission),
/// [states of a scan](crate::guide::scanning#states).
///
/// ```
/// use events_core::{Event, Registry, State, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     cents: u64,
/// }
///
/// struct Discount(u64);
///
/// #[subscriber]
/// fn apply(event: &mut OrderPlaced, discount: State<'_, Discount>) {
///     event.cents -= discount.0;
/// }
///
/// let registry = Registry::new();
/// registry.scanner().state(Discount(5)).subscribers(subscribers![apply]).run();
/// assert_eq!(registry.emit(OrderPlaced { cents: 100 }).cents, 95);
///
/// // The function is still a function:
/// let mut order = OrderPlaced { cents: 10 };
/// apply(&mut order, State::from(&Discount(1)));
/// assert_eq!(order.cents, 9);
/// ```
pub struct State<'a, T: ?Sized>(&'a T);

impl<T: ?Sized> Clone for State<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for State<'_, T> {}

impl<'a, T: ?Sized> From<&'a T> for State<'a, T> {
    fn from(value: &'a T) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> Deref for State<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.0
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for State<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The type of a state.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a subscriber cannot have the parameter `State<'_, {Self}>`",
    label = "not a type of which a scan stores a value",
    note = "a scan stores values that are `Send`, `Sync` and `'static`, and whose size is known",
    note = "in place of a trait object write `State<'_, Box<dyn Trait + Send + Sync>>`, and provide it with \
            `scanner().state::<Box<dyn Trait + Send + Sync>>(Box::new(value))`"
)]
pub trait StateValue: Send + Sync + Sized + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> StateValue for T {}

#[expect(
    clippy::needless_maybe_sized,
    reason = "with an implicit bound the compiler reports `Sized`, and not `StateValue`"
)]
impl<T: StateValue + ?Sized> Param for State<'_, T> {
    type Kept = Arc<T>;
    type Held<'c> = &'c T;
    type Item<'i> = State<'i, T>;

    const NEEDS_CALL: bool = false;

    fn prepare(scan: &Prepare<'_>) -> Result<Arc<T>, PrepareError> {
        scan.state()
    }

    #[inline]
    fn acquire<'c>(kept: &'c Arc<T>, _: &'c CallContext<'c>) -> Result<&'c T, BoxError> {
        Ok(kept)
    }

    #[inline]
    fn item<'i, 'c: 'i>(held: &'i mut &'c T) -> State<'i, T> {
        State(held)
    }
}
