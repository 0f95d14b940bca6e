//! scan.

mod copy;
mod declarations;
mod problem;
mod report;
mod scanner;

pub use problem::{Problem, ScanError};
pub use report::{CrateCounts, ScanReport};
pub use scanner::{Linked, Scanner, Subscribers, scan, scanner, try_scan};
