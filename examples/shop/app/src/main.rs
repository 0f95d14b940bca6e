//! The shop: reads orders, emits an event for each, and prints a summary.
//!
//! ```text
//! cargo run -p app                  the orders of examples/shop/orders.csv
//! cargo run -p app -- other.csv     the orders of another file
//! cargo run -p app -- -             the orders on standard input
//! ```
//!
//! Invalid lines and refused orders are reported on standard error, and the other orders are
//! handled. If the input cannot be read at all, the program ends with status 1.

#![expect(clippy::print_stderr, reason = "errors belong on standard error")]

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
        // The reader of the output, such as `head`, has closed the pipe.
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
    Default,
    File(PathBuf),
    Stdin,
}

impl Source {
    fn named(argument: Option<OsString>) -> Self {
        match argument {
            None => Self::Default,
            Some(dash) if dash == "-" => Self::Stdin,
            Some(path) => Self::File(path.into()),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Default => Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../orders.csv")),
            Self::File(path) => path,
            Self::Stdin => Path::new("standard input"),
        }
    }

    /// The name of the source in messages about a line.
    fn name(&self) -> String {
        match self {
            Self::Default => "orders.csv".to_owned(),
            Self::File(_) | Self::Stdin => self.path().display().to_string(),
        }
    }

    fn open(&self) -> io::Result<Box<dyn BufRead>> {
        Ok(match self {
            Self::Default | Self::File(_) => Box::new(BufReader::new(File::open(self.path())?)),
            Self::Stdin => Box::new(io::stdin().lock()),
        })
    }
}
