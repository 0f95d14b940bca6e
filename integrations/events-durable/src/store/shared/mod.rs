//! What is the same for all databases: rows, and statements that differ in a few words only.

pub(super) mod deliver;
pub(super) mod migrate;
pub(super) mod operate;
pub(super) mod purge;
pub(super) mod register;
pub(super) mod row;
#[cfg(feature = "seaorm")]
mod seaorm;
pub(super) mod values;
