//! The texts of failures, panics and reports: their remedies, their counts, and their source locations.

mod counts;
mod locations;
mod remedies;
mod unit_phases;
