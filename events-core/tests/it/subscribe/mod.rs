//! Subscribing: by a scan, at run time, with listeners and patterns, and the options of subscribers.

mod batch;
mod concurrency_limit;
mod listener_options;
mod listeners;
mod listeners_to_add;
mod predecessors;
mod run_time_subscriptions;
mod stopping;
mod subscribers;
mod unsubscribing;
