//! A soak: a queue under load for a while, and every event is accounted for.
//!
//! ```text
//! soak               for a minute
//! soak --seconds 5   for a quick look
//! ```
//!
//! Four threads enqueue and emit; a tokio worker runs four events at a time, out of a queue that is
//! small enough to be full at times. Handlers, sync and async, succeed, sleep, fail, panic, and
//! enqueue more. Every second the queue is shut down under the load, at times with a deadline that is
//! too short, and the next one begins.
//!
//! What must hold: of each handler, the events that were accepted are those that it was through with
//! and those that were handed back, by number and by sum; as many failures were logged as happened;
//! and the memory of the process does not grow in the second half.

mod failures;
mod handlers;
mod load;
mod resident;
mod tally;

use std::{
    env, panic,
    process::ExitCode,
    time::{Duration, Instant},
};

use resident::Resident;
use tally::Tally;

/// How long one queue lives.
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
    silence();
    failures::count();
    match soak(Duration::from_secs(seconds)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says nothing of the panics that are meant.
fn silence() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some(handlers::MEANT) {
            hook(info);
        }
    }));
}

/// Whether everything added up.
fn soak(time: Duration) -> std::io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?;
    let resident = Resident::watch();
    let end = Instant::now() + time;
    let total = Tally::default();
    let (mut rounds, mut too_early) = (0, 0);
    while Instant::now() < end {
        let tally = load::round(&runtime, rounds, ROUND.min(time));
        too_early += u64::from(tally.was_handed_back());
        rounds += 1;
        total.add(&tally);
    }
    drop(runtime);
    let growth = resident.growth();
    print!("{total}");
    println!("{rounds} queues, {too_early} of them shut down with events left");
    println!("{growth}");
    Ok(total.adds_up() && growth.is_flat())
}
