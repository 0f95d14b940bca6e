//! SeaORM: its transactions, and the events of the records that it writes.

mod records;
mod transactions;
