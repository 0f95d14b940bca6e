//! The shop: reads orders, emits an event for each, and prints what became of them.
//!
//! ```text
//! cargo run -p app                  the orders that come with it
//! cargo run -p app -- other.csv     those of another file
//! cargo run -p app -- -             those on standard input
//! ```
//!
//! A line that is no order is told on standard error, and so is an order that is refused; the rest
//! goes on. What cannot be read at all ends the program with status 1.

#![expect(clippy::print_stderr, reason = "that is where a program tells errors")]

mod parcels;
mod shop;

use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use shop::Shop;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(io::stderr)
        .without_time()
        .init();

    let mut arguments = env::args_os().skip(1);
    let (source, None) = (Source::named(arguments.next()), arguments.next()) else {
        eprintln!("usage: app [FILE | -]");
        return ExitCode::from(2);
    };
    match run(&source) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("app: {}: {error}", source.path().display());
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Source) -> io::Result<()> {
    let input = source.open()?;
    let shop = Shop::open();
    let summary = shop.take_orders(&source.name(), input, &mut io::stderr())?;
    write!(io::stdout(), "{summary}")
}

/// Where the orders come from.
enum Source {
    Own,
    File(PathBuf),
    Stdin,
}

impl Source {
    fn named(argument: Option<OsString>) -> Self {
        match argument {
            None => Self::Own,
            Some(dash) if dash == "-" => Self::Stdin,
            Some(path) => Self::File(path.into()),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Own => Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../orders.csv")),
            Self::File(path) => path,
            Self::Stdin => Path::new("standard input"),
        }
    }

    /// What a message about a line calls it.
    fn name(&self) -> String {
        match self {
            Self::Own => "orders.csv".to_owned(),
            Self::File(_) | Self::Stdin => self.path().display().to_string(),
        }
    }

    fn open(&self) -> io::Result<Box<dyn BufRead>> {
        Ok(match self {
            Self::Own | Self::File(_) => Box::new(BufReader::new(File::open(self.path())?)),
            Self::Stdin => Box::new(io::stdin().lock()),
        })
    }
}
