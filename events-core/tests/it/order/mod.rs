//! The order of subscribers relative to targets that may be absent.

mod if_present;
