//! The arguments of a named event.

use std::{any, any::Any, collections::HashSet, fmt, sync::Arc};

use super::{
    arg_error::ArgError,
    arg_value::{ArgJson, ArgValue},
    number::read,
};
use crate::{event::json::Json, primitives::one_line};

/// The arguments of a named event, by name; [`args!`](crate::args!) makes them.
///
/// A value is any type that is `Send + Sync + 'static`. A clone shares the values.
///
/// `Debug` prints the names, and `[redacted]` for a secret; never a value.
///
/// ```
/// use events_core::{AnyEvent, Registry, args, emitting::Args};
///
/// /// The arguments of a sign-up: the referrer is left out if there is none.
/// fn sign_up(user: u32, referrer: Option<&str>) -> Args {
///     let args = args! { user: user };
///     match referrer {
///         Some(referrer) => args.with("referrer", referrer.to_owned()),
///         None => args,
///     }
/// }
///
/// let registry = Registry::new();
/// let _audit = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
///     assert_eq!(event.arg::<u32>("user"), Some(&7));
/// })?;
/// let args = sign_up(7, Some("ada"));
/// let args = registry.try_emit_topic("user::signed_up", args).expect("no subscriber fails");
/// assert_eq!(args.arg::<String>("referrer").map(String::as_str), Some("ada"));
/// assert_eq!(args.arg::<u64>("user"), None); // it is a `u32`
/// assert_eq!(args.get::<u64>("user"), Ok(7)); // converted
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[derive(Clone, Default)]
pub struct Args(Vec<Arg>);

#[derive(Clone)]
struct Arg {
    name: &'static str,
    /// Shared, so that the snapshot of an event clones no value.
    value: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
    /// `None` if the value is not known to be readable as JSON.
    json: Option<ArgJson>,
    is_secret: bool,
}

impl Args {
    /// No arguments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an argument; of several with one name, the last counts.
    ///
    /// The type of the value is generic here, so the value is not in the JSON of the event; `args!` adds values that
    /// are.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(self, name: &'static str, value: T) -> Self {
        self.add(name, value, None, false)
    }

    /// Adds a secret argument: handlers read its value by its name, and all texts and the JSON of the event show
    /// `[redacted]`.
    ///
    /// ```
    /// use events_core::emitting::Args;
    ///
    /// let args = Args::new().with("user", 7_u32).with_secret("password", String::from("hunter2"));
    /// assert_eq!(format!("{args:?}"), "Args { user: .., password: [redacted] }");
    /// ```
    #[must_use]
    pub fn with_secret<T: Any + Send + Sync>(self, name: &'static str, value: T) -> Self {
        self.add(name, value, None, true)
    }

    /// Adds an argument of `args!`; `N` names it in a compile error.
    #[doc(hidden)]
    #[must_use]
    pub fn __with<N, T: ArgValue<N>>(
        self,
        name: &'static str,
        value: T,
        json: Option<ArgJson>,
        is_secret: bool,
    ) -> Self {
        self.add(name, value, json, is_secret)
    }

    fn add<T: Any + Send + Sync>(
        mut self,
        name: &'static str,
        value: T,
        json: Option<ArgJson>,
        is_secret: bool,
    ) -> Self {
        self.0.push(Arg {
            name,
            value: Arc::new(value),
            type_name: any::type_name::<T>(),
            json,
            is_secret,
        });
        self
    }

    /// The argument of that name, if it is a `T`, as [`arg`](trait@crate::AnyEvent#method.arg) of an event reads it.
    #[must_use]
    pub fn arg<T: Any>(&self, name: &str) -> Option<&T> {
        self.any(name)?.downcast_ref()
    }

    /// The value of the argument of that name, as a `T`. Numbers are converted if nothing is lost, as
    /// [`get`](trait@crate::AnyEvent#method.get) of an event converts them.
    ///
    /// # Errors
    ///
    /// [`ArgError::Missing`] if there is no such name, and [`ArgError::WrongType`] if the value is no `T` and does not
    /// convert.
    ///
    /// ```
    /// use events_core::{args, emitting::ArgError};
    ///
    /// let args = args! { user: 7_u32, mode: "signin" };
    /// assert_eq!(args.get::<u64>("user"), Ok(7));
    /// assert_eq!(args.get::<u64>("agent"), Err(ArgError::Missing));
    /// assert_eq!(args.get::<u64>("mode"), Err(ArgError::WrongType { found: "&str" }));
    /// ```
    pub fn get<T: Any + Clone>(&self, name: &str) -> Result<T, ArgError> {
        read(self.any(name), || self.type_name(name))
    }

    pub(super) fn any(&self, name: &str) -> Option<&dyn Any> {
        Some(&*self.find(name)?.value)
    }

    pub(super) fn type_name(&self, name: &str) -> Option<&'static str> {
        Some(self.find(name)?.type_name)
    }

    /// The names, and whether they are secret.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        let args = self.counting().into_iter();
        args.map(|arg| (arg.name, arg.is_secret))
    }

    /// The arguments without those whose names were added again later.
    fn counting(&self) -> Vec<&Arg> {
        let mut names = HashSet::new();
        let last = self.0.iter().rev().filter(|arg| names.insert(arg.name));
        let mut args: Vec<_> = last.collect();
        args.reverse();
        args
    }

    /// The values as JSON, by name.
    pub(super) fn json(&self) -> Option<Json> {
        #[cfg(feature = "serde")]
        {
            let value = |arg: &Arg| match arg.json {
                _ if arg.is_secret => crate::event::json::secret(),
                Some(json) => json(&*arg.value),
                None => None,
            };
            // An earlier argument of the same name does not count, even if the last one is left out.
            let values = self.counting().into_iter();
            let values = values.filter_map(|arg| Some((arg.name.to_owned(), value(arg)?)));
            Some(Json::Object(values.collect()))
        }
        #[cfg(not(feature = "serde"))]
        {
            // Nothing reads it: `to_json` does not compile.
            self.0.iter().find_map(|arg| arg.json.and(None))
        }
    }

    fn find(&self, name: &str) -> Option<&Arg> {
        self.0.iter().rev().find(|arg| arg.name == name)
    }
}

impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Args");
        for (name, is_secret) in self.names() {
            let value = if is_secret { "[redacted]" } else { ".." };
            debug.field(&one_line(name), &format_args!("{value}"));
        }
        debug.finish()
    }
}
