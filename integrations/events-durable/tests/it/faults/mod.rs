//! What must hold when something fails: programs that end or are replaced, leases that are lost, databases that cannot be used,
//! futures that are dropped, programs of several versions on one database.

mod cut_off;
mod database;
mod engine;
mod leases;
pub(super) mod log;
mod restarts;
mod versions;
