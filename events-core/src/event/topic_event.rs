//! Events without a type: they have a topic, and arguments by name.

use std::{any::Any, fmt};

use super::{
    no_backend::NoBackend,
    ownership::Borrowed,
    statics::EventStatics,
    traits::{Event, Family, Visit},
};
use crate::metadata::{EventInfo, Location};

/// The arguments of an event without a type, by name; [`args!`](crate::args!) makes them.
///
/// `Debug` prints the names, never the values.
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
/// assert_eq!(args.get::<String>("referrer").map(String::as_str), Some("ada"));
/// assert_eq!(args.get::<u64>("user"), None); // it is a `u32`
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[derive(Default)]
pub struct Args(Vec<(&'static str, Box<dyn Any>)>);

impl Args {
    /// No arguments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an argument; of several with one name, the last counts.
    #[must_use]
    pub fn with<T: Any>(mut self, name: &'static str, value: T) -> Self {
        self.0.push((name, Box::new(value)));
        self
    }

    /// The argument of that name, if it is a `T`.
    #[must_use]
    pub fn get<T: Any>(&self, name: &str) -> Option<&T> {
        self.any(name)?.downcast_ref()
    }

    fn any(&self, name: &str) -> Option<&dyn Any> {
        let mut last = self.0.iter().rev();
        let (_, value) = last.find(|(other, _)| *other == name)?;
        Some(&**value)
    }
}

impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Args");
        for (name, _) in &self.0 {
            debug.field(name, &format_args!(".."));
        }
        debug.finish()
    }
}

/// An event without a type, while it is emitted.
#[doc(hidden)]
#[derive(Debug)]
pub struct TopicEvent<'e> {
    pub(crate) topic: &'e str,
    pub(crate) args: &'e Args,
}

/// Describes all events without a type; each has its own topic, which is in [`TopicEvent`].
static INFO: EventInfo = EventInfo::new(
    "a topic",
    "TopicEvent",
    module_path!(),
    Location::new(file!(), line!(), column!()),
    "",
    &[],
);

#[diagnostic::do_not_recommend]
impl Event for TopicEvent<'_> {
    type Family = TopicEvent<'static>;
    type Ownership = Borrowed;
    type Backend = NoBackend;

    fn __lend<'s, V: Visit<'s, TopicEvent<'static>>>(&'s mut self, visitor: V) -> V::Output {
        visitor.visit(self)
    }

    fn __named(&self, name: &str) -> Option<&dyn Any> {
        self.args.any(name)
    }

    fn __topic(&self) -> &str {
        self.topic
    }

    fn __names(&self) -> Vec<(&str, bool)> {
        self.args.0.iter().map(|(name, _)| (*name, false)).collect()
    }
}

#[diagnostic::do_not_recommend]
impl Family for TopicEvent<'static> {
    type Of<'x> = TopicEvent<'x>;

    fn statics() -> EventStatics {
        EventStatics {
            info: &INFO,
            default_slot: None,
            clone_fn: None,
        }
    }
}
