//! Section 12: failures as reporters receive them, and what stands around calls and emits.

mod failure_context;
