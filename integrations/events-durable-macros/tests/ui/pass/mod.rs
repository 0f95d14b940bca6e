//! The twins of the cases in `fail`: the same programs with the mistake mended. They are modules of one program, so
//! that they are built once.

/// Declares the modules and lists their names.
macro_rules! twins {
    ($($name:ident)*) => {
        $(mod $name;)*

        pub(crate) const TWINS: &[&str] = &[$(stringify!($name)),*];
    };
}

twins! {
    checks
    derive
    instances
    secrets
    types
    upcast
}
