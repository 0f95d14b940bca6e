//! What the benchmark programs share when they write their tables into `BENCHMARKS.md`.
//!
//! [`bounds`] and [`times`] turn figures into Markdown tables, [`document`] puts tables between the
//! markers of the document, and [`program`] runs another benchmark program and returns its output.

pub mod bounds;
pub mod document;
pub mod program;
pub mod times;

/// The result of a step of a report.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
