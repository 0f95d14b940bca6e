//! The link-time slice of the durable event types.

use super::durable_type::DurableType;

/// Every durable event type that is linked into the program.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static TYPES: [DurableType];

/// Every durable event type.
pub(crate) fn types() -> &'static [DurableType] {
    TYPES.static_slice()
}

/// The durable event type that is stored under this topic.
pub(crate) fn type_of(topic: &str) -> Option<&'static DurableType> {
    types().iter().find(|one| one.topic() == topic)
}

/// Adds a durable event type to the slice.
#[doc(hidden)]
#[macro_export]
macro_rules! __register_type {
    ($event:ty) => {
        #[$crate::__derive::linkme::distributed_slice($crate::__derive::TYPES)]
        #[linkme(crate = $crate::__derive::linkme)]
        static TYPE: $crate::__derive::DurableType = $crate::__derive::DurableType::of::<$event>();
    };
}

/// Makes an instance of a generic event durable, under a topic of its own:
/// `durable!(Page<User>, topic = "users.page")`, with `version = 2` and `key = |page| ..` behind it, in this order.
///
/// An event with a field that is `#[event(secret)]` is an error of [`register`](crate::Durable::register): nothing says whether the
/// field is stored.
///
/// ```
/// use events_core::Event;
/// use events_durable::{DurableEvent, durable};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct User {
///     id: u64,
/// }
///
/// #[derive(Event, Clone, Serialize, Deserialize)]
/// struct Page<T> {
///     items: Vec<T>,
/// }
///
/// durable!(Page<User>, topic = "users.page", version = 2, key = |page| page.items.len());
///
/// assert_eq!(Page::<User>::stored_topic(), "users.page");
/// ```
#[macro_export]
macro_rules! durable {
    ($event:ty, topic = $topic:literal $(, version = $version:literal)? $(, key = $key:expr)? $(,)?) => {
        const _: () = {
            impl $crate::DurableEvent for $event {
                type Codec = $crate::Json;
                const VERSION: i32 = [$($version,)? 1][0];
                const SECRETS: &'static [$crate::__derive::Secret] = &[];
                const IS_UNDECIDED: bool = true;
                const HAS_KEY: bool = [$({ let _ = ::core::stringify!($key); true },)? false][0];

                fn stored_topic() -> &'static str {
                    $topic
                }

                fn durable_key(&self) -> ::core::option::Option<$crate::__derive::String> {
                    let mut _key = ::core::option::Option::None;
                    $(
                        let key: fn(&Self) -> _ = $key;
                        _key = ::core::option::Option::Some($crate::__derive::key_text(&key(self)));
                    )?
                    _key
                }

                fn write_payload(&self) -> ::core::result::Result<$crate::__derive::Value, $crate::__derive::Error> {
                    $crate::__derive::write_payload(self, Self::SECRETS)
                }

                fn read_payload(
                    payload: $crate::__derive::Value,
                ) -> ::core::result::Result<Self, $crate::__derive::Error> {
                    $crate::__derive::read_payload(payload)
                }
            }

            $crate::__register_type!($event);

            /// Fails while no store is registered that stores the event.
            #[$crate::__derive::subscriber(crate = $crate::__derive::core, priority = i32::MAX, at_once)]
            fn __store(_: &$event) -> ::core::result::Result<(), $crate::__derive::NotRegistered> {
                $crate::__derive::check_registered()
            }
        };
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "write the instance and its topic: `durable!(Page<User>, topic = \"users.page\")`, with `version = 2` and \
             `key = |page| ..` behind it, in this order"
        );
    };
}
