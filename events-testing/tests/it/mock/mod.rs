//! The mock: which tests and threads it covers, and what it does to handlers and to the queue.

mod fakes;
mod isolation;
mod muting;
mod nested_mocks;
mod panicking;
mod settle;
