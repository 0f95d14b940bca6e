//! The command `events`, which a program mounts to operate its store: its subscribers, their deliveries, and those that are dead.
//!
//! ```text
//! myapp events stats                          the deliveries of each subscriber, counted
//! myapp events dead mail.confirm              its dead deliveries, with their errors
//! myapp events retry mail.confirm             dead deliveries are tried again
//! myapp events discard mail.confirm           dead deliveries are deleted
//! myapp events replay ledger.book --since 2d  the events of the last two days are delivered once more
//! myapp events pause mail.confirm             no worker claims its deliveries, until `resume`
//! myapp events resume mail.confirm
//! myapp events retire mail.old_name           the id and all its deliveries are deleted
//! myapp events purge --older-than 30d         events that all subscribers have had for 30 days are deleted
//! ```
//!
//! A program that parses its arguments itself calls [`run`] with those after `events`. One that uses `clap` mounts
//! [`EventsCommand`], and calls [`EventsCommand::run`].
//!
//! - What changes something is confirmed first, by a question at the [`Terminal`]; `--yes` confirms in advance. Without an answer
//!   nothing is changed, which is an error, so that a script notices.
//! - It prints a table, or with `--json` one line of JSON, which needs `--yes` in place of the question.
//! - No payload of an event is printed. The texts of errors are those that the subscribers have returned; in a table without
//!   control characters, and cut.

mod arguments;
mod error;
mod output;
mod run;
mod table;
mod terminal;

pub use arguments::EventsCommand;
pub use error::CommandError;
pub use run::run;
pub use terminal::Terminal;
