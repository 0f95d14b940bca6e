//! What the derive of the built-in events names instead of the crate root: they are derived with
//! `crate = crate::builtin::derive_root`.
//!
//! It differs from the crate root in one thing: `__register` does not put the event into the link-time
//! slice. Otherwise the built-in events would be declared in every program, and a scan would report an
//! error if the program has an event of its own with such a topic, for example `email_changed`.

pub(super) use crate::{__private, event::Event};

macro_rules! register {
    (static $name:ident: $type:ident in $slice:ident = $value:expr) => {
        static $name: crate::__private::$type = $value;
    };
}
pub(crate) use register as __register;
