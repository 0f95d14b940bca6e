//! What the derive of the built-in events names instead of the crate root: they are derived with
//! `crate = crate::builtin::derive_root`.
//!
//! It differs from the crate root in two things. `__register` does not put the event into the link-time
//! slice. Otherwise the built-in events would be declared in every program, and a scan would report an
//! error if the program has an event of its own with such a topic, for example `email_changed`. And their
//! backend is `BuiltinOnCurrent`.

pub(super) use crate::event::Event;

/// What the derived code names.
pub(super) mod __private {
    pub(in crate::builtin) use crate::__private::*;
    pub(in crate::builtin) use crate::current::BuiltinOnCurrent as CurrentRegistry;
}

macro_rules! register {
    (static $name:ident: $type:ident in $slice:ident = $value:expr) => {
        static $name: crate::__private::$type = $value;
    };
}
pub(crate) use register as __register;
