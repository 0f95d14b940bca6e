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
    "[`Event`](trait@crate::Event), [`#[derive(Event)]`](derive@crate::Event), [`emit!`](crate::emit!), \
     [`emit_mut`](crate::emit_mut()), [`Emitted`](crate::Emitted), [`EmitError`](crate::EmitError), \
     [`EventInfo`](crate::info::EventInfo), [`events`](crate::events()), [`builder`](crate::builder), \
     [`AnyEvent`](crate::AnyEvent)"
);
page!(
    subscribers,
    "[`#[subscriber]`](macro@crate::subscriber), [`State`](crate::State), [`Emission`](crate::Emission), \
     [`Outcome`](crate::Outcome), [`Origin`](crate::Origin), [`Registry::on`](crate::Registry::on), \
     [`Registry::subscribe`](crate::Registry::subscribe), [`Registry::on_borrowed`](crate::Registry::on_borrowed), \
     [`Registry::batch`](crate::Registry::batch), [`NewSubscription`](crate::subscribing::NewSubscription), \
     [`Subscription`](crate::Subscription), [`subscribers!`](crate::subscribers!)"
);
page!(
    order,
    "[`#[subscriber]`](macro@crate::subscriber), \
     [`NewSubscription::priority`](crate::subscribing::NewSubscription::priority), \
     [`NewSubscription::before`](crate::subscribing::NewSubscription::before), \
     [`NewSubscription::after`](crate::subscribing::NewSubscription::after), \
     [`SubscribeError`](crate::subscribing::SubscribeError), [`Problem`](crate::scanning::Problem), \
     [`ScanReport`](crate::ScanReport), [`Registry::set_depth_limit`](crate::Registry::set_depth_limit), \
     [`TooDeep`](crate::failures::TooDeep)"
);
page!(failures, "[`Registry`](crate::Registry)");
page!(queue, "[`Registry`](crate::Registry)");
page!(topics, "[`Registry`](crate::Registry)");
page!(
    listeners,
    "[`#[listener]`](macro@crate::listener), [`#[on]`](macro@crate::on), [`#[observer]`](macro@crate::observer), \
     [`Registry::add`](crate::Registry::add), [`Registry::try_add`](crate::Registry::try_add), \
     [`record`](crate::record), [`Creating`](crate::record::Creating), [`Updated`](crate::record::Updated), \
     [`Deleting`](crate::record::Deleting), [`Diff`](crate::record::Diff), [`auth`](crate::auth)"
);
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
