//! The guide: a page for each subject, with examples that run.
//!
//! The pages are the files in `docs` of the repository, where `mdbook build docs` renders them as a book. In their
//! sources, links to other pages are references with a definition at the end of the page, `[order]: order.md`. Here the
//! definitions of `links.md` come before these, and the first one counts.

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
page!(subscribers, "[`Registry`](crate::Registry)");
page!(order, "[`Registry`](crate::Registry)");
page!(failures, "[`Registry`](crate::Registry)");
page!(queue, "[`Registry`](crate::Registry)");
page!(topics, "[`Registry`](crate::Registry)");
page!(listeners, "[`Registry`](crate::Registry)");
page!(registries, "[`Registry`](crate::Registry)");
page!(bridges, "[`Registry`](crate::Registry)");
page!(testing, "[`Registry`](crate::Registry)");
page!(axum, "[`Registry`](crate::Registry)");
page!(tracing, "[`Registry`](crate::Registry)");
page!(scanning, "[`Registry`](crate::Registry)");
page!(troubleshooting, "[`Registry`](crate::Registry)");
page!(
    coming_from,
    "[`Event`](crate::Event), [`subscriber`](macro@crate::subscriber), [`listener`](macro@crate::listener), \
     [`observer`](macro@crate::observer), [`record`](crate::record), [`auth`](crate::auth), \
     [`Registry`](crate::Registry), [`Registry::on`](crate::Registry::on), \
     [`Registry::subscribe`](crate::Registry::subscribe), [`Origin`](crate::Origin), \
     [`Queue`](crate::Queue), [`Emitted::is_unheard`](crate::Emitted::is_unheard)"
);
