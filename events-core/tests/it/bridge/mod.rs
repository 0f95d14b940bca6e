//! Sources of events, and their receivers: bridges, and events as futures and streams.

mod bridge_callbacks;
mod bridge_lifecycle;
mod bridges;
mod bridges_tokio;
mod receive;
mod receive_options;
mod receive_order;
mod weak;
