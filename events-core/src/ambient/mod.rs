//! Floor 5, ambient: what a program has one of. The link-time slices, the default registry, the
//! registry that is current instead of it, and the scan that joins them.

mod copy;
mod current;
mod declared;
mod link;
mod problem;
mod report;
mod scan;
mod verbs;

pub(crate) use current::stand_in;
pub use current::{Entered, Scoped, WithRegistry, registry, with_registry};
pub use link::{EVENTS, SUBSCRIBERS, events};
pub use problem::{Problem, ScanError};
pub use report::{CrateCounts, ScanReport};
pub use scan::{Linked, Scanner, Subscribers, scan, scanner, try_scan};
pub use verbs::{Current, emit_mut, emit_topic, try_emit_topic};
