//! A program with 100 link-time subscribers.

include!(concat!(env!("OUT_DIR"), "/few"));

fn main() {
    scan_benches::measure(100, 300);
}
