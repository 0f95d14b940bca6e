//! The table of the peers.

use std::fmt::Write as _;

use super::{SUBSCRIBERS, figures::Figures};

/// What is compared, and where it is not ours, what a case of it does.
pub(super) const SERIES: [(&str, &str); 8] = [
    ("ours", "events-core: `event.emit()`"),
    ("L1", "L1: loop over function pointers"),
    ("L2", "L2: L1 with `catch_unwind` around each call"),
    ("string map", "`HashMap<String, Vec<Box<dyn Fn(&mut E)>>>`"),
    ("evenio", "evenio 0.6.0: `world.send`"),
    (
        "bevy_ecs",
        "bevy_ecs 0.20.1: `world.trigger_ref`, observers",
    ),
    ("signals2", "signals2 0.3.3: `signal.emit`"),
    (
        "tokio broadcast",
        "tokio 1.54.1: `broadcast::send`, N `try_recv`",
    ),
];

pub(super) fn table(figures: &Figures) -> String {
    let heads = SUBSCRIBERS.map(|subscribers| format!(" {subscribers} |"));
    let mut table = format!(
        "| subscribers |{}\n|:--|{}\n",
        heads.concat(),
        "--:|".repeat(SUBSCRIBERS.len()),
    );
    for (series, what) in SERIES {
        let cells = SUBSCRIBERS.map(|subscribers| {
            let time = figures.at(series, subscribers);
            match series {
                "ours" => format!(" {time:.1} |"),
                _ => {
                    let ratio = time / figures.at("ours", subscribers);
                    format!(" {time:.1} ({ratio:.1}x) |")
                }
            }
        });
        let _ = writeln!(table, "| {what} |{}", cells.concat());
    }
    table
}
