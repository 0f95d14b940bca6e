//! The mock: which tests and threads it covers, and what it does to handlers and to the queue.

mod destructors;
mod fakes;
mod isolation;
mod muting;
mod nested_mocks;
mod panicking;
mod payloads;
mod user_code;
mod waiting;
