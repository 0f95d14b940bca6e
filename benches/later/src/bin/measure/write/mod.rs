//! Writes the tables in `BENCHMARKS.md` that are about handlers which run later: everything between
//! their markers.

mod bounds;
mod figures;
mod memory;
mod tables;

use std::{error::Error, fs, path::Path};

use figures::Figures;
use later_benches::{ready, sleeping};

use crate::rounds;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The numbers of handlers that are awaited.
const HANDLERS: [u64; 4] = [1, 4, 16, 64];

/// The sizes of events that wait in a queue.
const SIZES: [u64; 2] = [16, 256];

/// Measures everything, and writes it.
pub(crate) fn write() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = here.join("../../BENCHMARKS.md");
    eprintln!("memory ..");
    let memory = memory::figures(&here.join("Cargo.toml"))?;
    eprintln!("times ..");
    let figures = Figures {
        times: rounds::times(&ready()),
        memory,
        slept: sleeping::three()?,
    };
    let mut text = fs::read_to_string(&document)?;
    for (section, table) in [
        ("later: bounds", bounds::table(&figures)),
        ("later: awaited", tables::awaited(&figures)),
        ("later: queued", tables::queued(&figures)),
    ] {
        println!("{table}");
        text = replaced(&text, section, &table)?;
    }
    fs::write(&document, text)?;
    Ok(())
}

/// `text` with `content` between the markers of that section.
fn replaced(text: &str, section: &str, content: &str) -> Result<String> {
    let (start, end) = (
        format!("<!-- {section} -->\n"),
        format!("<!-- end of {section} -->\n"),
    );
    let missing = || format!("BENCHMARKS.md has no markers of `{section}`");
    let (before, rest) = text.split_once(&start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{start}\n{content}\n{end}{after}"))
}
