//! Generates the subscribers of two programs: 100 over 10 events, and 10,000 over 1,000 events.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

/// The number of subscribers of each event.
const SUBSCRIBERS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    for (name, events) in [("few", 10), ("many", 1_000)] {
        fs::write(Path::new(&out).join(name), program(events)?)?;
    }
    Ok(())
}

fn program(events: usize) -> Result<String, std::fmt::Error> {
    let mut source = String::new();
    for event in 0..events {
        writeln!(source, "mod m{event} {{")?;
        writeln!(source, "#[derive(events_core::Event)] pub struct E(u64);")?;
        for number in 0..SUBSCRIBERS {
            writeln!(
                source,
                "#[events_core::subscriber(priority = {})]",
                number * 7 % SUBSCRIBERS
            )?;
            writeln!(
                source,
                "fn h{number}(event: &mut E) {{ event.0 += {number}; }}"
            )?;
        }
        writeln!(source, "}}")?;
    }
    Ok(source)
}
