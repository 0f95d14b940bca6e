//! The examples of the guide, which are compiled and run here: some of them use this crate, on which events-core does not
//! depend.

macro_rules! pages {
    ($($name:ident)+) => {
        $(
            #[doc = include_str!(concat!("../docs/", stringify!($name), ".md"))]
            mod $name {}
        )+
    };
}

pages! {
    events
    subscribers
    order
    failures
    queue
    time
    topics
    listeners
    registries
    bridges
    testing
    axum
    tracing
    scanning
    troubleshooting
    coming_from
}
