//! Writes the sections of `BENCHMARKS.md` about awaited handlers and the queue.

mod bounds;
mod figures;
mod memory;
mod tables;

use std::path::Path;

use bench_report::{Result, document, times::Times};
use figures::Figures;
use later_benches::{concurrent_sleep, ready};

use crate::rounds;

/// The numbers of awaited handlers.
const HANDLERS: [u64; 4] = [1, 4, 16, 64];

/// The bytes of the events in the queue.
const SIZES: [u64; 2] = [16, 256];

/// Measures all figures, and writes the document.
pub(crate) fn write() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    eprintln!("memory ..");
    let memory = memory::figures(&here.join("Cargo.toml"))?;
    eprintln!("times ..");
    let figures = Figures {
        times: Times::new(rounds::times(&ready())),
        memory,
        sleep: concurrent_sleep::emit_to_three()?,
    };
    let sections = [
        ("later: bounds", bounds::table(&figures)),
        ("later: awaited", tables::awaited(&figures)),
        ("later: in place", tables::in_place(&figures)),
        ("later: queued", tables::queued(&figures)),
    ];
    document::update(&here.join("../../BENCHMARKS.md"), &sections)
}
