//! What the parts of the shop know of each other: its events, and nothing else.
//!
//! `shipping` and `billing` subscribe to these events. Neither names the other, and this crate
//! names neither.

mod cents;
mod events;
mod read;

pub use cents::{Cents, ParseCentsError};
pub use events::{Country, OrderPaid, OrderPlaced, ParcelSent, UnknownCountry};
pub use read::{BadLine, HEADER, Line, read};
