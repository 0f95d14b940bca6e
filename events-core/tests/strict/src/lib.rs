//! A user crate whose lints deny everything: code that the macros of `events-core` generate causes
//! no warning under them. Each file covers one feature; `main` scans, emits and asserts.
//!
//! Without the feature `serde` an event cannot be read as JSON, so this does not compile:
//!
//! ```compile_fail
//! #[derive(events_core::Event)]
//! #[event(serialize)]
//! struct Saved;
//! ```
//!
//! ```
//! #[derive(events_core::Event)]
//! struct Saved;
//! ```

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]
#![deny(
    missing_debug_implementations,
    non_camel_case_types,
    unnameable_types,
    unused_lifetimes,
    unused_qualifications
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

pub mod events;
#[allow(
    clippy::missing_const_for_fn,
    clippy::future_not_send,
    clippy::redundant_pub_crate,
    clippy::significant_drop_tightening,
    reason = "these lints are about the handlers themselves"
)]
pub mod subscribers;
