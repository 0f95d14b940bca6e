//! A program with 10,000 link-time subscribers.

include!(concat!(env!("OUT_DIR"), "/many"));

fn main() {
    scan_benches::measure(10_000, 20);
}
