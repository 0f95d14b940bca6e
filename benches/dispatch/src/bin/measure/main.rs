//! Measures every case, and writes `BENCHMARKS.md` and its plot.
//!
//! ```text
//! measure                     prints the time of an emit in every case
//! measure --write             measures times and instructions, and writes BENCHMARKS.md and plot.svg
//! measure --list              prints the names of the cases
//! measure --count CASE TIMES  emits this many times in one case, under an instruction counter
//! ```

mod rounds;
mod subscribing;
#[cfg(feature = "peers")]
mod write;

use std::{env, hint::black_box, process::ExitCode};

use dispatch_benches::{ready, ready_one};
use subscribing::SubscribeTimes;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            for (name, time) in rounds::times(&ready()) {
                println!("{name:32} {time:8.2} ns");
            }
            let SubscribeTimes { batch, single } = subscribing::measure();
            println!("{:32} {batch:8.0} ns", "a batch of 1,000");
            println!("{:32} {single:8.0} ns", "one beside 1,000 others");
        }
        ["--list"] => {
            for case in dispatch_benches::all() {
                println!("{}", case.name());
            }
        }
        ["--count", name, times] => {
            let Ok(times) = times.parse() else {
                eprintln!("measure: `{times}` is not a number");
                return ExitCode::FAILURE;
            };
            black_box((ready_one(name).run)(times));
        }
        #[cfg(feature = "peers")]
        ["--write"] => {
            if let Err(error) = write::write() {
                eprintln!("measure: {error}");
                return ExitCode::FAILURE;
            }
        }
        _ => {
            eprintln!("usage: measure [--write | --list | --count CASE TIMES]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
