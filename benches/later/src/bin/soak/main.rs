//! A soak test: a queue under load, with a count of what happened to every event.
//!
//! ```text
//! soak               for a minute
//! soak --seconds 5   for five seconds
//! ```
//!
//! Four threads enqueue and emit; a tokio worker runs four events at a time, out of a queue that is
//! small enough to be full at times. Handlers, sync and async, succeed, sleep, fail, panic, and
//! enqueue more. Every second the queue is shut down under load, at times with a deadline that is too
//! short, and the next round begins with a new queue.
//!
//! It checks that for each handler the accepted events are those that were handled and those that the
//! shutdown returned, by number and by sum; that every failure was logged; and that the memory of the
//! process does not grow in the second half.

mod counts;
mod failures;
mod handlers;
mod load;
mod resident;

use std::{
    env, panic,
    process::ExitCode,
    time::{Duration, Instant},
};

use counts::Counts;
use resident::Resident;

/// The time of one round.
const ROUND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = match arguments[..] {
        [] => Some(60),
        ["--seconds", seconds] => seconds.parse().ok(),
        _ => None,
    };
    let Some(seconds) = seconds else {
        eprintln!("usage: soak [--seconds N]");
        return ExitCode::FAILURE;
    };
    silence_intended_panics();
    failures::start_counting();
    match soak(Duration::from_secs(seconds)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints no message for the intended panics.
fn silence_intended_panics() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some(handlers::INTENDED_PANIC) {
            hook(info);
        }
    }));
}

/// Whether all checks passed.
fn soak(time: Duration) -> std::io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?;
    let resident = Resident::start();
    let end = Instant::now() + time;
    let total = Counts::default();
    let (mut rounds, mut unfinished) = (0, 0);
    while Instant::now() < end {
        let counts = load::round(&runtime, rounds, ROUND.min(time));
        unfinished += u64::from(counts.left_events());
        rounds += 1;
        total.add(&counts);
    }
    drop(runtime);
    let growth = resident.growth();
    print!("{total}");
    println!("{rounds} queues, {unfinished} of them shut down with events left");
    println!("{growth}");
    Ok(total.adds_up() && growth.is_flat())
}
