//! Event types: what the derive generates.

mod builder;
mod events;
mod json;
mod json_hidden;
mod topic_texts;
