//! Writes `BENCHMARKS.md` and the plot in it: everything between its markers.

mod bounds;
mod count;
mod figures;
mod peers;
mod plot;
mod scan;

use std::{error::Error, fs, path::Path, process::Command, thread};

use dispatch_benches::ready;
use figures::Figures;

use crate::{rounds, subscribe};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The numbers of subscribers that series are measured at.
const SUBSCRIBERS: [u64; 5] = [0, 1, 4, 16, 64];

/// Measures everything, and writes it.
pub(crate) fn write() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = here.join("../../BENCHMARKS.md");
    let cases = ready();

    eprintln!("instructions, by callgrind ..");
    let instructions = count::instructions(&cases)?;
    eprintln!("scans: the first build of a thousand events takes minutes ..");
    let scans = scan::per_subscriber(&here.join("scan/Cargo.toml"))?;
    eprintln!("times ..");
    let figures = Figures {
        times: rounds::times(&cases).into_iter().collect(),
        instructions,
        scans,
        subscribing: subscribe::measure(),
    };

    let mut text = fs::read_to_string(&document)?;
    for (section, table) in [
        ("machine", machine()?),
        ("bounds", bounds::table(&figures)),
        ("peers", peers::table(&figures)),
        ("instructions", count::table(&figures)),
    ] {
        println!("{table}");
        text = replaced(&text, section, &table)?;
    }
    fs::write(&document, text)?;
    fs::write(here.join("plot.svg"), plot::svg(&figures)?)?;
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

fn machine() -> Result<String> {
    let rustc = Command::new("rustc").arg("--version").output()?;
    let rustc = String::from_utf8(rustc.stdout)?;
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    Ok(format!(
        "{model}, {} cores, {} {}; {}.\n",
        thread::available_parallelism()?,
        std::env::consts::ARCH,
        std::env::consts::OS,
        rustc.trim(),
    ))
}
