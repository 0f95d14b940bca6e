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
page!(
    failures,
    "[`Event::try_emit`](crate::Event::try_emit), \
     [`EmitError`](crate::EmitError), \
     [`Emitted`](crate::Emitted), \
     [`Failure`](crate::Failure), \
     [`Cause`](crate::failures::Cause), \
     [`Panic`](crate::failures::Panic), \
     [`TooDeep`](crate::failures::TooDeep), \
     [`Registry::set_depth_limit`](crate::Registry::set_depth_limit), \
     [`Flushed::failures`](crate::queues::Flushed::failures)"
);
page!(
    queue,
    "[`Event::emit_async`](crate::Event::emit_async), \
     [`Event::enqueue`](crate::Event::enqueue), \
     [`Queue`](crate::Queue), \
     [`Queue::flush`](crate::Queue::flush), \
     [`Queue::spawn_thread`](crate::Queue::spawn_thread), \
     [`Queue::work`](crate::Queue::work), \
     [`Queue::shutdown`](crate::Queue::shutdown), \
     [`flush_queue`](macro@crate::flush_queue), \
     [`QueueFull`](crate::queues::QueueFull), \
     [`Unfinished`](crate::queues::Unfinished), \
     [`Registry::next`](crate::Registry::next), \
     [`Registry::stream`](crate::Registry::stream)"
);
page!(topics, "[`Registry`](crate::Registry)");
page!(listeners, "[`Registry`](crate::Registry)");
page!(registries, "[`Registry`](crate::Registry)");
page!(bridges, "[`Registry`](crate::Registry)");
page!(testing, "[`Registry`](crate::Registry)");
page!(axum, "[`Registry`](crate::Registry)");
page!(
    tracing,
    "[`Event::emit`](crate::Event::emit), \
     [`Failure`](crate::Failure), \
     [`Registry::set_unheard_hook`](crate::Registry::set_unheard_hook), \
     [`Queue`](crate::Queue)"
);
page!(
    scanning,
    "[`scan()`](crate::scan()), \
     [`scan!`](crate::scan!), \
     [`scanner()`](crate::scanner()), \
     [`scanner!`](crate::scanner!), \
     [`try_scan`](crate::try_scan), \
     [`ScanReport`](crate::ScanReport), \
     [`ScanError`](crate::scanning::ScanError), \
     [`Problem`](crate::scanning::Problem), \
     [`Scanner`](crate::scanning::Scanner), \
     [`State`](crate::State), \
     [`Registry::with`](crate::Registry::with)"
);
page!(
    troubleshooting,
    "[`scan()`](crate::scan()), \
     [`Event::try_emit`](crate::Event::try_emit), \
     [`Emitted::is_unheard`](crate::Emitted::is_unheard), \
     [`Registry::set_unheard_hook`](crate::Registry::set_unheard_hook), \
     [`Subscription::detach`](crate::Subscription::detach), \
     [`Queue::shutdown`](crate::Queue::shutdown), \
     [`Queue::flush_async`](crate::Queue::flush_async)"
);
page!(coming_from, "[`Registry`](crate::Registry)");
