
=======
macro_rules! page {
    ($name:ident, $items:literal) => {
        #[doc = include_str!("../docs/guide/links.md")]
        #[doc = include_str!(concat!("../docs/guide/", stringify!($name), ".md"))]
        #[doc = concat!("\n\n**Items:** ", $items)]
        pub mod $name {}
    };
}

page!(
    events,
    "[`Event`](crate::Event), [`emit!`](crate::emit), [`builder`](crate::builder)"
);
page!(
    subscribers,
    "[`Registry`](crate::Registry)"
);
page!(
    order,
    "[`Registry`](crate::Registry)"
);
page!(
    failures,
    "[`Registry`](crate::Registry)"
);
page!(
    queue,
    "[`Registry`](crate::Registry)"
);
page!(
    topics,
    "[`Registry`](crate::Registry)"
);
page!(
    listeners,
    "[`Registry`](crate::Registry)"
);
page!(
    registries,
    "[`Registry`](crate::Registry)"
);
page!(
    bridges,
    "[`Registry`](crate::Registry)"
);
page!(
    testing,
    "[`Registry`](crate::Registry)"
);
page!(
    axum,
    "[`Registry`](crate::Registry)"
);
page!(
    tracing,
    "[`Registry`](crate::Registry)"
);
page!(
    scanning,
    "[`Registry`](crate::Registry)"
);
page!(
    troubleshooting,
    "[`Registry`](crate::Registry)"
);
page!(
    coming_from,
    "[`Registry`](crate::Registry)"
);
