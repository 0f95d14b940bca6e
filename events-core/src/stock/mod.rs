//! Floor 7, stock: events that many programs have, declared once.
//!
//! - `record`: what becomes of the records of a model, whichever ORM writes them.

pub mod record;
