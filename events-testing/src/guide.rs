//! The examples of the guide, which are compiled and run here: some of them use this crate, on which events-core does not
//! depend. Those about a database are tests of its crate.

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
    transactions
    topics
    listeners
    registries
    bridges
    testing
    axum
    tracing
    opentelemetry
    metrics
    scanning
    why_not_called
    troubleshooting
    coming_from
}
