//! The events of the shop, and a parser of orders. The parts of the shop share nothing else.
//!
//! `shipping` and `billing` subscribe to these events. Neither depends on the other, and this crate
//! depends on neither.

mod cents;
mod events;
mod read;

pub use cents::{Cents, ParseCentsError};
pub use events::{Country, OrderPaid, OrderPlaced, ParcelSent, UnknownCountry};
pub use read::{BadLine, HEADER, Line, read};
