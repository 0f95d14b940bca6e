//! The parameters that a handler may have besides its event: [`State`] and `&`[`Emission`].

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    fmt,
    ops::Deref,
    sync::Arc,
};

use crate::{
    context::{Emission, EmissionSource, OwnSubscription},
    primitives::CatchDrop,
};

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

/// A parameter that a subscriber may have besides its event: `State<'_, T>` or `&Emission`.
///
/// Only functions and methods with an attribute take a `State`; a closure that is subscribed at run time captures
/// its values.
///
/// ```
/// use events_core::{Emission, Event, Registry, State, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct Login(Vec<String>);
///
/// struct Host(&'static str);
///
/// #[subscriber]
/// fn audit(login: &mut Login, host: State<'_, Host>, emission: &Emission) {
///     let from = emission.origin().map_or("unknown", |origin| origin.as_str());
///     login.0.push(format!("{from} at {}", host.0));
/// }
///
/// let registry = Registry::new();
/// registry.scanner().state(Host("alpha")).subscribers(subscribers![audit]).run();
/// assert_eq!(registry.emit_from(Login(vec![]), "console").0, ["console at alpha"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a subscriber cannot have the parameter `{Self}`",
    label = "not a parameter of a subscriber",
    note = "after the event it may accept `State<'_, T>` (of a value from `scanner().state(value)`) \
            and `&Emission`"
)]
pub trait Param {
    /// What is stored with the subscriber.
    #[doc(hidden)]
    type Kept: Send + Sync + 'static;
    /// What is constructed for one call.
    #[doc(hidden)]
    type Made<'a>;
    /// What the function is called with.
    #[doc(hidden)]
    type Arg<'a>;

    /// Whether it is `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Looks up what is stored with the subscriber. `own` is the handle on its subscription.
    #[doc(hidden)]
    fn find(states: &States, own: &OwnSubscription) -> Result<Self::Kept, MissingState>;

    /// Constructs what one call needs.
    #[doc(hidden)]
    fn make<'a>(kept: &'a Self::Kept, source: &impl EmissionSource) -> Self::Made<'a>;

    /// The argument for the function.
    #[doc(hidden)]
    fn lend<'a>(made: &'a Self::Made<'a>) -> Self::Arg<'a>;
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
    type Made<'a> = &'a T;
    type Arg<'a> = State<'a, T>;

    fn find(states: &States, _: &OwnSubscription) -> Result<Arc<T>, MissingState> {
        states.get::<T>().ok_or_else(|| MissingState {
            type_name: type_name::<T>(),
            provided: states.type_names(),
        })
    }

    #[inline]
    fn make<'a>(kept: &'a Arc<T>, _: &impl EmissionSource) -> &'a T {
        kept
    }

    #[inline]
    fn lend<'a>(made: &'a &'a T) -> State<'a, T> {
        State(made)
    }
}

impl Param for &Emission {
    type Kept = OwnSubscription;
    type Made<'a> = Emission;
    type Arg<'a> = &'a Emission;

    const TAKES_EMISSION: bool = true;

    fn find(_: &States, own: &OwnSubscription) -> Result<OwnSubscription, MissingState> {
        Ok(own.clone())
    }

    fn make(own: &OwnSubscription, source: &impl EmissionSource) -> Emission {
        own.emission_of(source)
    }

    #[inline]
    fn lend(made: &Emission) -> &Emission {
        made
    }
}

/// The type of a [`State`] of which no scan had a value.
#[doc(hidden)]
#[derive(Debug)]
pub struct MissingState {
    pub(crate) type_name: &'static str,
    /// The types of the values that scans provided, sorted.
    pub(crate) provided: Vec<&'static str>,
}

/// The values that were registered with scans, by type.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct States(BTreeMap<TypeId, Value>);

/// A value with the name of its type.
#[derive(Clone)]
struct Value(&'static str, CatchDrop<Arc<dyn Any + Send + Sync>>);

impl States {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Stores a value; returns whether it replaces one of the same type.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: Arc<T>) -> bool {
        let value = Value(type_name::<T>(), CatchDrop::new(value as Arc<_>));
        self.0.insert(TypeId::of::<T>(), value).is_some()
    }

    /// Adds the values of a later scan, which replace earlier ones of the same type. Returns the replaced ones.
    #[must_use = "values of user types are not to be dropped under a lock"]
    pub(crate) fn extend(&mut self, later: Self) -> Self {
        let values = later.0.into_iter();
        let replaced = values.filter_map(|(id, value)| Some((id, self.0.insert(id, value)?)));
        Self(replaced.collect())
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let Value(_, value) = self.0.get(&TypeId::of::<T>())?;
        Arc::clone(&**value).downcast().ok()
    }

    /// The types of the values, sorted.
    fn type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.values().map(|Value(name, _)| *name).collect();
        names.sort_unstable();
        names
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.0.len())
    }
}
