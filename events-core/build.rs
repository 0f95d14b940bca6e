//! Empty on purpose: `links` in Cargo.toml needs a build script, and makes cargo refuse two versions.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
