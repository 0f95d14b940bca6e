//! The guide: a page for each subject, with examples that run.
//!
//! The pages are the files in `docs` of the repository, where `mdbook build` renders them as a book. In their
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
page!(
    topics,
    "[`AnyEvent`](crate::AnyEvent), \
     [`Registry::on_topic`](crate::Registry::on_topic), \
     [`Registry::subscribe_topic`](crate::Registry::subscribe_topic), \
     [`subscribing::Pattern`](crate::subscribing::Pattern), [`emit_topic`](crate::emit_topic()), \
     [`args!`](crate::args!), [`Origin`](crate::Origin), [`Event::emit_from`](crate::Event::emit_from), \
     [`Emitted::is_unheard`](crate::Emitted::is_unheard), \
     [`Registry::set_unheard_hook`](crate::Registry::set_unheard_hook)"
);
page!(listeners, "[`Registry`](crate::Registry)");
page!(
    registries,
    "[`Registry`](crate::Registry), [`registry()`](crate::registry()), \
     [`Registry::with`](crate::Registry::with), [`Registry::scan`](crate::Registry::scan), \
     [`Registry::enter`](crate::Registry::enter), [`with_registry`](crate::with_registry), \
     [`scopes::WithRegistry`](crate::scopes::WithRegistry), \
     [`subscribing::Batch`](crate::subscribing::Batch), [`Subscription`](crate::Subscription)"
);
page!(
    bridges,
    "[`bridge()`](crate::bridge()), [`signal_to_event()`](crate::signal_to_event()), \
     [`bridges::Bridge`](crate::bridges::Bridge), \
     [`Bridge::spawn_tokio`](crate::bridges::Bridge::spawn_tokio), \
     [`bridges::Bridged`](crate::bridges::Bridged), [`bridges::Ended`](crate::bridges::Ended), \
     [`bridges::EndReason`](crate::bridges::EndReason), [`bridges::Signal`](crate::bridges::Signal), \
     [`Registry::stream`](crate::Registry::stream)"
);
page!(
    testing,
    "[`Registry::with`](crate::Registry::with), [`subscribers!`](crate::subscribers!), \
     [`State`](crate::State), [`Emission::of`](crate::Emission::of), [`scan!`](crate::scan!), \
     [`Registry::enter`](crate::Registry::enter)"
);
page!(
    axum,
    "[`scanner`](crate::scanner()), [`Event::emit_async`](crate::Event::emit_async), \
     [`Event::try_emit`](crate::Event::try_emit), [`Event::enqueue`](crate::Event::enqueue), \
     [`Queue::spawn_tokio`](crate::Queue::spawn_tokio), \
     [`Queue::shutdown_async`](crate::Queue::shutdown_async), \
     [`scopes::WithRegistry`](crate::scopes::WithRegistry), [`Registry::with`](crate::Registry::with)"
);
page!(tracing, "[`Registry`](crate::Registry)");
page!(scanning, "[`Registry`](crate::Registry)");
page!(troubleshooting, "[`Registry`](crate::Registry)");
page!(coming_from, "[`Registry`](crate::Registry)");
