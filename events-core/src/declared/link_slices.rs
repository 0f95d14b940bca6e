//! The link-time slices: the one file that names linkme.
//!
//! Each attribute writes a static into a section of the object file. The linker joins the sections
//! of all crates, and the program reads them as one slice. The order of its elements means nothing:
//! it changes with the profile and with codegen units. A crate that no code names is not linked at
//! all, which is why `scan!` names crates.

use super::installer::Subscriber;
use crate::metadata::EventInfo;

/// Every event type that is linked into the program.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static EVENTS: [EventInfo];

/// Every declared subscriber that is linked into the program.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static SUBSCRIBERS: [Subscriber];

/// The event types that are linked into this program, by topic.
///
/// ```
/// use events_core::Event;
///
/// #[derive(Event)]
/// #[event(topic = "docs.listed")]
/// struct Listed;
///
/// assert!(events_core::events().iter().any(|event| event.topic() == "docs.listed"));
/// ```
#[must_use]
pub fn events() -> Vec<&'static EventInfo> {
    let mut events: Vec<_> = EVENTS.iter().collect();
    events.sort_by_key(|event| (event.topic(), event.module(), event.location()));
    events
}

/// Adds a value to a link-time slice. All expansions use this macro, so another backend (such as
/// `inventory`, on targets without support by linkme) changes only this macro and the slices.
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    (static $name:ident: $type:ident in $slice:ident = $value:expr) => {
        #[$crate::__private::linkme::distributed_slice($crate::__private::$slice)]
        #[linkme(crate = $crate::__private::linkme)]
        static $name: $crate::__private::$type = $value;
    };
}
