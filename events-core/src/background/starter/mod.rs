//! What a starter does with the handler that it starts; `background_plan` has the loop that starts the handlers.
//!
//! - `starter_call`: the call through the middleware;
//! - `starter_result`: how the handler ends.

mod starter_call;
mod starter_result;
