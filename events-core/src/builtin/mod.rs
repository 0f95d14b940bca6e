//! The built-in events, which many programs need.
//!
//! - `record`: the events of a model's records (created, updated, deleted), for any ORM;
//! - `auth`: the events of a user account, from sign-up to deletion;
//! - `derive_root`: the paths that the derived code of these events names.

pub mod auth;
mod derive_root;
pub mod record;
