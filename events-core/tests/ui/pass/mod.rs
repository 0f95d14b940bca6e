//! The twins of the cases in `fail`: the same programs with the mistake mended. They are modules of one program, so
//! that they are built once; none is run.

/// Declares the modules and lists their names.
macro_rules! twins {
    ($($name:ident)*) => {
        $(mod $name;)*

        pub(crate) const TWINS: &[&str] = &[$(stringify!($name)),*];
    };
}

twins! {
    awaited
    background
    bridges
    broken_body
    broken_syntax
    builders
    copies
    derive
    durable
    emit_async_unused
    emitting
    flushes
    handlers
    listener_methods
    listener_not_sync
    listeners
    named_args
    observers
    origin_number
    origin_pointer
    params
    policies
    run_time
    subscribers
    unit_phases
}
