//! What the derive takes for `events-core` in here, where its words are `crate = crate::builtin::derive_root`.
//!
//! It differs in one thing: the events are not put into the link-time slice. They would be in every
//! program, also in one that has never heard of them and calls an event of its own `email_changed`,
//! which a scan would then refuse as a second event of that topic.

pub(super) use crate::{__private, event::Event};

macro_rules! register {
    (static $name:ident: $type:ident in $slice:ident = $value:expr) => {
        static $name: crate::__private::$type = $value;
    };
}
pub(crate) use register as __register;
