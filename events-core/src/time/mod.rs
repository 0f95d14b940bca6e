//! Time: what later runs, delays, retries and timeouts are measured by, and how they wait for it.
//!
//! - `clock`: the clock of a registry, which a test can set;
//! - `timetable`: values in the order of their due times, behind one lock;
//! - `timer_thread`: wakes tasks at their times, without a runtime;
//! - `sleep`: a future that is ready at an instant of a clock.
//!
//! # How to wait for a time
//!
//! - A future that waits: `Sleep::until(clock, clock.after(duration))`. Nothing else is needed for it to follow a clock
//!   that a test sets, or the paused clock of tokio. It is `Unpin`. `clock` is an `Arc<Clock>`, which is part of no
//!   registry and may be kept by a handler: [`Core::clock`](crate::registry::Core::clock).
//! - A job that is to run later: `queue/schedule`.

mod clock;
mod sleep;
mod timer_thread;
mod timetable;

pub(crate) use clock::Clock;
pub(crate) use sleep::Sleep;
pub(crate) use timetable::{TimeKey, Timetable};
