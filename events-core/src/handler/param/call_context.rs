//! What a parameter can request of a call of its subscriber.

use std::{any::type_name, error::Error, fmt, marker::PhantomData, sync::Arc};

use crate::context::{Emission, EmissionSource, OwnSubscription, ValuesByType, given};

/// One call of a subscriber, for [`Param::acquire`](crate::handlers::Param::acquire): the emission, and the values that its emitter gave with it.
///
/// An emitter gives values with [`Registry::emitting`](crate::Registry::emitting). They belong to that emission: a
/// subscriber that emits in turn does not pass them on. A subscriber that runs later, from the queue, does not receive
/// them.
///
/// ```
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// The tenant on whose behalf an event is emitted.
/// #[derive(Clone, Copy)]
/// struct Tenant(u32);
///
/// impl Param for Tenant {
///     type Kept = ();
///     type Held<'c> = Tenant;
///     type Item<'i> = Tenant;
///
///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
///         Ok(())
///     }
///
///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Tenant, BoxError> {
///         // An emit without a tenant comes from the operator.
///         Ok(call.get().copied().unwrap_or(Tenant(0)))
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut Tenant) -> Tenant {
///         *held
///     }
/// }
///
/// #[derive(Event)]
/// struct Export(String);
///
/// #[subscriber]
/// fn name(export: &mut Export, tenant: Tenant) {
///     export.0 = format!("tenant-{}.csv", tenant.0);
/// }
///
/// let registry = Registry::with(subscribers![name]);
/// let export = registry.emitting().with(Tenant(7)).emit(Export(String::new()));
/// assert_eq!(export.0, "tenant-7.csv");
/// assert_eq!(registry.emit(export).0, "tenant-0.csv");
/// ```
pub struct CallContext<'c> {
    /// `None` if no parameter of the subscriber needs the call.
    emission: Option<Emission>,
    values: Option<Arc<ValuesByType>>,
    call: PhantomData<&'c ()>,
}

impl<'c> CallContext<'c> {
    /// The context of the innermost emission of this thread.
    #[inline]
    pub(super) fn new(
        source: &'c (impl EmissionSource + ?Sized),
        own: &'c OwnSubscription,
    ) -> Self {
        Self {
            emission: Some(own.emission_of(source)),
            values: given(),
            call: PhantomData,
        }
    }

    /// A context for parameters that do not use it.
    pub(super) const NONE: Self = Self {
        emission: None,
        values: None,
        call: PhantomData,
    };

    /// The emission: topic, origin, id, parent, place and time.
    #[must_use]
    #[inline]
    pub fn emission(&self) -> &Emission {
        match &self.emission {
            Some(emission) => emission,
            None => unreachable!("it is made for each parameter of another crate"),
        }
    }

    /// The value of this type that the emitter gave with this emission; `None` if it gave none, and in a subscriber that
    /// runs later.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.values.as_ref()?.get_ref()
    }

    /// As [`get`](Self::get), with an error in place of `None`, for `?` in [`Param::acquire`](crate::handlers::Param::acquire).
    ///
    /// # Errors
    ///
    /// If there is no value of this type. The error names the type and the remedy.
    pub fn require<T: Send + Sync + 'static>(&self) -> Result<&T, MissingValue> {
        self.get().ok_or(MissingValue {
            type_name: type_name::<T>(),
        })
    }
}

impl fmt::Debug for CallContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("emission", &self.emission)
            .finish_non_exhaustive()
    }
}

/// A value that the emitter gave with no emission of this call; returned by [`CallContext::require`].
///
/// `Display` names the type and the remedy.
///
/// ```
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, MissingValue, Param, Prepare, PrepareError},
/// };
///
/// struct Locale(&'static str);
///
/// impl Param for &Locale {
///     type Kept = ();
///     type Held<'c> = &'c Locale;
///     type Item<'i> = &'i Locale;
///
///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
///         Ok(())
///     }
///
///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Locale, BoxError> {
///         Ok(call.require()?)
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut &'c Locale) -> &'i Locale {
///         held
///     }
/// }
///
/// #[derive(Event)]
/// struct Greeting;
///
/// #[subscriber]
/// fn greet(_: &Greeting, locale: &Locale) {
///     println!("{}", if locale.0 == "de" { "Hallo" } else { "Hello" });
/// }
///
/// let registry = Registry::with(subscribers![greet]);
/// let error = registry.try_emit(Greeting).unwrap_err();
/// assert!(error.to_string().contains("the emitter gives none"));
/// assert!(registry.emitting().with(Locale("de")).try_emit(Greeting).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingValue {
    type_name: &'static str,
}

impl MissingValue {
    /// The type of the value, as [`type_name`](std::any::type_name) returns it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }
}

impl fmt::Display for MissingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it needs a value of the type `{}`, and the emitter gives none with this emission; emit with \
             `registry.emitting().with(value)`, and let no subscriber that runs later, from the queue, take it",
            self.type_name
        )
    }
}

impl Error for MissingValue {}
