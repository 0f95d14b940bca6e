//! The statements of PostgreSQL. Those with several steps are functions of the database, in `schema.sql`: one round trip, and
//! each step sees what was committed before it.

mod deliver;
mod engine;
mod insert;
mod statements;
mod wake;
