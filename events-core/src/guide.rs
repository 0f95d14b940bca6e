//! The guide: a page for each subject, with examples that run.
//!
//! The same pages are in the folder `docs` of the repository, where `mdbook build docs` renders them as a book.

// The definitions of `links.md` come before those at the end of a page, `[order]: order.md`; the first one counts.
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
     [`Flushed::failures`](crate::queues::Flushed::failures), \
     [`Retry`](crate::Retry), \
     [`Registry::on_failure`](crate::Registry::on_failure), \
     [`Registry::wrap`](crate::Registry::wrap), \
     [`Registry::wrap_emit`](crate::Registry::wrap_emit), \
     [`middleware`](crate::middleware), \
     [`NewSubscription`](crate::subscribing::NewSubscription)"
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
page!(
    time,
    "[`Event::enqueue_after`](crate::Event::enqueue_after), \
     [`Event::enqueue_at`](crate::Event::enqueue_at), \
     [`Scheduled`](crate::queues::Scheduled), \
     [`Queue::scheduled`](crate::Queue::scheduled), \
     [`Queue::set_schedule_capacity`](crate::Queue::set_schedule_capacity), \
     [`UnfinishedEvent::due`](crate::queues::UnfinishedEvent::due)"
);
page!(
    transactions,
    "[`UnitOfWork`](crate::UnitOfWork), [`UnitHandle`](crate::units::UnitHandle), \
     [`Savepoint`](crate::units::Savepoint), [`Prepared`](crate::units::Prepared), \
     [`WithUnit`](crate::units::WithUnit), [`UnitPhase`](crate::units::UnitPhase), \
     [`Registry::emit_in`](crate::Registry::emit_in), \
     [`NewSubscription::after_commit`](crate::subscribing::NewSubscription::after_commit), \
     [`NewSubscription::after_rollback`](crate::subscribing::NewSubscription::after_rollback)"
);
page!(
    sqlx,
    "[`UnitOfWork`](crate::UnitOfWork), [`Param`](crate::handlers::Param), [`Created`](crate::record::Created), \
     [`Creating`](crate::record::Creating), \
     [`NewSubscription::at_once`](crate::subscribing::NewSubscription::at_once)"
);
page!(
    durable,
    "[`#[subscriber]`](macro@crate::subscriber), [`UnitOfWork`](crate::UnitOfWork), [`Retry`](crate::Retry), \
     [`Param`](crate::handlers::Param)"
);
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
page!(
    listeners,
    "[`#[listener]`](macro@crate::listener), [`#[on]`](macro@crate::on), [`#[observer]`](macro@crate::observer), \
     [`Registry::add`](crate::Registry::add), [`Registry::try_add`](crate::Registry::try_add), \
     [`record`](crate::record), [`Creating`](crate::record::Creating), [`Updated`](crate::record::Updated), \
     [`Deleting`](crate::record::Deleting), [`Diff`](crate::record::Diff), [`auth`](crate::auth)"
);
page!(
    records,
    "[`Creating`](crate::record::Creating), [`Updated`](crate::record::Updated), [`Diff`](crate::record::Diff), \
     [`register_model`](crate::record::register_model)"
);
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
     [`bridges::Bridge`](crate::bridges::Bridge), [`bridges::Choice`](crate::bridges::Choice), \
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
page!(
    tracing,
    "[`Event::emit`](crate::Event::emit), \
     [`Failure`](crate::Failure), \
     [`Registry::set_unheard_hook`](crate::Registry::set_unheard_hook), \
     [`Queue`](crate::Queue)"
);
page!(
    opentelemetry,
    "[`Event::emit`](crate::Event::emit), [`Event::enqueue`](crate::Event::enqueue), \
     [`Queue::spawn_thread`](crate::Queue::spawn_thread), [`Queue::shutdown`](crate::Queue::shutdown)"
);
page!(
    metrics,
    "[`Registry::wrap`](crate::Registry::wrap), [`Registry::on_failure`](crate::Registry::on_failure), \
     [`middleware`](crate::middleware), [`outcomes`](crate::outcomes)"
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
    why_not_called,
    "[`Registry::explain`](crate::Registry::explain), \
     [`Registry::explain_from`](crate::Registry::explain_from), \
     [`Registry::explain_topic`](crate::Registry::explain_topic), \
     [`Explanation`](crate::explaining::Explanation), \
     [`Emitted::outcomes`](crate::Emitted::outcomes), \
     [`EmitError::outcomes`](crate::EmitError::outcomes), \
     [`SubscriberOutcome`](crate::outcomes::SubscriberOutcome), \
     [`Event::has_subscribers`](crate::Event::has_subscribers), \
     [`Registry::mute`](crate::Registry::mute)"
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
page!(
    coming_from,
    "[`Event`](crate::Event), [`subscriber`](macro@crate::subscriber), [`listener`](macro@crate::listener), \
     [`observer`](macro@crate::observer), [`record`](crate::record), [`auth`](crate::auth), \
     [`Registry`](crate::Registry), [`Registry::on`](crate::Registry::on), \
     [`Registry::subscribe`](crate::Registry::subscribe), [`Origin`](crate::Origin), \
     [`Queue`](crate::Queue), [`Emitted::is_unheard`](crate::Emitted::is_unheard)"
);
