//! The current registry: which one an emit uses.

mod current_registry;
mod default_registry;
mod dropped_futures;
mod of_handlers;
mod other_copy;
mod report_widths;
mod thread_exit;
mod weak_registry;
