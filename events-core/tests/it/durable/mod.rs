//! Durable subscribers: no emit calls them, and each is delivered to by itself.

mod delivering;
mod listing;
mod storing;
