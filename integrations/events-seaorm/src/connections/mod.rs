//! `Db` and `Tx` as connections of SeaORM.

mod begin;
mod db;
mod tx;
