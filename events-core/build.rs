//! Does nothing: `links` in Cargo.toml, which makes cargo reject two versions, requires a build script.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
