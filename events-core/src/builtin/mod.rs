//! Floor 8, stock: events that many programs have, declared once.
//!
//! - `record`: what becomes of the records of a model, whichever ORM writes them;
//! - `auth`: what happens to an account, from the sign-up to the deletion.
//!
//! What the derive writes reaches through the hidden door of the facade, here as in any other crate;
//! `door` stands before it.

pub mod auth;
mod derive_root;
pub mod record;
