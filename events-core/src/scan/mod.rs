//! The scan: registers declared subscribers, those that attributes left at link time, in a
//! registry.
//!
//! A scan finds all problems before it registers anything: it registers all subscribers that it
//! selects, or reports every problem and registers none.
//!
//! - `declarations`: all declared subscribers of the program, and the problems among them;
//! - `scanner`: the options of a scan, and the scan itself;
//! - `duplicates`: event types that share a topic, durable subscribers that share an id;
//! - `problem`: what can be wrong; `report`: what was registered, as a table; `table`: tables with aligned columns;
//! - `hints`: what else a scan reports: `unmatched`, the patterns that match no linked event, and `uncopied`, the events
//!   that match a pattern and cannot be copied;
//! - `copy`: a new registry with the declared subscribers of another, for tests.

mod copy;
mod declarations;
mod duplicates;
mod hints;
mod problem;
mod report;
mod scanner;
mod table;
mod uncopied;
mod unmatched;

pub(crate) use declarations::{Declaration, Declarations};
pub use problem::{Problem, ScanError};
pub use report::{CrateCounts, ScanReport};
pub use scanner::{Linked, Scanner, Subscribers, scan, scanner, try_scan};
pub(crate) use table::fmt_table;
