//! What is logged about the policies of a registry.

mod failure_span;
mod middleware;
