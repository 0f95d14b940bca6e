//! Signals of the operating system and ticks of a timer as events, and a graceful shutdown.
//!
//! ```text
//! cargo run --example signals                 three ticks; then it sends SIGINT to itself
//! cargo run --example signals -- --ticks 10   ten ticks, or until you press Ctrl-C
//! ```
//!
//! It runs on Unix, where a program can send a signal to itself.
//!
//! What to look for:
//!
//! - `main` builds two bridges, and does not depend on the subscribers of their events.
//! - Ctrl-C becomes an event with several subscribers; each of them does its part of the shutdown.
//! - A bridge that has ended reports the reason, and how many items and events it handled.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]
#![expect(clippy::print_stderr, reason = "errors belong on standard error")]

use std::{
    env,
    process::{Command, ExitCode},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use events_core::{Event, State, bridge, registry, scanner, subscriber};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::interval,
};
use tokio_stream::{
    StreamExt,
    wrappers::{IntervalStream, SignalStream},
};

/// A tick of the timer.
#[derive(Event, Clone)]
struct Tick;

/// The user has pressed Ctrl-C, so the program is to end.
#[derive(Event, Clone)]
struct Interrupted;

/// The number of ticks so far, and the number after which the program ends.
struct Ticks {
    so_far: AtomicU32,
    limit: u32,
}

#[subscriber]
fn count(_: &Tick, ticks: State<'_, Ticks>) {
    let number = ticks.so_far.fetch_add(1, Ordering::Relaxed) + 1;
    println!("tick {number}");
}

/// Sends SIGINT, as Ctrl-C does, to this process after the last tick.
#[subscriber(after = count)]
fn interrupt(_: &Tick, ticks: State<'_, Ticks>) -> Result<(), String> {
    if ticks.so_far.load(Ordering::Relaxed) != ticks.limit {
        return Ok(());
    }
    let process = std::process::id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    match sent {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("kill: {status}")),
        Err(error) => Err(format!("kill: {error}")),
    }
}

#[subscriber]
fn say_goodbye(_: &Interrupted) {
    println!("interrupted; good bye");
}

/// Work that must not be interrupted: it is deferred to the queue, and the shutdown runs it.
#[subscriber(deferred)]
fn save(_: &Interrupted, ticks: State<'_, Ticks>) {
    println!("ticks saved: {}", ticks.so_far.load(Ordering::Relaxed));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .without_time()
        .init();

    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let limit = match arguments[..] {
        [] => Some(3),
        ["--ticks", limit] => limit.parse().ok().filter(|limit| *limit > 0),
        _ => None,
    };
    let Some(limit) = limit else {
        eprintln!("usage: signals [--ticks <how many, at least 1>]");
        return ExitCode::from(2);
    };
    let so_far = AtomicU32::new(0);
    scanner().state(Ticks { so_far, limit }).run();

    let interrupts = match signal(SignalKind::interrupt()) {
        Ok(interrupts) => SignalStream::new(interrupts),
        Err(error) => {
            eprintln!("signals: cannot receive Ctrl-C: {error}");
            return ExitCode::FAILURE;
        }
    };
    let every = IntervalStream::new(interval(Duration::from_millis(50)));
    let ticks = bridge(every.take(limit as usize))
        .with(|_| Some(Tick))
        .origin("timer")
        .spawn_tokio();
    let interrupted = registry().next::<Interrupted>();
    let interrupts = bridge(interrupts)
        .with(|()| Some(Interrupted))
        .origin("system")
        .spawn_tokio();

    interrupted.await; // the subscribers do everything else

    let ticks = ticks.stop_async().await;
    println!("the timer: {ticks}");
    let interrupts = interrupts.stop_async().await;
    println!("Ctrl-C: {interrupts}");
    let deadline = tokio::time::sleep(Duration::from_secs(1));
    let unfinished = registry().queue().shutdown_async(deadline).await;
    println!("unfinished: {}", unfinished.events.len());
    ExitCode::SUCCESS
}
