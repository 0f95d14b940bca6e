//! What is logged about the policies of a registry.

mod middleware;
