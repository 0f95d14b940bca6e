//! What must hold when something fails: programs that end or are replaced, leases that are lost, databases that cannot be used,
//! futures that are dropped, programs of several versions on one database.

mod commits;
mod conflicts;
mod cut_off;
mod database;
mod emits;
mod engine;
mod leases;
mod panics;
mod restarts;
mod versions;

pub(crate) use cut_off::assert_written_once_if_cut_off;
pub(crate) use engine::FaultEngine;
