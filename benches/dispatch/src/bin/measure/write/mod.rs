//! Writes the plot, and the sections of `BENCHMARKS.md` about dispatch.

mod bounds;
mod figures;
mod instructions;
mod peers;
mod plot;
mod scan;

use std::{fs, path::Path, process::Command, thread};

use bench_report::{Result, document, times::Times};
use dispatch_benches::ready;
use figures::Figures;

use crate::{rounds, subscribing};

/// The numbers of subscribers in the tables and the plot.
const SUBSCRIBERS: [u64; 5] = [0, 1, 4, 16, 64];

/// Measures all figures, and writes the document and the plot.
pub(crate) fn write() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = ready();

    eprintln!("instructions, by callgrind ..");
    let instructions = instructions::count(&cases)?;
    eprintln!("scans: the first build, with a thousand events, takes minutes ..");
    let scans = scan::measure(&here.join("scan/Cargo.toml"))?;
    eprintln!("times ..");
    let figures = Figures {
        times: Times::new(rounds::times(&cases)),
        instructions,
        scans,
        subscribing: subscribing::measure(),
    };

    let sections = [
        ("machine", machine()?),
        ("bounds", bounds::table(&figures)),
        ("peers", peers::table(&figures)),
        ("instructions", instructions::table(&figures)),
    ];
    document::update(&here.join("../../BENCHMARKS.md"), &sections)?;
    fs::write(here.join("plot.svg"), plot::svg(&figures)?)?;
    Ok(())
}

/// The processor, the system and the compiler.
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
