//! Measures every case, and writes `BENCHMARKS.md`.
//!
//! ```text
//! measure                   prints the time of an emit, or of an event, in every case
//! measure --write           measures times and memory, and writes the tables in BENCHMARKS.md
//! measure --list            prints the names of the cases
//! measure --run CASE TIMES  runs one case with this many events, under a profiler
//! ```

mod rounds;
mod write;

use std::{env, hint::black_box, process::ExitCode};

use later_benches::{ready, ready_one};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            let cases = ready();
            let times = rounds::times(&cases);
            for case in cases {
                let name = case.name();
                println!("{name:32} {:8.2} ns", times[&name]);
            }
        }
        ["--list"] => {
            for case in later_benches::all() {
                println!("{}", case.name());
            }
        }
        ["--run", name, times] => {
            let Ok(times) = times.parse() else {
                eprintln!("measure: `{times}` is not a number");
                return ExitCode::FAILURE;
            };
            black_box((ready_one(name).run)(times));
        }
        ["--write"] => {
            if let Err(error) = write::write() {
                eprintln!("measure: {error}");
                return ExitCode::FAILURE;
            }
        }
        _ => {
            eprintln!("usage: measure [--write | --list | --run CASE TIMES]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
